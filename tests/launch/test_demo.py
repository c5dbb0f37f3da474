"""The demo as a person starts it: one command, pages on every tenant, nothing left when it stops."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from launch.places import ROOT
from launch.postgres import free_port, remove_cluster

pytestmark = [pytest.mark.launcher, pytest.mark.slow]
START_SECONDS = 180  # 60 are promised on a machine that does nothing else


class Demo:
    """A demo started from its own state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        command = [str(ROOT / "run"), "demo", "--port", str(self.port), "--state-dir", str(state)]
        self.output = state.with_suffix(".out")
        # as a person's shell would start it: nothing of the test run reaches in
        strangers = ("COV", "PYTEST", "CHARTER_", "DATABASE_URL", "REDIS_URL")
        own = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=own)

    def wait(self) -> str:
        """Wait until it says that it is ready, and return what it said."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit and self.process.poll() is None:
            said = self.output.read_text()
            if "Ctrl-C stops it all." in said:
                return said
            time.sleep(0.05)
        raise AssertionError(f"the demo did not start:\n{self.output.read_text()}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals) -> list[psutil.Process]:
        """Send the signal; whoever of the family is alive once the launcher is gone."""
        family = self.family()
        self.process.send_signal(number)
        self.process.wait(40)
        return [one for one in psutil.wait_procs(family, timeout=12)[1] if not _has_ended(one)]

    def summary(self) -> Any:
        return json.loads((self.state / "demo.json").read_text())

    def get(self, host: str, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body


def _has_ended(process: psutil.Process) -> bool:
    """Gone, or ended and not yet collected by whoever inherited it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One state folder, so that the second start is a warm one."""
    folder = tmp_path_factory.mktemp("demo") / "state"
    yield folder
    remove_cluster(folder)


def test_the_demo_answers_on_every_host_and_sigterm_leaves_nothing(state: Path) -> None:
    demo = Demo(state)
    try:
        said = demo.wait()
        summary = demo.summary()
        assert summary["port"] == demo.port
        assert len(summary["tenants"]) == 3
        for tenant in summary["tenants"].values():
            host = urlsplit(tenant["url"]).netloc
            assert demo.get(host, "/healthz")[0] == 200
            assert demo.get(host, "/readyz")[0] == 200
            assert tenant["url"] in said
            assert all({"username", "role", "password", "totp_secret"} <= set(user) for user in tenant["users"])
        assert demo.get(urlsplit(summary["mailbox"]).netloc, "/messages.json")[0] == 200
        assert demo.get("stranger.localhost", "/")[0] in {404, 421}
        assert demo.stop(signal.SIGTERM) == []
    finally:
        demo.process.kill()
        demo.process.wait()
    assert demo.process.returncode == 0


def test_a_killed_launcher_leaves_nothing_and_the_next_start_is_warm(state: Path) -> None:
    began = time.monotonic()
    demo = Demo(state)
    try:
        said = demo.wait()
        seconds = time.monotonic() - began
        assert all(tenant["url"] in said for tenant in demo.summary()["tenants"].values())
        assert all(f":{demo.port}/" in tenant["url"] for tenant in demo.summary()["tenants"].values())
        assert demo.stop(signal.SIGKILL) == []
    finally:
        demo.process.kill()
        demo.process.wait()
    assert seconds < 30  # 6 are promised on a machine that does nothing else; the demo prints the figure
