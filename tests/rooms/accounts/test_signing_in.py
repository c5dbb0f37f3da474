"""Signing in as people do: password, second factor, the page they wanted."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import UserAccount, UserSession
from app.storage.models import MailMessage
from app.web.request import portal_of
from tenancy.contract import Contract
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock

STYLES = {
    "colorado": {"Login", "To authenticate with email, click here"},
    "mississippi": {"Login with phone", "Login with email", "Login with authenticator app"},
    "west_virginia": {"Login"},
}


@pytest.mark.parametrize("slug", sorted(STYLES))
def test_each_contract_has_its_own_sign_in_page(
    client: OpenClient, contract: Callable[[str], Contract], slug: str
) -> None:
    page = Browser(client(slug)).get("/sign-in")
    assert page.heading == contract(slug).sign_in.title
    buttons = {"".join(button.itertext()).strip() for button in page.all("button")}
    assert buttons == STYLES[slug]


def test_it_asks_a_stranger_to_sign_in_and_then_goes_where_they_wanted(
    browser: Browser, town: Town, clock: Clock
) -> None:
    asked = browser.get("/cases?page=2", status=303)
    assert asked.headers["Location"] == "/sign-in?next=/cases?page%3D2"
    page = browser.get(asked.headers["Location"])
    fields = page.form("/sign-in") | {"username": town.admin.username, "password": town.admin.password}
    step = browser.post("/sign-in", fields)
    assert browser.follow(step).heading == "Enter your code"
    code = pyotp.TOTP(town.admin.totp_secret).at(clock.now)
    assert browser.post("/sign-in/code", {"factor": "totp", "code": code}).headers["Location"] == "/cases?page=2"
    assert browser.get("/cases").status == 200


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_never_goes_on_to_another_host(browser: Browser, town: Town, clock: Clock, target: str) -> None:
    browser.get("/sign-in")
    fields = {"username": town.admin.username, "password": town.admin.password, "next": target}
    browser.follow(browser.post("/sign-in", fields))
    code = pyotp.TOTP(town.admin.totp_secret).at(clock.now)
    assert browser.post("/sign-in/code", {"factor": "totp", "code": code}).headers["Location"] == "/"


def test_the_code_comes_by_mail_works_once_and_stands_nowhere_else(
    app: Flask, browser: Browser, town: Town, client: OpenClient
) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": town.by_email.username, "password": town.by_email.password})
    page = browser.get("/sign-in/code")
    assert "m•••@provider.example" in page.text
    assert town.by_email.email not in page.text
    code = code_from_mail(app, town)
    browser.post("/sign-in/code", {"factor": "email", "code": code})
    other = Browser(client(town.slug))
    other.get("/sign-in")
    other.post("/sign-in", {"username": town.by_email.username, "password": town.by_email.password})
    other.get("/sign-in/code")
    other.post("/sign-in/code", {"factor": "email", "code": code}, status=422)


def test_only_the_newest_code_works(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    start_by_email(browser, town)
    first = code_from_mail(app, town)
    clock.advance(seconds=20)
    browser.post("/sign-in/send")
    second = code_from_mail(app, town)
    if first != second:
        browser.post("/sign-in/code", {"factor": "email", "code": first}, status=422)
    browser.post("/sign-in/code", {"factor": "email", "code": second})


def test_a_code_is_worth_nothing_after_ten_minutes(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    start_by_email(browser, town)
    code = code_from_mail(app, town)
    clock.advance(minutes=10)
    browser.post("/sign-in/code", {"factor": "email", "code": code}, status=422)


def test_five_wrong_codes_end_the_attempt_even_if_the_sixth_is_right(app: Flask, browser: Browser, town: Town) -> None:
    start_by_email(browser, town)
    code = code_from_mail(app, town)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(4):
        browser.post("/sign-in/code", {"factor": "email", "code": wrong}, status=422)
    answer = browser.post("/sign-in/code", {"factor": "email", "code": wrong}, status=422)
    assert "Please sign in again" in answer.get_data(as_text=True)
    browser.get("/sign-in")
    answer = browser.post("/sign-in/code", {"factor": "email", "code": code}, status=422)
    assert "Please sign in first" in answer.get_data(as_text=True)


def test_it_sends_no_more_than_three_codes_in_a_quarter_of_an_hour(browser: Browser, town: Town, clock: Clock) -> None:
    start_by_email(browser, town)
    places = [browser.post("/sign-in/send").headers["Location"] for _ in range(3)]
    assert [place.rpartition("=")[2] for place in places] == ["yes", "yes", "no"]
    assert "Too many codes were sent" in browser.get(places[-1]).text


def test_a_code_of_the_app_works_once(browser: Browser, town: Town, clock: Clock, client: OpenClient) -> None:
    sign_in(browser, town.admin, now=clock.now)
    other = Browser(client(town.slug))
    other.get("/sign-in")
    other.post("/sign-in", {"username": town.admin.username, "password": town.admin.password})
    code = pyotp.TOTP(town.admin.totp_secret).at(clock.now)
    other.get("/sign-in/code")
    other.post("/sign-in/code", {"factor": "totp", "code": code}, status=422)
    clock.advance(seconds=30)
    other.post("/sign-in/code", {"factor": "totp", "code": pyotp.TOTP(town.admin.totp_secret).at(clock.now)})


def test_the_password_alone_opens_nothing(browser: Browser, town: Town) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": town.admin.username, "password": town.admin.password})
    assert browser.get("/", status=303).headers["Location"].startswith("/sign-in")


def test_secrets_are_hashed_or_sealed_at_rest(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    sign_in(browser, town.admin, now=clock.now)
    with portal_of(app).databases.app.session(town.slug) as session:
        user = session.scalars(select(UserAccount).where(UserAccount.id == town.admin.user_id)).one()
        kept = session.scalars(select(UserSession)).one()
        assert (user.password_hash or "").startswith("$argon2id$")
        assert len(kept.token_hash) == 32
        assert town.admin.password not in repr(town.admin)


def start_by_email(browser: Browser, town: Town) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": town.by_email.username, "password": town.by_email.password})
    browser.get("/sign-in/code")


def code_from_mail(app: Flask, town: Town) -> str:
    with portal_of(app).databases.app.session(town.slug) as session:
        newest = select(MailMessage).where(MailMessage.kind == "sign_in_code").order_by(MailMessage.created_at.desc())
        message = session.scalars(newest.limit(1)).one()
        assert message.is_secret
        return next(word.strip(".") for word in message.body.split() if word.strip(".").isdigit() and len(word) >= 6)


def test_an_address_that_one_account_has_stands_for_its_user_name(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    typed = {"username": town.by_email.email.upper(), "password": town.by_email.password}
    browser.get("/sign-in")
    assert browser.follow(browser.post("/sign-in", typed)).heading == "Enter your code"
    with portal_of(app).databases.app.session(town.slug) as session:
        other = session.get_one(UserAccount, town.stranger.user_id)
        other.email = town.by_email.email
        session.commit()
    browser.get("/sign-in")
    browser.post("/sign-in", typed, status=422)


def test_who_has_no_telephone_at_hand_signs_in_by_the_registered_e_mail(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    browser.get("/sign-in")
    typed = {"username": town.admin.username, "password": town.admin.password, "factor": "email"}
    assert "We sent a code of 6 digits" in browser.follow(browser.post("/sign-in", typed)).text
    with portal_of(app).databases.app.session(town.slug) as session:
        body = session.scalars(select(MailMessage.body)).one()
    code = next(word.strip(".") for word in body.split() if word.strip(".").isdigit() and len(word.strip(".")) == 6)
    assert browser.post("/sign-in/code", {"factor": "email", "code": code}).headers["Location"] == "/"
