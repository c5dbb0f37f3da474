"""The idle sign-off: enforced to the second on the server, put off by a person and never by a script (R9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.web.request import portal_of
from tenancy.contract.credentials import clamp
from tenancy.contract.floor import Floor
from tests.pages import Browser
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock

LIMIT = timedelta(minutes=17)
BY_ITSELF = {"HX-Request": "true"}


@pytest.fixture
def insider(browser: Browser, town: Town, clock: Clock) -> Browser:
    sign_in(browser, town.admin, now=clock.now)
    browser.get("/")
    return browser


def left(browser: Browser) -> int:
    answer = browser.client.get("/session/left", base_url=browser.address)
    return int(answer.get_json()["left"])


@pytest.mark.parametrize(("seconds", "status"), [(-2, 200), (0, 200), (2, 303)])
def test_it_signs_off_to_two_seconds(insider: Browser, clock: Clock, seconds: int, status: int) -> None:
    clock.now += LIMIT + timedelta(seconds=seconds)
    insider.get("/", status=status)


def test_asking_how_long_is_left_and_what_a_script_does_by_itself_put_nothing_off(
    insider: Browser, clock: Clock
) -> None:
    clock.advance(minutes=10)
    assert left(insider) == 7 * 60
    insider.client.get("/", base_url=insider.address, headers=BY_ITSELF)
    assert left(insider) == 7 * 60
    clock.advance(minutes=7, seconds=2)
    refused = insider.client.get("/", base_url=insider.address, headers=BY_ITSELF)
    assert refused.status_code == 401
    assert "idle=1" in refused.headers["HX-Redirect"]


def test_a_person_at_the_keyboard_puts_it_off(insider: Browser, clock: Clock) -> None:
    clock.advance(minutes=16)
    insider.post("/session/alive", status=204)
    assert left(insider) == LIMIT.total_seconds()
    clock.advance(minutes=16)
    insider.get("/")


def test_whoever_was_signed_off_is_told_so_and_comes_back_to_the_page(insider: Browser, clock: Clock) -> None:
    clock.now += LIMIT + timedelta(seconds=2)
    answer = insider.get("/cases?page=1", status=303)
    page = insider.get(answer.headers["Location"])
    assert "signed out because nothing happened" in page.text
    assert page.form("/sign-in")["next"] == "/cases?page=1"


def test_a_clock_set_back_gives_no_more_than_a_fresh_session(insider: Browser, clock: Clock) -> None:
    clock.advance(hours=-3)
    assert left(insider) <= LIMIT.total_seconds()


def test_a_contract_above_the_floors_longest_signs_off_when_the_floor_says(
    app: Flask, insider: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = portal_of(app).contracts
    loaded = contracts["colorado"]
    weak = replace(loaded.contract, session=replace(loaded.contract.session, idle_minutes=60))
    shown = replace(loaded, contract=weak, policy=clamp(weak, Floor()))
    monkeypatch.setattr(contracts, "for_group", lambda _slug, _group: shown)
    monkeypatch.setitem(contracts._shown, "colorado", shown)
    assert 'data-idle="1800"' in insider.get("/").html
    clock.now += timedelta(minutes=32, seconds=-2)
    insider.get("/")
    clock.now += timedelta(minutes=32, seconds=2)
    insider.get("/", status=303)
