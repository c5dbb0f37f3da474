"""The portal on a real port, a real browser before it, and people who are already signed in.

Every page a journey opens is watched: an error in the browser's console fails the test.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from launch import chromium
from tenancy.loader import ContractShelf
from tests.fourth import IS_FULL, every_state
from tests.people import Town, settle

SHOTS = "CHARTER_SHOTS"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 720}
STATES = every_state()
_WAIT_MS = 10_000
_EXPECTED = ("the server responded with a status of 4",)
"""A refusal is a page; the browser notes its status on the console."""


def states(usual: str) -> tuple[str, ...]:
    """Where a journey is made: in one state, with ``CHARTER_STATES=all`` in every one."""
    return STATES if IS_FULL else (usual,)


@dataclass(slots=True)
class Pace:
    """How long answers to what is sent take beyond the portal's own work, in seconds; 0 unless a test says."""

    seconds: float = 0.0

    def wrap(self, portal: Callable[..., Any]) -> Callable[..., Any]:
        """The portal at this pace: its work is done at once, its answers to a POST arrive late."""

        def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            answer = portal(environ, start_response)
            if self.seconds and environ["REQUEST_METHOD"] == "POST":
                time.sleep(self.seconds)
            return answer

        return slow


@dataclass(slots=True)
class Live:
    """The portal as a browser reaches it, and the towns that were settled."""

    app: Flask
    port: int
    subdomains: dict[str, str]
    towns: dict[str, Town] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    stop: Callable[[], None] = lambda: None
    start: Callable[[], None] = lambda: None

    def address(self, slug: str, path: str = "/") -> str:
        """The address of a page of a tenant."""
        return f"http://{self.subdomains[slug]}.localhost:{self.port}{path}"

    def town(self, slug: str) -> Town:
        """The tenant with its people; settled at the first call."""
        if slug not in self.towns:
            self.towns[slug] = settle(self.app, slug, now=datetime.now(UTC))
        return self.towns[slug]


class _Server:
    """The portal on one port of this machine; it can be killed and started again on the same port."""

    def __init__(self, portal: Callable[..., Any]) -> None:
        self._portal, self.port = portal, 0
        self.start()

    def start(self) -> None:
        """Answer from now on."""
        self._server = make_server("127.0.0.1", self.port, self._portal, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="portal")
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def live(app: Flask, shelf: ContractShelf) -> Iterator[Live]:
    """The portal on a free port of this machine; its threads are not traced: Python may fail to begin one that is."""
    traced = threading.gettrace()
    threading.settrace(None)
    for earlier in Path(app.extensions["charter"].settings.mail_dir or os.devnull).glob("*.eml"):
        earlier.unlink()
    pace = Pace()
    server = _Server(pace.wrap(app))
    names = {slug: loaded.contract.identity.subdomain for slug, loaded in shelf.good.items()}
    try:
        yield Live(app, server.port, names, pace=pace, stop=server.stop, start=server.start)
    finally:
        server.stop()
        threading.settrace(traced)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One browser for this process's journeys."""
    path = os.environ.get(chromium.CHROMIUM) or chromium.ensure()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield started
        started.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chrome: Browser) -> Iterator[OpenPage]:
    """Opens a page in a fresh profile; ``viewport`` and ``java_script_enabled`` as Playwright takes them."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    expected = list(_EXPECTED)

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in expected):
            faults.append(f"{message.text} {message.location.get('url', '')}")

    def open_one(*, console: Sequence[str] = (), **options: object) -> Page:
        expected.extend(console)
        context = chrome.new_context(**{"viewport": WIDE, **options})  # type: ignore[arg-type]
        context.set_default_timeout(_WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def signed_in_page(live: Live, open_page: OpenPage) -> Callable[..., Page]:
    """``signed_in_page(slug, username)``: a page at Home of that tenant, signed in through the pages."""

    def sign_in(slug: str, username: str = "dana.whitlock", **options: object) -> Page:
        user = live.town(slug).users[username]
        page = open_page(**options)
        page.goto(live.address(slug, "/sign-in"))
        page.get_by_label("User name").fill(user.username)
        page.get_by_label("Password").fill(user.password)
        page.get_by_role("button", name="Login").first.click()
        page.wait_for_url("**/sign-in/code*")
        page.goto(live.address(slug, "/sign-in/code?use=totp"))
        page.get_by_label("Code").fill(pyotp.TOTP(user.totp_secret).now())
        page.get_by_role("button", name="Verify code").click()
        page.wait_for_url(live.address(slug, "/"))
        return page

    return sign_in


@pytest.fixture
def shoot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], Path]:
    """Keeps a picture of a page in the folder the environment names; without one nobody would look at it."""
    folder = Path(os.environ.get(SHOTS, ""))

    def take(page: Page, name: str) -> Path:
        path = folder / f"{request.node.name.partition('[')[0].removeprefix('test_')}-{name}.png"
        if SHOTS in os.environ:
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)
        return path

    return take
