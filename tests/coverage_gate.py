"""Fails a run whose tests left a branch of the ground floor or of tenancy untried. Loaded by ``./run test``."""

from __future__ import annotations

import io
from collections.abc import Iterator

import coverage
import pytest

WHOLE = ("app/domain/*", "tenancy/*")
_REPORT = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Watch the process that gathers the others' results, not those others."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gate(), "coverage-gate")


class Gate:
    """Looks at the combined figures when every test has run."""

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        yield
        gathered = coverage.Coverage()
        gathered.load()
        output = io.StringIO()
        try:
            percent = gathered.report(include=list(WHOLE), file=output, show_missing=True, skip_covered=True)
        except coverage.exceptions.NoDataError:
            percent = 0.0
        if percent < 100:
            session.config.stash[_REPORT] = output.getvalue()
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was left untried, above the closing line."""
        report = terminalreporter.config.stash.get(_REPORT, None)
        if report is not None:
            terminalreporter.section("untried branches in app/domain and tenancy: 100 % is asked", red=True)
            terminalreporter.write_line(report)
