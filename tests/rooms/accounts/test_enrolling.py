"""Codes and factors of an enrolment: bound, short-lived, used once, burnt, limited (S1); a weak password is changed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import enrolment, passwords, terms
from app.accounts.enrolment import StepRefused
from app.accounts.enrolment_models import PhoneFactor
from app.accounts.links import Sending
from app.accounts.models import OneTimeCode, UserAccount, UserSession
from app.accounts.secrets import TenantSecrets, new_token, token_hash
from app.storage.models import MailMessage, TextMessage
from app.web.request import portal_of
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf
from tenancy.vocabulary import Factor
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_registering import PASSWORD, ask_again, free_provider, newest_code, newest_link, register

pytestmark = pytest.mark.commits


@pytest.fixture
def enrolling(app: Flask, browser: Browser, town: Town) -> Browser:
    """A browser before the choice of the second factor."""
    register(browser, free_provider(app, town.slug))
    browser.post(newest_link(app, town.slug))
    browser.get("/enrol/steps")
    browser.post("/enrol/password", {"password": PASSWORD, "password_again": PASSWORD})
    browser.get("/enrol/steps")
    return browser


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_telephone_is_kept_by_the_code_that_was_sent_to_it(app: Flask, enrolling: Browser, town: Town) -> None:
    enrolling.post("/enrol/factor/send", {"use": "sms", "phone": "(303) 555-0147"})
    with portal_of(app).databases.app.session(town.slug) as session:
        sent = session.scalars(select(TextMessage)).one()
        assert (sent.to_number, sent.channel, sent.is_secret) == ("+13035550147", "sms", True)
    enrolling.post("/enrol/factor/code", {"use": "sms", "one_time_code": newest_code(app, town.slug, TextMessage)})
    assert "Keep your recovery codes" in enrolling.get("/enrol/steps").html


@pytest.mark.parametrize("phone", ["", "555-0147", "303-555-0147 x12", "103-555-0147", "+44 20 7946 0958"])
def test_a_number_that_is_no_direct_line_is_refused(enrolling: Browser, phone: str) -> None:
    assert "direct number" in enrolling.posted_page("/enrol/factor/send", {"use": "voice", "phone": phone}).html


def test_a_country_is_chosen_from_the_list(enrolling: Browser) -> None:
    page = enrolling.get("/enrol/steps?use=voice")
    assert page.form("/enrol/factor/send")["country"] == "US"
    sent = {"use": "voice", "phone": "3035550147", "country": "GB"}
    assert "Choose a country" in enrolling.posted_page("/enrol/factor/send", sent).html
    enrolling.post("/enrol/factor/send", {**sent, "country": "CA"})


def test_the_e_mail_address_is_changed_by_a_code_sent_to_the_new_one(
    app: Flask, enrolling: Browser, town: Town
) -> None:
    page = enrolling.get("/enrol/email")
    assert "rosa.mills@clinic.example" in page.html
    for typed in ("rosa.mills@clinic.example", "no address", ""):
        enrolling.posted_page("/enrol/email", {"email": typed})
    enrolling.posted_page("/enrol/email/code", {"one_time_code": "000000"})
    enrolling.post("/enrol/email", {"email": "r.mills@clinic.example"})
    code = newest_code(app, town.slug)
    page = enrolling.posted_page("/enrol/email/code", {"one_time_code": wrong(code)})
    assert "rosa.mills@clinic.example stays in use" in page.text
    enrolling.post("/enrol/email/code", {"one_time_code": code})
    with portal_of(app).databases.app.session(town.slug) as session:
        kept = session.scalars(select(UserAccount.email).where(UserAccount.username == "r.mills")).one()
        told = session.scalars(select(MailMessage.to_address).where(MailMessage.kind == "account_changed")).one()
    assert (kept, told) == ("r.mills@clinic.example", "rosa.mills@clinic.example")
    assert "r.mills@clinic.example" in enrolling.get("/enrol/steps?use=email").html


def test_a_code_proves_the_number_it_was_sent_to_and_no_other(app: Flask, enrolling: Browser, town: Town) -> None:
    enrolling.post("/enrol/factor/send", {"use": "sms", "phone": "3035550147"})
    code = newest_code(app, town.slug, TextMessage)
    enrolling.post("/enrol/factor/send", {"use": "sms", "phone": "3035550148"})
    if newest_code(app, town.slug, TextMessage) != code:
        enrolling.posted_page("/enrol/factor/code", {"use": "sms", "one_time_code": code})


def test_five_wrong_tries_burn_a_code(app: Flask, enrolling: Browser, town: Town) -> None:
    enrolling.post("/enrol/factor/send", {"use": "email"})
    code = newest_code(app, town.slug)
    for _ in range(5):
        enrolling.posted_page("/enrol/factor/code", {"use": "email", "one_time_code": wrong(code)})
    assert (
        "no longer valid" in enrolling.posted_page("/enrol/factor/code", {"use": "email", "one_time_code": code}).html
    )


def test_only_the_newest_code_works_and_not_after_ten_minutes(
    app: Flask, enrolling: Browser, town: Town, clock: Clock
) -> None:
    enrolling.post("/enrol/factor/send", {"use": "email"})
    older = newest_code(app, town.slug)
    clock.advance(seconds=5)
    enrolling.post("/enrol/factor/send", {"use": "email"})
    newer = newest_code(app, town.slug)
    if older != newer:
        enrolling.posted_page("/enrol/factor/code", {"use": "email", "one_time_code": older})
    clock.advance(minutes=10, seconds=1)
    enrolling.posted_page("/enrol/factor/code", {"use": "email", "one_time_code": newer})


def test_a_fourth_code_in_a_quarter_of_an_hour_is_not_sent(app: Flask, enrolling: Browser, town: Town) -> None:
    for _ in range(3):
        enrolling.post("/enrol/factor/send", {"use": "email"})
    page = enrolling.posted_page("/enrol/factor/send", {"use": "email"})
    assert "Too many codes were sent" in page.html


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 5000])
def test_what_cannot_be_a_code_is_told_so(enrolling: Browser, typed: str) -> None:
    enrolling.post("/enrol/factor/send", {"use": "email"})
    page = enrolling.posted_page("/enrol/factor/code", {"use": "email", "one_time_code": typed})
    assert "Enter the 6 digits" in page.html


def test_a_code_of_one_browser_is_worth_nothing_in_another(
    app: Flask, client: OpenClient, enrolling: Browser, town: Town, clock: Clock
) -> None:
    enrolling.post("/enrol/factor/send", {"use": "email"})
    code = newest_code(app, town.slug)
    clock.advance(seconds=1)
    other = Browser(client(town.slug))
    register(other, free_provider(app, town.slug), username="other", email="o@c.example", email_confirm="o@c.example")
    other.post(newest_link(app, town.slug))
    other.get("/enrol/steps")
    other.post("/enrol/password", {"password": PASSWORD, "password_again": PASSWORD})
    other.get("/enrol/steps")
    other.posted_page("/enrol/factor/code", {"use": "email", "one_time_code": code})


def test_of_many_right_codes_at_once_one_is_taken(app: Flask, enrolling: Browser, town: Town, clock: Clock) -> None:
    enrolling.post("/enrol/factor/send", {"use": "email"})
    code, portal, taken = newest_code(app, town.slug), portal_of(app), []
    loaded = portal.tenants[town.slug]
    sending = Sending(loaded.policy, TenantSecrets(portal.keyring.key_for(town.slug)), "http://x/")
    token, gate = new_token(), threading.Barrier(8)
    with portal.databases.app.session(town.slug) as session:
        session.scalars(select(UserSession).where(UserSession.stage == "enrol")).one().token_hash = token_hash(token)
        session.commit()

    def use_it() -> None:
        gate.wait()
        with portal.databases.app.session(town.slug) as session:
            held = enrolment.enrolling(session, loaded.contract, token, sending=sending, now=clock.now)
            try:
                enrolment.keep_channel(session, held, Factor.EMAIL, "", code, now=clock.now)
                taken.append(True)
            except StepRefused:
                pass
            session.commit()

    threads = [threading.Thread(target=use_it) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert taken == [True]
    with portal.databases.app.session(town.slug) as session:
        assert session.scalars(select(OneTimeCode)).one().closed_at is not None


def test_the_picture_of_the_app_is_for_its_enrolment_only(client: OpenClient, enrolling: Browser, town: Town) -> None:
    shown = enrolling.client.get("/enrol/factor/app.svg", base_url=enrolling.address)
    assert (shown.status_code, shown.mimetype, shown.headers["Cache-Control"]) == (200, "image/svg+xml", "no-store")
    stranger = Browser(client(town.slug))
    assert stranger.client.get("/enrol/factor/app.svg", base_url=stranger.address).status_code == 404


def test_an_enrolment_ends_after_an_hour(enrolling: Browser, clock: Clock) -> None:
    clock.advance(minutes=61)
    answer = enrolling.client.get("/enrol/steps", base_url=enrolling.address)
    assert answer.headers["Location"].endswith("/enrol")


def test_a_broken_passkey_answer_is_refused(app: Flask, enrolling: Browser) -> None:
    enrolling.post("/passkeys/options", status=200)
    for credential in ("", "[]", "{}", '{"rawId": 1}', "x" * 40_000):
        answer = enrolling.post("/passkeys/keep", {"credential": credential})
        assert "failed=1" in answer.headers["Location"]


def test_a_recovery_code_signs_in_once(
    app: Flask, client: OpenClient, enrolling: Browser, clock: Clock, town: Town
) -> None:
    enrolling.post("/enrol/factor/send", {"use": "email"})
    enrolling.post("/enrol/factor/code", {"use": "email", "one_time_code": newest_code(app, town.slug)})
    codes = re.findall(r"<code>([A-Z2-7-]+)</code>", enrolling.get("/enrol/steps").html)
    assert len(set(codes)) == 10
    enrolling.post("/enrol/paper")
    for status in (303, 422):
        clock.advance(minutes=20)
        browser = Browser(client(town.slug))
        browser.get("/sign-in")
        browser.post("/sign-in", {"username": "r.mills", "password": PASSWORD})
        browser.get("/sign-in/recovery-code")
        browser.post("/sign-in/recovery-code", {"recovery_code": codes[0].lower()}, status=status)


def test_a_password_everybody_knows_must_be_changed_after_signing_in(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    with portal_of(app).databases.app.session(town.slug) as session:
        user = session.get_one(UserAccount, town.admin.user_id)
        user.password_hash = passwords.hashed("Password1!")
        session.commit()
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": town.admin.username, "password": "Password1!", "factor": "email"})
    browser.get("/sign-in/code")
    with portal_of(app).databases.app.session(town.slug) as session:
        body = session.scalars(select(MailMessage.body).where(MailMessage.kind == "sign_in_code")).one()
    code = re.findall(r"\b\d{6}\b", body)[0]
    browser.post("/sign-in/code", {"factor": "email", "code": code})
    answer = browser.client.get("/", base_url=browser.address)
    assert answer.headers["Location"].endswith("/profile/password")
    browser.get("/profile/password")
    fresh = {"password": "Password1!", "new": "quiet mill rode on", "new_confirm": "quiet mill rode on"}
    browser.post("/profile/password", fresh)
    browser.get("/")


def test_terms_are_asked_again_when_their_words_change(
    app: Flask, browser: Browser, town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser, town.admin, now=clock.now)
    browser.get("/")
    known = terms._mark
    monkeypatch.setattr(terms, "_mark", lambda version, said: known(version, said)[::-1])
    answer = browser.client.get("/", base_url=browser.address)
    assert "/terms" in answer.headers["Location"]
    browser.get("/terms")
    browser.post("/terms", {"agree": "yes", "next": "/"})
    browser.get("/")


def test_an_unfinished_enrolment_is_resumed_by_a_fresh_link(
    app: Flask, client: OpenClient, enrolling: Browser, town: Town, clock: Clock
) -> None:
    clock.advance(hours=2)
    fresh, first = Browser(client(town.slug)), newest_link(app, town.slug)
    for wrong_password in ("", "another password"):
        ask_again(app, fresh, town.slug, "rosa.mills@clinic.example", clock.now, wrong_password)
        assert newest_link(app, town.slug) == first, "the password made so far is asked (MFA-11)"
    ask_again(app, fresh, town.slug, "R.Mills", clock.now, PASSWORD)
    fresh.get(newest_link(app, town.slug))
    fresh.post(newest_link(app, town.slug))
    assert "Choose your second step" in fresh.get("/enrol/steps").html


@pytest.fixture
def extensions(app: Flask, town: Town) -> Iterator[None]:
    """A contract whose telephones may have an extension."""
    portal, known = portal_of(app), portal_of(app).contracts
    loaded = portal.tenants[town.slug]
    factors = replace(loaded.contract.factors, phone_extensions=True)
    changed = replace(loaded, contract=replace(loaded.contract, factors=factors))
    shelf = ContractShelf({**known, town.slug: changed}, {})
    portal.contracts = ContractsInForce(shelf, base_domain=portal.settings.base_domain)
    yield
    portal.contracts = known


@pytest.mark.usefixtures("extensions")
def test_where_a_contract_has_extensions_a_call_goes_to_one_and_a_text_message_never(
    app: Flask, enrolling: Browser, town: Town, clock: Clock
) -> None:
    assert "an extension may follow" in enrolling.get("/enrol/steps?use=voice").text
    page = enrolling.posted_page("/enrol/factor/send", {"use": "sms", "phone": "303-555-0147 x12"})
    assert "without extension" in page.text
    enrolling.post("/enrol/factor/send", {"use": "voice", "phone": "303-555-0147 ext. 12"})
    page = enrolling.get("/enrol/steps")
    assert "3035550147 x12" in page.html
    clock.advance(seconds=5)
    enrolling.post("/enrol/factor/send", {"use": "voice"})
    enrolling.post("/enrol/factor/code", {"use": "voice", "one_time_code": newest_code(app, town.slug, TextMessage)})
    with portal_of(app).databases.app.session(town.slug) as session:
        calls = {(one.to_number, one.channel) for one in session.scalars(select(TextMessage))}
        phone = session.scalars(select(PhoneFactor)).one()
    assert calls == {("+13035550147;ext=12", "voice")}
    assert (phone.number, phone.takes_texts) == ("+13035550147;ext=12", False)
