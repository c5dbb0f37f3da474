"""Processes this one starts, and the promise that none outlives it.

Each child leads a process group of its own and is told by the kernel when this process dies, however it dies.
Must not know what the programs do.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from launch.places import ROOT, LaunchError

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_GRACE_SECONDS = 10.0
_EARLY_SECONDS = 5.0
_MOST_EARLY_ENDS = 5


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine that a program is to run as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def named(cls, names: Iterable[str]) -> Account:
        """The first of the users that exists; raises LaunchError when none does."""
        for name in names:
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                if entry.pw_uid != 0:
                    return cls(name, entry.pw_uid, entry.pw_gid)
        raise LaunchError("No unprivileged user is on this machine to run PostgreSQL as; create one named postgres.")


@dataclass(slots=True)
class Child:
    """One running program, how it is asked to stop, and where it writes what it has to say."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals
    start_again: Callable[[], subprocess.Popen[bytes]]
    started_at: float = field(default_factory=time.monotonic)
    early_ends: int = 0
    is_needed: bool = True
    """Whether its absence ends the run; one that the rest does without is started again for as long as it takes."""

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the program its own stop signal; its children hear of it from it."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def end(self) -> None:
        """Kill what is left of the program's group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Run the same command once more after it ended by itself.

        Raises LaunchError for a program that is needed and never stays up.
        """
        self.end()
        is_early = time.monotonic() - self.started_at < _EARLY_SECONDS
        self.early_ends = self.early_ends + 1 if is_early else 0
        if self.is_needed and self.early_ends >= _MOST_EARLY_ENDS:
            raise LaunchError(f"{self.name} keeps stopping by itself:\n{self.last_words()}")
        self.process = self.start_again()
        self.started_at = time.monotonic()

    def last_words(self, lines: int = 25) -> str:
        """The end of the program's log, for a message about its death."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"


class Children:
    """Every program of one run; leaving the ``with`` block stops them all, the last started first."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._of_others = frozenset(_children_of_this_process())
        _adopt_orphans()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> Child:
        """Start a program in the background. Called from the main thread only: the kernel watches that thread."""
        log.parent.mkdir(parents=True, exist_ok=True)

        def begin() -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(os.environ if env is None else env),
                    cwd="/" if account else ROOT,
                    start_new_session=True,
                    preexec_fn=_dies_with_parent(stop_signal),  # noqa: PLW1509 no thread runs here
                    **as_account(account),
                )

        child = Child(name, begin(), log, stop_signal, begin)
        self._children.append(child)
        return child

    def forget(self, child: Child | None) -> None:
        """Stop watching a program that has done its work."""
        if child in self._children:
            self._children.remove(child)

    def first_gone(self) -> Child | None:
        """A program that ended by itself, or None while all are up."""
        return next((child for child in self._children if not child.is_alive), None)

    def stop(self) -> None:
        """Stop every program, the last started first, and whatever they left behind."""
        while self._children:
            child = self._children.pop()
            child.ask_to_stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(_GRACE_SECONDS)
            child.end()
        _end_adopted(self._of_others)


def as_account(account: Account | None) -> dict[str, Any]:
    """The arguments that make subprocess run a program as somebody else."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def until(is_ready: Callable[[], bool], child: Child | None, *, seconds: float, what: str) -> None:
    """Wait for a program to answer; raises LaunchError with its last words when it dies or takes too long."""
    limit = time.monotonic() + seconds
    while not is_ready():
        if child is not None and not child.is_alive:
            raise LaunchError(f"{what} stopped by itself:\n{child.last_words()}")
        if time.monotonic() > limit:
            words = f"\n{child.last_words()}" if child else ""
            raise LaunchError(f"{what} did not answer within {seconds:.0f} seconds.{words}")
        time.sleep(0.02)


def stop_politely() -> None:
    """Turn SIGTERM, SIGHUP and Ctrl-C into one exception, so that every ``with`` block is left in order."""

    def leave(number: int, _: object) -> None:
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        raise SystemExit(0 if number == signal.SIGTERM else 128 + number)

    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, leave)


def _dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    libc = _libc()

    def ask_the_kernel() -> None:
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before the kernel was asked
                os._exit(1)

    return ask_the_kernel


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _adopt_orphans() -> None:
    libc = _libc()
    if libc is not None:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_adopted(of_others: frozenset[int]) -> None:
    """End processes that lost their own parent and were handed to this one; not those that were here before."""
    limit = time.monotonic() + _GRACE_SECONDS
    while (orphans := set(_children_of_this_process()) - of_others) and time.monotonic() < limit:
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children_of_this_process() -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                found.append(int(entry.parent.name))
    return found
