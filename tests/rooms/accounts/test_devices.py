"""Known devices: a lane no stranger can block (S3), remembered for the workday, forgotten at a word."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask

from app.accounts import devices
from tenancy.loader import ContractShelf
from tests.pages import Browser, OpenClient
from tests.people import Town, settle, sign_in
from tests.rooms.accounts.conftest import Clock

FAILURES = int(os.environ.get("CHARTER_STRANGERS_FAILURES", "40"))
"""How often the stranger tries, a minute apart; the promise is held against 10,000 (S3)."""


def password(town: Town) -> dict[str, str]:
    return {"username": town.admin.username, "password": town.admin.password, "factor": "totp"}


def come_back(browser: Browser, town: Town, **more: str) -> str:
    """Sign in with the password again; where it leads."""
    browser.get("/sign-in")
    return str(browser.post("/sign-in", {**password(town), **more}).headers["Location"])


def leave(browser: Browser) -> None:
    browser.get("/")
    browser.post("/sign-out")


def remembered(browser: Browser, town: Town, clock: Clock) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {**password(town), "remember": "yes"})
    browser.get("/sign-in/code")
    code = pyotp.TOTP(town.admin.totp_secret).at(clock.now)
    browser.follow(browser.post("/sign-in/code", {"factor": "totp", "code": code}))
    browser.post("/sign-out")


def test_a_stranger_with_many_failures_does_not_lock_the_owner_out_of_a_known_device(
    browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    sign_in(browser, town.admin, now=clock.now)
    browser.post("/sign-out")
    stranger = Browser(client(town.slug))
    stranger.get("/sign-in")
    for _ in range(FAILURES):
        clock.advance(minutes=1)
        stranger.post("/sign-in", {"username": town.admin.username, "password": "wrong"}, status=422)
    assert "is locked until" in stranger.posted_page("/sign-in", {**password(town), "password": "wrong"}).text
    sign_in(browser, town.admin, now=clock.now)
    other = Browser(client(town.slug))
    other.get("/sign-in")
    other.post("/sign-in", password(town), status=422)


def test_a_known_device_has_a_count_of_its_own_and_locks_too(browser: Browser, town: Town, clock: Clock) -> None:
    sign_in(browser, town.admin, now=clock.now)
    browser.post("/sign-out")
    browser.get("/sign-in")
    for _ in range(3):
        browser.post("/sign-in", {"username": town.admin.username, "password": "wrong"}, status=422)
    browser.post("/sign-in", password(town), status=422)


def test_a_remembered_device_is_asked_for_the_password_only_until_the_day_ends(
    browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    remembered(browser, town, clock)
    assert come_back(browser, town, remember="yes") == "/"
    leave(browser)
    elsewhere = Browser(client(town.slug))
    assert come_back(elsewhere, town, remember="yes").startswith("/sign-in/code")
    clock.advance(hours=12, seconds=1)
    assert come_back(browser, town, remember="yes").startswith("/sign-in/code")


def test_clearing_the_box_ends_being_remembered(browser: Browser, town: Town, clock: Clock) -> None:
    remembered(browser, town, clock)
    assert come_back(browser, town).startswith("/sign-in/code")


def test_a_remembered_day_is_not_prolonged_by_signing_in(browser: Browser, town: Town, clock: Clock) -> None:
    remembered(browser, town, clock)
    clock.advance(hours=11)
    assert come_back(browser, town, remember="yes") == "/"
    leave(browser)
    clock.advance(hours=1, seconds=1)
    assert come_back(browser, town, remember="yes").startswith("/sign-in/code")


def test_a_clock_set_back_spares_nothing(browser: Browser, town: Town, clock: Clock) -> None:
    remembered(browser, town, clock)
    clock.advance(days=-2)
    assert come_back(browser, town, remember="yes").startswith("/sign-in/code")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 18, 30, tzinfo=UTC)),
    ],
)
def test_the_workday_ends_at_local_midnight_or_after_twelve_hours(
    shelf: ContractShelf, now: datetime, until: datetime
) -> None:
    found = devices.remembered_until(shelf.good["colorado"].contract, now)
    assert found == until
    assert found - now <= timedelta(hours=12)


def test_where_the_contract_remembers_nobody_there_is_no_box_and_no_effect(
    app: Flask, client: OpenClient, clock: Clock
) -> None:
    town = settle(app, "west_virginia", now=clock.now)
    browser = Browser(client("west_virginia"))
    assert "Remember me" not in browser.get("/sign-in").text
    remembered(browser, town, clock)
    assert come_back(browser, town, remember="yes").startswith("/sign-in/code")


def test_the_security_page_shows_and_ends_sessions_and_devices(
    browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    sign_in(browser, town.admin, now=clock.now)
    clock.advance(minutes=1)
    other = Browser(client(town.slug))
    sign_in(other, town.admin, now=clock.now)
    page = browser.get("/security")
    ends = [form.get("action", "") for form in page.all("form") if str(form.get("action", "")).endswith("/end")]
    assert len(ends) == 2
    browser.post(ends[0])
    other.get("/", status=303)
    forgets = [form.get("action", "") for form in page.all("form") if str(form.get("action", "")).endswith("/forget")]
    browser.post(forgets[0])
    assert "Signed in" in page.text


def test_signing_out_everywhere_ends_every_session(
    browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    sign_in(browser, town.admin, now=clock.now)
    clock.advance(minutes=1)
    other = Browser(client(town.slug))
    sign_in(other, town.admin, now=clock.now)
    other.get("/security")
    other.post("/security/sign-out-everywhere")
    browser.get("/", status=303)
    other.get("/", status=303)


def test_nobody_ends_a_session_or_forgets_a_device_of_others(
    browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    sign_in(browser, town.admin, now=clock.now)
    page = browser.get("/security")
    stranger = Browser(client(town.slug))
    sign_in(stranger, town.stranger, now=clock.now)
    stranger.get("/security")
    for form in page.all("form"):
        action = str(form.get("action", ""))
        if action.endswith(("/end", "/forget")):
            stranger.post(action, status=404)
