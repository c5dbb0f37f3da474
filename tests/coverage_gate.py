"""Fails a run whose tests left a branch of the ground floor or of tenancy untried. Loaded by ``./run test``.

Only the tests that are there for these two are watched: a branch that none but a page happens to pass is untried,
and watching costs every other test a third of its time.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import coverage
import pytest

from launch.places import ROOT

WHOLE = ("app/domain/*", "tenancy/*")
WATCHED = tuple(ROOT / "tests" / folder for folder in ("contracts", "unit", "rooms/tenancy"))
BUSY = {"test_over_http.py"}
"""Walks every page of the portal, and tries nothing of tenancy that its neighbours do not."""
_REPORT = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Judge in the process that gathers the others' results, not in those others."""
    config.pluginmanager.register(Watch(), "coverage-watch")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gate(), "coverage-gate")


class Watch:
    """Stops the tracer while tests run that are there for something else."""

    def __init__(self) -> None:
        self._stopped: coverage.Coverage | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Before each test, its fixtures included."""
        is_watched = item.path.name not in BUSY and any(item.path.is_relative_to(folder) for folder in WATCHED)
        if is_watched and self._stopped is not None:
            self._stopped.start()
            self._stopped = None
        elif not is_watched and self._stopped is None and (running := coverage.Coverage.current()):
            running.stop()
            self._stopped = running


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
