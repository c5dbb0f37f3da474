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
from urllib.parse import urlsplit

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

from app.accounts.seeding import DemoUser
from launch import chromium
from tenancy.loader import ContractShelf
from tests.fourth import IS_FULL, SLUG, every_state
from tests.pages import Browser as PageClient
from tests.people import Town, settle, sign_in

SHOTS = "CHARTER_SHOTS"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 720}
STATES = every_state()
_WAIT_MS = 10_000
_EXPECTED = ("the server responded with a status of 4",)
"""A refusal is a page; the browser notes its status on the console."""


def states(usual: str) -> tuple[str, ...]:
    """Where a journey is made: in one state, with ``CHARTER_STATES=all`` in every one."""
    return STATES if IS_FULL else (usual,)


def and_fourth(*usual: str) -> tuple[str, ...]:
    """Where a journey is made that is told apart by its state; with ``CHARTER_STATES=all`` in the fourth state too."""
    return (*usual, SLUG) if IS_FULL else usual


only_at_full_size = pytest.mark.skipif(not IS_FULL, reason="the fourth state's own: CHARTER_STATES=all")


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
    expect.set_options(timeout=_WAIT_MS)  # as long as every other wait
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield started
        started.close()


@dataclass(slots=True)
class Tabs:
    """Profiles with one tab, for one test after another: a new one costs a second of work, a blank one nothing.

    What a test leaves in one is gone before the next gets it: cookies, other tabs, what answers in place of the
    portal. What the portal's own pages keep is kept for a host and port, and every test has a port of its own.
    """

    browser: Browser
    free: list[Page] = field(default_factory=list)

    def take(self, viewport: dict[str, int], **options: object) -> Page:
        """A blank tab of this size; with other options one of a new profile."""
        if self.free and not options:
            page = self.free.pop()
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            return page
        context = self.browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        context.set_default_timeout(_WAIT_MS)
        return context.new_page()

    def give_back(self, page: Page) -> None:
        """Blank it for the next test; where that fails the whole profile goes."""
        context = page.context
        try:
            for other in context.pages:
                if other != page:
                    other.close()
            page.unroute_all()
            context.unroute_all()
            page.goto("about:blank")
            context.clear_cookies()
        except PlaywrightError:
            context.close()
        else:
            self.free.append(page)


@pytest.fixture(scope="session")
def tabs(chrome: Browser) -> Tabs:
    """The tabs of this process's browser."""
    return Tabs(chrome)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(tabs: Tabs) -> Iterator[OpenPage]:
    """Opens a page in a clean profile; ``viewport`` and ``java_script_enabled`` as Playwright takes them.

    ``is_thrown_away`` is for a test that changes the browser beyond its pages: its clock, its devices.
    """
    kept: list[Page] = []
    thrown_away: list[BrowserContext] = []
    faults: list[str] = []
    expected = list(_EXPECTED)

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in expected):
            faults.append(f"{message.text} {message.location.get('url', '')}")

    def hear(error: PlaywrightError) -> None:
        faults.append(str(error))

    def open_one(
        *, console: Sequence[str] = (), viewport: dict[str, int] = WIDE, is_thrown_away: bool = False, **options: object
    ) -> Page:
        expected.extend(console)
        page = tabs.take(viewport, **options)
        if options or is_thrown_away:
            thrown_away.append(page.context)
        else:
            kept.append(page)
        page.on("console", listen)
        page.on("pageerror", hear)
        return page

    yield open_one
    for page in kept:
        page.remove_listener("console", listen)
        page.remove_listener("pageerror", hear)
        tabs.give_back(page)
    for context in thrown_away:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def signed_in_page(live: Live, open_page: OpenPage) -> Callable[..., Page]:
    """``signed_in_page(slug, username)``: a page at Home of that tenant, of somebody who has signed in there."""

    def open_one(slug: str, username: str = "dana.whitlock", **options: object) -> Page:
        user = live.town(slug).users[username]
        page = open_page(**options)
        page.context.add_cookies(signed_in_cookies(live, slug, user))
        page.goto(live.address(slug, "/"))
        return page

    return open_one


def signed_in_cookies(live: Live, slug: str, user: DemoUser) -> list[Any]:
    """What a browser holds after password and code were given at the tenant's own pages."""
    client, raises = live.app.test_client(), live.app.config.get("PROPAGATE_EXCEPTIONS")
    client.environ_base["HTTP_HOST"] = urlsplit(live.address(slug)).netloc
    sign_in(PageClient(client), user, now=live.app.config["CLOCK"]())
    live.app.config["PROPAGATE_EXCEPTIONS"] = raises
    return [
        {"name": one.key, "value": one.value, "url": live.address(slug), "httpOnly": one.http_only}
        for one in (client._cookies or {}).values()
    ]


@pytest.fixture
def sign_in_by_hand(live: Live, open_page: OpenPage) -> Callable[..., Page]:
    """As ``signed_in_page``, through the pages in the browser itself."""

    def type_all(slug: str, username: str = "dana.whitlock", **options: object) -> Page:
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

    return type_all


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
