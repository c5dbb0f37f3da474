"""The staff's identity provider for tests: the demo's own program over HTTP, and a browser's way through it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask

from app.accounts import staff_recognition
from app.accounts.oidc import IdentityProvider
from app.accounts.staff_plan import read_plan
from app.web.request import portal_of
from launch import identity, postgres
from launch.places import ROOT
from tests.pages import Browser, Page

FIRST = "colorado"


@dataclass(frozen=True, slots=True)
class Vouching:
    """A running provider and its plan."""

    plan: Path
    port: int

    def serve(self, app: Flask) -> IdentityProvider:
        """Let the application's staff sign in through it."""
        provider = IdentityProvider(read_plan(self.plan, is_development=True))
        app.extensions[staff_recognition.EXTENSION] = provider
        return provider

    def say(self, subject: str, address: str) -> str:
        """Let the provider's page vouch for somebody; where it sends the browser."""
        parts = urlsplit(address)
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Host": parts.netloc, "Content-Type": "application/x-www-form-urlencoded"}
        asking.request("POST", f"{parts.path}?{parts.query}", urlencode({"sub": subject}), headers)
        answer = asking.getresponse()
        answer.read()
        asking.close()
        assert answer.status in (302, 303), answer.status
        return answer.headers["Location"]

    def arrive(self, browser: Browser, subject: str, *, target: str = "/", status: int = 303) -> Any:
        """Through the provider and back to the portal's callback."""
        away = browser.client.get(f"/staff/start?{urlencode({'next': target})}", base_url=browser.address)
        assert away.status_code == 303, away.status_code
        back = urlsplit(self.say(subject, away.headers["Location"]))
        answer = browser.client.get(f"{back.path}?{back.query}", base_url=browser.address)
        assert answer.status_code == status, answer.status_code
        return answer

    def sign_in(self, browser: Browser, subject: str, *, target: str = "/staff?stay=1") -> Page:
        """Signed in, and on the page that was wanted."""
        return browser.follow(self.arrive(browser, subject, target=target))


@contextmanager
def running(folder: Path) -> Iterator[Vouching]:
    """The provider while the block lasts."""
    port = postgres.free_port()
    plan = folder / "staff.json"
    plan.write_text(json.dumps(identity.plan_for(port, first=FIRST)))
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *identity.claims_of(FIRST)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process:
        limit = time.monotonic() + 30
        while not identity.answers(port) and time.monotonic() < limit and process.poll() is None:
            time.sleep(0.05)
        yield Vouching(plan, port)
        process.terminate()


def state_of(address: str) -> str:
    """The state in an address of the provider."""
    return parse_qs(urlsplit(address).query)["state"][0]


def change_plan(source: Path, target: Path, **changes: object) -> Path:
    """A copy of a plan with other values."""
    target.write_text(json.dumps({**json.loads(source.read_text()), **changes}))
    return target


def host_of_console(app: Flask) -> str:
    """The console's host with the port."""
    settings = portal_of(app).settings
    return f"{settings.host('console')}:{settings.port}"
