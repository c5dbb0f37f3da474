"""The database server of the tests: one a run under ``./run test``, one a checkout for people who call pytest.

The checkout's server is kept by a small process of its own and stops when no test run used it for a while.
Must not know what is in the databases.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from launch import postgres
from launch.children import Children, stop_politely
from launch.places import ROOT, LaunchError, only_one, read_json, shared_folder, write_json

SERVER = "CHARTER_TEST_SERVER"
_IDLE_SECONDS = 15 * 60.0
_START_SECONDS = 90.0


def folder() -> Path:
    """The state folder of this checkout's test server, outside the checkout."""
    return shared_folder() / f"tests-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The superuser's address of a server for tests, in use until the block is left.

    ``CHARTER_TEST_SERVER`` names one that somebody else keeps; else this checkout's own is started or found.
    """
    given = os.environ.get(SERVER, "").strip()
    if given:
        yield given
        return
    home = folder()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        (home / "users.lock").touch()
        yield _found_or_started(home)
        (home / "users.lock").touch()


def _found_or_started(home: Path) -> str:
    with only_one(home / "start.lock"):
        known = read_json(home / "server.json")
        if known and _answers(known["dsn"]):
            return str(known["dsn"])
        (home / "server.json").unlink(missing_ok=True)
        with (home / "keeper.log").open("ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "launch.testing", str(home)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit and keeper.poll() is None:
            known = read_json(home / "server.json")
            if known:
                # the keeper outlives this process on purpose; nobody here will wait for it
                keeper.returncode = 0
                return str(known["dsn"])
            time.sleep(0.05)
    raise LaunchError(f"The test database did not start; {home / 'keeper.log'} says why.")


def _answers(dsn: str) -> bool:
    place = urlsplit(dsn)
    try:
        with socket.create_connection((place.hostname or "127.0.0.1", place.port or 5432), timeout=2):
            return True
    except OSError:
        return False


def keep(home: Path) -> None:
    """Run the server until nobody has used it for a while, or until told to stop."""
    stop_politely()
    with only_one(home / "keeper.lock"), Children() as children:
        postgres.remove_cluster(home)  # it ran without fsync: nothing in it is worth trusting after a crash
        running = postgres.start(children, home, password=secrets.token_urlsafe(24), is_durable=False)
        write_json(home / "server.json", {"dsn": running.dsn, "keeper": os.getpid()})
        try:
            while _is_wanted(home) and running.child is not None and running.child.is_alive:
                time.sleep(5)
        finally:
            (home / "server.json").unlink(missing_ok=True)


def _is_wanted(home: Path) -> bool:
    lock = home / "users.lock"
    if time.time() - lock.stat().st_mtime < _IDLE_SECONDS:
        return True
    with lock.open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
