"""``./run test``, ``./run check`` and ``./run bench``: the gate, its quick half, and the figures.

Must not know what is tested; pytest's own closing line is the last thing ``./run test`` says.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from launch import assets, chromium, environment, postgres, testing, valkey
from launch.children import Children, stop_politely
from launch.demo import process_environment
from launch.places import ROOT, LaunchError, say

_QUICK_TESTS = ("tests/unit", "tests/contracts", "tests/house")
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
_CORES = 2
_WORKERS = _CORES + 1  # a journey often waits, for its browser or for a clock; a third worker fills the gaps
_COVERED = ("--cov", "--cov-report=", "-p", "tests.coverage_gate")
_Steps = list[tuple[str, Future[bool]]]


def check(arguments: Sequence[str]) -> int:
    """Lints, types, rooms, contracts and the tests that need neither database nor browser."""
    environment.ensure(environment.TESTING)
    quick = [folder for folder in _QUICK_TESTS if any((ROOT / folder).rglob("test_*.py"))]
    with ThreadPoolExecutor(_CORES) as threads:
        faults = _ended(_begin_gate(threads))
    code = _pytest(["-n", str(_CORES), "-m", "not browser and not launcher", *quick, *arguments], {}) if quick else 0
    return _verdict(faults, code)


def test(arguments: Sequence[str]) -> int:
    """The whole gate. With arguments only those tests are run, on the same fresh servers."""
    began = time.monotonic()
    stop_politely()
    environment.ensure(environment.TESTING)
    with ThreadPoolExecutor(_CORES) as threads, Children() as children, _folder() as home:
        gate = [] if arguments else _begin_gate(threads)
        assets.ensure()
        browser = chromium.ensure()
        server = postgres.start(children, home, password=secrets.token_urlsafe(16), is_durable=False)
        settings = {testing.SERVER: server.dsn, chromium.CHROMIUM: browser}
        chosen = list(arguments) or ["-n", str(_WORKERS), "--dist", "worksteal", *_COVERED]
        faults = _ended(gate)
        say(f"The gate before the tests took {time.monotonic() - began:.0f} s.")
        code = _pytest(chosen, settings)
        postgres.remove_cluster(home)
    return _verdict(faults, code)


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks named, or all, on a server that flushes as in production."""
    stop_politely()
    environment.ensure(environment.TESTING)
    assets.ensure()
    known = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))
    wanted, passed_on = _split(arguments)
    if unknown := [name for name in wanted if name not in known]:
        raise LaunchError(f"There is no benchmark {unknown[0]}. There are: {', '.join(known) or 'none'}.")
    worst = 0
    with Children() as children, _folder() as home:
        server = postgres.start(children, home, password=secrets.token_urlsafe(16))
        redis_url = valkey.start(children, home, password=secrets.token_urlsafe(16))
        settings = {testing.SERVER: server.dsn} | ({"REDIS_URL": redis_url} if redis_url else {})
        for name in wanted or known:
            print(f"── {name} {'─' * (90 - len(name))}", flush=True)
            command = [*environment.program(f"bench.{name}"), *passed_on]
            worst = max(
                worst, subprocess.run(command, cwd=ROOT, env=process_environment(settings), check=False).returncode
            )
        postgres.remove_cluster(home)
    return worst


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names of benchmarks, and from the first option on what is handed to them."""
    first = next((index for index, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    return list(arguments[:first]), list(arguments[first:])


def _begin_gate(threads: ThreadPoolExecutor) -> _Steps:
    """Start everything that reads the code instead of running it, the longest first."""
    steps = {
        "types": ["-m", "mypy", *_typed_folders()],
        "rooms": ["-c", _LINT_IMPORTS, "--no-cache"],
        "contracts": ["-m", "app.cli", "contract", "check"],
        "ruff": ["-m", "ruff", "check", "--quiet", "."],
        "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    }
    return [(name, threads.submit(_passes, name, command)) for name, command in steps.items()]


def _ended(steps: _Steps) -> list[str]:
    """Wait for the steps; the names of what failed."""
    return [name for name, step in steps if not step.result()]


def _typed_folders() -> list[str]:
    return [name for name in ("app", "tenancy", "launch", "tests", "bench") if any((ROOT / name).rglob("*.py"))]


def _passes(name: str, command: Sequence[str]) -> bool:
    began = time.monotonic()
    code, words = environment.output_of([str(environment.PYTHON), *command], env=process_environment({"NO_COLOR": "1"}))
    say(f"{'ok  ' if code == 0 else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)")
    if code:
        say(words)
    return code == 0


def _pytest(arguments: Sequence[str], settings: dict[str, str]) -> int:
    sys.stdout.flush()
    command = [*environment.program("pytest"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=process_environment(settings), check=False).returncode


def _verdict(faults: Sequence[str], code: int) -> int:
    """Fail when either half failed. Said on the error stream, so that pytest's line closes what is printed."""
    if faults:
        say(f"The gate failed before the tests: {', '.join(faults)}.")
    return code or int(bool(faults))


class _folder:  # noqa: N801 it reads as a function
    """A state folder for one run, gone afterwards."""

    def __enter__(self) -> Path:
        self._path = Path(tempfile.mkdtemp(prefix="charter-run-"))
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
