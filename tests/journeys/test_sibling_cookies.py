"""A cookie that another tenant's host plants for the whole domain changes nothing, in a real browser over TLS (S6)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.factory import create_app
from app.settings import Settings
from app.storage.db import Databases
from app.web.request import portal_of
from launch import chromium
from tenancy.loader import ContractShelf
from tests.journeys.conftest import and_fourth
from tests.people import Town, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE, SIBLING = "charter.test", "mississippi"
PLANTED = "planted-by-a-sibling"
NAMES = ("__Host-charter", "__Host-charter-device", "charter", "control")
Application = Callable[..., Any]


def planting(portal: Application) -> Application:
    """The portal, but the sibling's host plants cookies for every host of the domain."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != "/plant":
            return portal(environ, start_response)
        cookies = [("Set-Cookie", f"{name}={PLANTED}; Domain={BASE}; Path=/; Secure") for name in NAMES]
        start_response("200 OK", [("Content-Type", "text/plain"), *cookies])
        return [b"planted"]

    return answer


@pytest.fixture(params=and_fourth("colorado"))
def town_over_tls(
    request: pytest.FixtureRequest, databases: Databases, settings: Settings, shelf: ContractShelf
) -> Iterator[tuple[Town, int]]:
    """The portal over TLS at a domain whose hosts may set cookies for each other; its people and its port."""
    del databases  # swept afterwards
    app = create_app(replace(settings, scheme="https", base_domain=BASE), shelf)
    server = make_server("127.0.0.1", 0, planting(app), threaded=True, ssl_context="adhoc")
    thread = threading.Thread(target=server.serve_forever, name="portal over TLS")
    town = settle(app, request.param, now=datetime.now(UTC))
    thread.start()
    try:
        yield town, server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        portal_of(app).databases.close()


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    """A page of a browser that finds the domain on this machine and takes the test's certificate."""
    rules = f"--host-resolver-rules=MAP *.{BASE} 127.0.0.1"
    started = chrome.browser_type.launch(
        executable_path=os.environ.get(chromium.CHROMIUM) or chromium.ensure(), args=[*chromium.ARGUMENTS, rules]
    )
    yield started.new_page(ignore_https_errors=True)
    started.close()


def test_a_cookie_planted_by_a_sibling_is_refused_and_its_victim_signs_in_as_ever(
    town_over_tls: tuple[Town, int], page: Page
) -> None:
    town, port = town_over_tls
    own = f"https://{town.slug}.{BASE}:{port}"
    page.goto(f"https://{SIBLING}.{BASE}:{port}/plant")
    arrived = {one["name"] for one in page.context.cookies(own)}
    assert arrived == {"charter", "control"}, "a sibling may plant what has no prefix, and nothing else"
    page.goto(f"{own}/sign-in")
    page.get_by_label("User name").fill(town.admin.username)
    page.locator("[name=password]").fill(town.admin.password)
    page.get_by_role("button", name="Login").first.click()
    page.goto(f"{own}/sign-in/code?use=totp")
    page.get_by_label("Code").fill(pyotp.TOTP(town.admin.totp_secret).now())
    page.get_by_role("button", name="Verify code").click()
    page.wait_for_url(f"{own}/")
    page.goto(f"https://{SIBLING}.{BASE}:{port}/plant")
    assert "Dana Whitlock" in page.goto(f"{own}/profile").text()  # type: ignore[union-attr]
    kept = {one["name"]: one for one in page.context.cookies(own) if one["name"].startswith("__Host-")}
    assert set(kept) == {"__Host-charter", "__Host-charter-device"}
    assert {one["domain"] for one in kept.values()} == {f"{town.slug}.{BASE}"}
    assert PLANTED not in {one["value"] for one in kept.values()}
