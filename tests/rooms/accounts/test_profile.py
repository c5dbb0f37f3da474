"""A person's own profile: details, an e-mail address proven by a code, a password chosen anew."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import UserAccount
from app.storage.models import MailMessage
from app.web.request import portal_of
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf
from tests.pages import Browser
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock

NEW = "a.new.address@provider.example"


@pytest.fixture
def me(browser: Browser, town: Town, clock: Clock) -> Browser:
    """Staff, signed in."""
    sign_in(browser, town.staff, now=clock.now)
    return browser


def account(app: Flask, town: Town) -> UserAccount:
    with portal_of(app).databases.app.session(town.slug) as session:
        found = session.get_one(UserAccount, town.staff.user_id)
        session.expunge(found)
        return found


def mails(app: Flask, town: Town, kind: str) -> list[tuple[str, str]]:
    """Address and text of what was posted, oldest first."""
    with portal_of(app).databases.app.session(town.slug) as session:
        statement = select(MailMessage).where(MailMessage.kind == kind).order_by(MailMessage.created_at)
        return [(mail.to_address, mail.body) for mail in session.scalars(statement)]


def ask(me: Browser, town: Town, *, password: str | None = None, email: str = NEW) -> None:
    me.get("/profile/email")
    typed = {"email": email, "email_confirm": email, "password": password or town.staff.password}
    me.follow(me.post("/profile/email", typed))


def last_code(app: Flask, town: Town) -> str:
    found = re.search(r"is (\d{6})", mails(app, town, "new_email_code")[-1][1])
    assert found is not None
    return found[1]


def test_details_are_kept_and_the_user_name_is_not_among_them(app: Flask, me: Browser, town: Town) -> None:
    page = me.get("/profile")
    form = page.form("/profile")
    assert "username" not in form
    assert list(form)[:5] == ["csrf_token", "shown_username", "first_name", "last_name", "email_seen"], "PROF-01"
    typed = {**form, "first_name": "Louis", "phone": "303 555 0100", "phone_extension": "7", "username": "boss"}
    assert "Louis" in me.follow(me.post("/profile", typed)).text
    kept = account(app, town)
    assert (kept.phone, kept.phone_extension, kept.username) == ("303-555-0100", "7", town.staff.username)
    page = me.posted_page("/profile", {**typed, "last_name": "", "phone": "1"})
    assert "Enter the last name." in page.text
    assert "Enter the phone number as ten digits" in page.text


def test_a_new_e_mail_counts_once_its_code_is_typed_and_the_old_one_is_told(
    app: Flask, me: Browser, town: Town
) -> None:
    old = account(app, town).email
    ask(me, town)
    assert account(app, town).email == old
    assert mails(app, town, "new_email_code")[0][0] == NEW
    page = me.posted_page("/profile/email/confirm", {"code": "000000"})
    assert "That code is not right" in page.text
    me.follow(me.post("/profile/email/confirm", {"code": last_code(app, town)}))
    assert account(app, town).email == NEW
    ((told, text),) = mails(app, town, "account_changed")
    assert told == old
    assert NEW not in text
    me.post("/profile/email/confirm", {"code": last_code(app, town)}, status=422)


def test_another_e_mail_typed_into_the_profile_goes_on_to_its_password_and_code(
    app: Flask, me: Browser, town: Town
) -> None:
    form = me.get("/profile").form("/profile")
    assert form["email"] == form["email_confirm"] == town.staff.email
    assert "Type the same" in me.posted_page("/profile", {**form, "email": NEW}).text
    typed = {**form, "city": "Golden", "email": NEW, "email_confirm": NEW, "email_seen": NEW}
    page = me.follow(me.post("/profile", typed))
    assert (account(app, town).email, account(app, town).city) == (town.staff.email, "Golden")
    asked = page.form("/profile/email")
    assert (asked["email"], asked["email_confirm"]) == (NEW, NEW)
    me.follow(me.post("/profile/email", {**asked, "password": town.staff.password}))
    me.follow(me.post("/profile/email/confirm", {"code": last_code(app, town)}))
    assert account(app, town).email == NEW


def test_only_the_newest_code_works_and_not_for_ever(app: Flask, me: Browser, town: Town, clock: Clock) -> None:
    ask(me, town)
    first = last_code(app, town)
    clock.advance(minutes=1)
    ask(me, town, email="other@provider.example")
    if first != last_code(app, town):
        me.post("/profile/email/confirm", {"code": first}, status=422)
    clock.advance(minutes=11)
    me.post("/profile/email/confirm", {"code": last_code(app, town)}, status=422)
    assert account(app, town).email == town.staff.email


def test_five_wrong_codes_burn_it(app: Flask, me: Browser, town: Town) -> None:
    ask(me, town)
    right = last_code(app, town)
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        me.post("/profile/email/confirm", {"code": wrong}, status=422)
    me.post("/profile/email/confirm", {"code": right}, status=422)


def test_a_wrong_current_password_is_counted_and_locks(me: Browser, town: Town) -> None:
    me.get("/profile/password")
    typed = {"new": "seven quiet lanterns", "new_confirm": "seven quiet lanterns"}
    for _ in range(3):
        page = me.posted_page("/profile/password", {"password": "wrong", **typed})
        assert "not your current password" in page.text
    page = me.posted_page("/profile/password", {"password": town.staff.password, **typed})
    assert "Too many wrong passwords" in page.text


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short", "short", "Use at least"),
        ("Iloveyou123!", "Iloveyou123!", "Many people use this password"),
        ("seven quiet lanterns", "seven quiet lantern", "Type the same new password"),
    ],
)
def test_a_new_password_meets_the_policy(me: Browser, town: Town, new: str, again: str, said: str) -> None:
    me.get("/profile/password")
    typed = {"password": town.staff.password, "new": new, "new_confirm": again}
    assert said in me.posted_page("/profile/password", typed).text


def test_the_password_is_changed_and_told_of(app: Flask, me: Browser, town: Town) -> None:
    before = account(app, town).password_hash
    me.get("/profile/password")
    new = "seven quiet lanterns"
    typed = {"password": town.staff.password, "new": new, "new_confirm": new}
    assert "Your password was changed." in me.follow(me.post("/profile/password", typed)).text
    assert account(app, town).password_hash != before
    assert mails(app, town, "account_changed")[0][0] == town.staff.email
    me.get("/")


def test_a_user_name_is_changed_where_the_contract_does_not_fix_it(
    app: Flask, me: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = portal_of(app)
    loaded = portal.tenants[town.slug]
    freer = replace(loaded.contract.registration, username_immutable=False)
    changed = replace(loaded, contract=replace(loaded.contract, registration=freer))
    shelf = ContractShelf({**portal.contracts, town.slug: changed}, {})
    monkeypatch.setattr(portal, "contracts", ContractsInForce(shelf, base_domain=portal.settings.base_domain))
    form = me.get("/profile").form("/profile")
    assert form["username"] == town.staff.username
    page = me.posted_page("/profile", {**form, "username": town.admin.username.upper()})
    assert "That user name is taken." in page.text
    me.post("/profile", {**form, "username": "louis.o"})
    assert (account(app, town).username, account(app, town).username_key) == ("louis.o", "louis.o")
    assert "user name of your account" in mails(app, town, "account_changed")[-1][1]
    me.get("/security")
    me.post("/sign-out")
    me.get("/sign-in")
    me.post("/sign-in", {"username": "louis.o", "password": town.staff.password})
