"""A forgotten password and a locked account: link, factor, secret question, new password; told alike for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts import passwords, recovery
from app.accounts.jobs import handlers
from app.accounts.models import UserAccount
from app.storage.models import MailMessage
from app.storage.outbox import drain
from app.web.request import portal_of
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock

NEW = "Quiet-Harbour-4711"


def links(app: Flask, town: Town, clock: Clock) -> list[str]:
    """Do what the outbox owes; the links that were mailed, in order."""
    portal = portal_of(app)
    contract = portal.tenants[town.slug].contract
    drain(portal.databases, town.slug, contract=contract, now=clock.now, handlers=handlers(portal.settings))
    with portal.databases.app.session(town.slug) as session:
        mails = session.scalars(select(MailMessage).where(MailMessage.kind == "recovery_link").order_by("created_at"))
        return [f"/{found[0]}" for mail in mails if (found := re.findall(r"recover/[\w-]+", mail.body))]


def asked(app: Flask, browser: Browser, town: Town, clock: Clock, username: str) -> str:
    browser.get("/forgot")
    page = browser.follow(browser.post("/forgot", {"username": username}))
    assert "If there is such an account" in page.text
    return links(app, town, clock)[-1]


def proven(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    """The link opened and the factor shown."""
    link = asked(app, browser, town, clock, town.admin.username)
    browser.get(link)
    browser.follow(browser.post(link))
    code = pyotp.TOTP(town.admin.totp_secret).at(clock.now)
    browser.follow(browser.post("/recover/code", {"factor": "totp", "code": code}))


def test_a_new_password_after_link_and_factor(
    app: Flask, browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    elsewhere = Browser(client(town.slug))
    sign_in(elsewhere, town.admin, now=clock.now)
    clock.advance(minutes=1)
    proven(app, browser, town, clock)
    page = browser.follow(browser.post("/recover/password", {"password": NEW, "again": NEW}))
    assert "That is done" in page.text
    elsewhere.get("/", status=303)
    browser.post("/sign-in", {"username": town.admin.username, "password": town.admin.password}, status=422)
    browser.post("/sign-in", {"username": town.admin.username, "password": NEW})


def test_a_link_alone_opens_nothing_and_works_once(
    app: Flask, browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    link = asked(app, browser, town, clock, town.admin.username)
    browser.get(link)
    browser.post(link)
    assert browser.get("/recover/password", status=303).headers["Location"].startswith("/sign-in")
    browser.get("/", status=303)
    other = Browser(client(town.slug))
    other.get(link)
    other.post(link, status=404)


def test_an_old_link_and_one_before_the_newest_are_nothing(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    first = asked(app, browser, town, clock, town.admin.username)
    clock.advance(minutes=1)
    second = asked(app, browser, town, clock, town.admin.username)
    browser.get(first)
    browser.post(first, status=404)
    clock.now += recovery.LINK_LIFE + timedelta(seconds=5)
    browser.get(second)
    browser.post(second, status=404)


def test_an_unknown_user_is_answered_alike_and_nothing_is_mailed(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    answers = []
    for name in (town.admin.username, "nobody.here", town.admin.email, "nobody@provider.example"):
        browser.get("/forgot")
        answer = browser.post("/forgot", {"username": name})
        answers.append((answer.status_code, answer.headers["Location"], answer.get_data()))
    assert len(set(answers)) == 1
    assert len(links(app, town, clock)) == 2


def test_no_more_than_three_links_in_a_quarter_of_an_hour(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    for _ in range(5):
        asked(app, browser, town, clock, town.admin.username)
    assert len(links(app, town, clock)) == 3


def test_link_and_factor_unlock_a_locked_account(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    browser.get("/sign-in")
    for name in (town.admin.username, town.admin.email) * 3:
        browser.post("/sign-in", {"username": name, "password": "wrong"}, status=422)
    proven(app, browser, town, clock)
    clock.advance(minutes=1)
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": town.admin.email, "password": town.admin.password})
    sign_in(browser, town.admin, now=clock.now)


def test_the_secret_question_is_an_extra_step_and_five_wrong_answers_end_it(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    with portal_of(app).databases.app.session(town.slug) as session:
        asks = {"secret_question": "First pet?", "secret_answer_hash": passwords.hashed("otto the cat")}
        session.execute(update(UserAccount).where(UserAccount.id == town.admin.user_id).values(**asks))
        session.commit()
    proven(app, browser, town, clock)
    typed = {"password": NEW, "again": NEW}
    for _ in range(2):
        assert "not the answer" in browser.posted_page("/recover/password", {**typed, "answer": "rex"}).text
    browser.post("/recover/password", {**typed, "answer": " Otto  the CAT "})
    clock.advance(hours=2)
    proven(app, browser, town, clock)
    for _ in range(4):
        browser.posted_page("/recover/password", {**typed, "answer": "rex"})
    assert "over=1" in browser.post("/recover/password", {**typed, "answer": "rex"}).headers["Location"]


@pytest.mark.parametrize("password", ["short", "Password1!", "dana.whitlock-2026", "x" * 300])
def test_a_password_no_policy_allows_is_refused_with_a_reason(
    app: Flask, browser: Browser, town: Town, clock: Clock, password: str
) -> None:
    proven(app, browser, town, clock)
    browser.posted_page("/recover/password", {"password": password, "again": password})
    browser.posted_page("/recover/password", {"password": NEW, "again": NEW + "x"})


def test_what_was_proven_is_over_after_a_quarter_of_an_hour(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    proven(app, browser, town, clock)
    clock.now += recovery.STEP_LIFE + timedelta(seconds=1)
    browser.get("/recover/password", status=303)
