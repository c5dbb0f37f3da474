"""A session: idle sign-off, rotation, being cut off, copies of cookies that are worth nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts.models import Membership, UserAccount
from app.factory import create_app
from app.settings import Settings
from app.web.request import portal_of
from tenancy.loader import ContractShelf
from tests.pages import Browser, OpenClient
from tests.people import Town, settle, sign_in
from tests.rooms.accounts.conftest import Clock


@pytest.fixture
def insider(browser: Browser, town: Town, clock: Clock) -> Browser:
    """A browser in which staff of two groups is signed in."""
    sign_in(browser, town.staff, now=clock.now)
    return browser


def cookie_of(browser: Browser) -> str:
    host = browser.address.removeprefix("http://").partition(":")[0]
    cookie = browser.client.get_cookie("charter", domain=host)
    assert cookie is not None
    return cookie.value


def with_cookie(client: OpenClient, slug: str, value: str) -> Browser:
    other = Browser(client(slug))
    other.client.set_cookie("charter", value, domain=other.address.removeprefix("http://").partition(":")[0])
    return other


def test_it_signs_off_after_idle_and_countdown_and_says_so(insider: Browser, clock: Clock) -> None:
    clock.advance(minutes=17)
    insider.get("/")
    clock.advance(minutes=17, seconds=2)
    place = insider.get("/", status=303).headers["Location"]
    assert place.startswith("/sign-in")


def test_tabs_that_are_signed_off_at_once_can_all_sign_in_again(
    insider: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    insider.get("/")
    clock.advance(minutes=18)
    other = with_cookie(client, town.slug, cookie_of(insider))
    first, second = insider.get("/sign-in").token(), other.get("/sign-in").token()
    assert first == second, "whichever cookie comes last, both forms can be sent"
    sign_in(insider, town.staff, now=clock.now)
    assert insider.get("/").token() != first


def test_activity_keeps_the_session(insider: Browser, clock: Clock) -> None:
    for _ in range(4):
        clock.advance(minutes=16)
        insider.get("/")


def test_an_idle_session_does_not_come_back_with_an_older_copy_of_its_cookie(
    insider: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    older = cookie_of(insider)
    clock.advance(minutes=10)
    insider.get("/")
    clock.advance(minutes=10)
    with_cookie(client, town.slug, older).get("/", status=303)
    insider.get("/")


def test_a_session_ends_for_good_after_a_working_day(insider: Browser, clock: Clock) -> None:
    for _ in range(12 * 4):
        clock.advance(minutes=15)
        insider.client.get("/", base_url=insider.address)
    insider.get("/", status=303)


def test_a_cookie_copied_before_signing_out_is_worth_nothing(insider: Browser, town: Town, client: OpenClient) -> None:
    insider.get("/")
    copied = cookie_of(insider)
    insider.post("/sign-out")
    with_cookie(client, town.slug, copied).get("/", status=303)
    insider.get("/", status=303)


def test_signing_in_gives_a_new_cookie_and_a_new_form_token(
    browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    before = browser.get("/sign-in").token()
    planted = cookie_of(browser)
    sign_in(browser, town.admin, now=clock.now)
    assert browser.get("/").token() != before
    with_cookie(client, town.slug, planted).get("/", status=303)


def test_switching_groups_rotates_the_session_and_is_remembered(
    insider: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    first, second = town.staff.group_ids
    insider.get("/")
    copied = cookie_of(insider)
    insider.post("/groups/current", {"group": str(second)})
    assert pressed(insider) == [town.staff.groups[1]]
    with_cookie(client, town.slug, copied).get("/", status=303)
    insider.post("/sign-out")
    clock.advance(minutes=1)
    sign_in(insider, town.staff, now=clock.now)
    assert pressed(insider) == [town.staff.groups[1]]
    assert first != second


def test_nobody_switches_to_a_group_of_others(insider: Browser, town: Town) -> None:
    insider.get("/")
    insider.post("/groups/current", {"group": str(town.stranger.group_ids[0])}, status=404)
    insider.post("/groups/current", {"group": "no id"}, status=404)


def test_the_switcher_is_there_for_several_groups_only(browser: Browser, town: Town, clock: Clock) -> None:
    sign_in(browser, town.admin, now=clock.now)
    assert not [button for button in browser.get("/").all("button") if button.get("name") == "group"]


@pytest.mark.parametrize("cut", ["deactivated", "without a role"])
def test_whoever_is_shut_out_is_out_at_the_next_request(
    app: Flask, insider: Browser, town: Town, clock: Clock, cut: str
) -> None:
    insider.get("/")
    with portal_of(app).databases.app.session(town.slug) as session:
        if cut == "deactivated":
            session.execute(update(UserAccount).where(UserAccount.id == town.staff.user_id).values(is_active=False))
        else:
            mine = Membership.user_id == town.staff.user_id
            session.execute(update(Membership).where(mine).values(ended_at=clock.now - timedelta(seconds=1)))
        session.commit()
    answer = insider.client.get("/", base_url=insider.address)
    assert answer.status_code in (303, 403)


def test_a_cookie_of_one_tenant_opens_nothing_at_another(
    app: Flask, insider: Browser, client: OpenClient, clock: Clock
) -> None:
    settle(app, "mississippi", now=clock.now)
    with_cookie(client, "mississippi", cookie_of(insider)).get("/", status=303)


def test_the_cookie_is_for_one_host_and_not_for_scripts(browser: Browser) -> None:
    answer = browser.client.get("/sign-in", base_url=browser.address)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def pressed(browser: Browser) -> list[str]:
    page = browser.get("/")
    texts = [" ".join("".join(b.itertext()).split()) for b in page.all("button") if b.get("aria-pressed") == "true"]
    return [text.removesuffix(" Provider Staff Account") for text in texts]


def test_over_tls_the_cookie_carries_the_host_prefix(settings: Settings, shelf: ContractShelf) -> None:
    secure = create_app(replace(settings, scheme="https"), shelf)
    answer = secure.test_client().get("/sign-in", base_url="https://colorado.localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-charter=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    portal_of(secure).databases.close()
