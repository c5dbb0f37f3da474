"""The second factors of somebody who is signed in: added, verified, renamed, removed; never the last one."""

from __future__ import annotations

import uuid
from urllib.parse import unquote

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.enrolment_models import Passkey, PhoneFactor
from app.accounts.models import TotpSecret
from app.storage.models import MailMessage, TextMessage
from app.web.request import portal_of
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_registering import newest_code

NUMBER = "303-555-0177"


@pytest.fixture
def me(browser: Browser, town: Town, clock: Clock) -> Browser:
    """A browser in which an administrator has just signed in with her authenticator app."""
    sign_in(browser, town.admin, now=clock.now)
    browser.get("/security")
    return browser


def a_passkey(app: Flask, town: Town, clock: Clock, name: str = "Laptop") -> str:
    """A passkey of the administrator, as the browser test makes one; its id."""
    with portal_of(app).databases.app.session(town.slug) as session:
        row = Passkey(
            id=uuid.uuid4(), user_id=town.admin.user_id, credential_id=uuid.uuid4().bytes, public_key=b"k",
            sign_count=0, name=name, created_at=clock.now,
        )  # fmt: skip
        session.add(row)
        session.commit()
        return str(row.id)


def add_phone(me: Browser, app: Flask, town: Town, number: str = NUMBER) -> None:
    """A telephone, by the code that was sent to it."""
    me.get("/security/factors/sms")
    me.follow(me.post("/security/factors/sms/send", {"phone": number}))
    me.follow(me.post("/security/factors/sms", {"one_time_code": newest_code(app, town.slug, TextMessage)}))


def mails(app: Flask, town: Town) -> list[str]:
    """What was mailed about changes of the account."""
    with portal_of(app).databases.app.session(town.slug) as session:
        found = select(MailMessage.body).where(MailMessage.kind == "account_changed")
        return list(session.scalars(found))


def test_a_telephone_is_added_by_its_code_and_the_app_may_go_then(
    app: Flask, me: Browser, town: Town, clock: Clock
) -> None:
    add_phone(me, app, town)
    page = me.get("/security")
    assert "Telephone that ends in 0177" in page.text
    assert "A way to sign in was added" in page.text
    me.post("/security/factors/totp/remove")
    assert "Authenticator app" not in me.get("/security").text
    assert [("added" in one, "removed" in one) for one in mails(app, town)] == [(True, False), (False, True)]
    with portal_of(app).databases.app.session(town.slug) as session:
        assert session.get(TotpSecret, town.admin.user_id) is None


def test_the_last_factor_stays(app: Flask, me: Browser, town: Town, clock: Clock) -> None:
    assert "This is your only second step" in me.get("/security/factors/totp").text
    assert "only second step" in me.follow(me.post("/security/factors/totp/remove")).text
    key = a_passkey(app, town, clock)
    me.post("/security/factors/totp/remove")
    assert "This is your only second step" in me.get(f"/security/passkeys/{key}").text
    assert "only second step" in me.follow(me.post(f"/security/passkeys/{key}/remove")).text
    assert "Laptop" in me.get("/security").text
    assert len(mails(app, town)) == 1


def test_another_app_replaces_the_one_there_is_by_its_code(me: Browser, town: Town, clock: Clock) -> None:
    page = me.get("/security/factors/totp")
    secret = "".join(page.all("code")[0].itertext()).replace(" ", "")
    assert secret != town.admin.totp_secret
    picture = me.client.get("/security/app.svg", base_url=me.address)
    assert picture.mimetype == "image/svg+xml"
    me.posted_page("/security/factors/totp", {"one_time_code": "000000"})
    me.post("/security/factors/totp", {"one_time_code": pyotp.TOTP(secret).at(clock.now)})
    me.post("/sign-out")
    clock.advance(minutes=2)
    me.get("/sign-in")
    me.post("/sign-in", {"username": town.admin.username, "password": town.admin.password, "factor": "totp"})
    me.get("/sign-in/code")
    me.post("/sign-in/code", {"factor": "totp", "code": pyotp.TOTP(town.admin.totp_secret).at(clock.now)}, status=422)
    me.post("/sign-in/code", {"factor": "totp", "code": pyotp.TOTP(secret).at(clock.now)})


def test_a_passkey_is_renamed_and_removed(app: Flask, me: Browser, town: Town, clock: Clock) -> None:
    key = a_passkey(app, town, clock)
    page = me.get("/security")
    assert "Laptop" in page.text
    assert "Not yet" in page.text
    me.get(f"/security/passkeys/{key}")
    me.posted_page(f"/security/passkeys/{key}", {"name": " \x00 "})
    me.posted_page(f"/security/passkeys/{key}", {"name": "n" * 61})
    me.post(f"/security/passkeys/{key}", {"name": "Front desk"})
    assert me.get(f"/security/passkeys/{key}").heading == "Front desk"
    me.post(f"/security/passkeys/{key}/remove")
    assert "Front desk" not in me.get("/security").text
    me.get(f"/security/passkeys/{key}", status=404)


def test_ten_minutes_after_signing_in_the_password_is_asked_for_again(
    app: Flask, me: Browser, town: Town, clock: Clock
) -> None:
    key = a_passkey(app, town, clock)
    clock.advance(minutes=10)
    for path in ("factors/totp", "factors/sms", "factors/passkey", "recovery-codes"):
        asked = me.client.get(f"/security/{path}", base_url=me.address).headers["Location"]
        assert unquote(asked) == f"/security/confirm?next=/security/{path}"
    me.get("/security")
    for path in ("factors/totp", "factors/totp/remove", f"passkeys/{key}/remove", "factors/sms/send", "passkeys"):
        assert me.post(f"/security/{path}").headers["Location"].startswith("/security/confirm")
    me.post("/security/passkeys/options", status=409)
    me.get("/security/app.svg", status=404)
    page = me.get("/security/confirm?next=/security/factors/sms")
    me.posted_page("/security/confirm", {"password": "wrong"})
    answer = me.post("/security/confirm", {**page.form("/security/confirm"), "password": town.admin.password})
    assert me.follow(answer).heading == "Telephone, text messages"
    clock.advance(minutes=10)
    me.get("/security/factors/sms", status=303)


def test_passwords_asked_for_again_are_counted(me: Browser, town: Town, clock: Clock) -> None:
    clock.advance(minutes=11)
    me.get("/security/confirm")
    for _ in range(3):
        me.posted_page("/security/confirm", {"password": "wrong"})
    page = me.posted_page("/security/confirm", {"password": town.admin.password})
    assert "Too many wrong passwords" in page.text


def test_a_code_is_for_the_number_it_was_sent_to_and_wrong_ones_run_out(app: Flask, me: Browser, town: Town) -> None:
    me.get("/security/factors/sms")
    me.post("/security/factors/sms/send", {"phone": NUMBER})
    first = newest_code(app, town.slug, TextMessage)
    me.post("/security/factors/sms/send", {"phone": "303-555-0178"})
    me.posted_page("/security/factors/sms", {"one_time_code": first})
    me.posted_page("/security/factors/sms", {"one_time_code": "12"})
    me.posted_page("/security/factors/sms/send", {"phone": "555"})
    with portal_of(app).databases.app.session(town.slug) as session:
        assert session.get(PhoneFactor, town.admin.user_id) is None


def test_new_recovery_codes_replace_the_old_ones(app: Flask, me: Browser, town: Town, clock: Clock) -> None:
    page = me.get("/security/recovery-codes")
    codes = ["".join(one.itertext()) for one in page.all("code")]
    assert len(set(codes)) == 10
    assert "0 codes left" in me.get("/security").text
    me.post("/security/recovery-codes")
    assert "10 codes left" in me.get("/security").text
    again = me.get("/security/recovery-codes")
    assert not {"".join(one.itertext()) for one in again.all("code")} & set(codes)
    me.post("/sign-out")
    me.get("/sign-in")
    me.post("/sign-in", {"username": town.admin.username, "password": town.admin.password})
    me.get("/sign-in/recovery-code")
    me.post("/sign-in/recovery-code", {"recovery_code": codes[0]})


def test_nobody_reaches_the_passkeys_of_others_nor_a_factor_the_contract_has_not(
    app: Flask, client: OpenClient, town: Town, clock: Clock
) -> None:
    key = a_passkey(app, town, clock)
    stranger = Browser(client(town.slug))
    sign_in(stranger, town.stranger, now=clock.now)
    stranger.get(f"/security/passkeys/{key}", status=404)
    stranger.post(f"/security/passkeys/{key}", {"name": "mine"}, status=404)
    stranger.post(f"/security/passkeys/{key}/remove", status=404)
    stranger.get("/security/factors/carrier-pigeon", status=404)
    stranger.post("/security/factors/passkey", status=404)
    stranger.post("/security/factors/passkey/remove", status=404)
    stranger.post("/security/factors/totp/send", status=404)
    page = stranger.get("/security/factors/passkey")
    made = page.form("/security/passkeys") | {"name": "x", "credential": "{}"}
    stranger.posted_page("/security/passkeys", made)


def test_each_way_in_says_when_it_was_used_last(app: Flask, me: Browser, town: Town, clock: Clock) -> None:
    def found(kind: str) -> str:
        rows = [["".join(cell.itertext()).strip() for cell in row] for row in me.get("/security").all("tr")]
        return next(cells[2] for cells in rows if len(cells) == 4 and cells[0].startswith(kind))

    assert found("Authenticator app") == "11/23/2026 9:00:00 AM MST"
    assert found("Code by e-mail") == found("Recovery codes") == "Not yet"
    add_phone(me, app, town)
    assert found("Telephone") == "Not yet"
    me.post("/sign-out")
    clock.advance(hours=1)
    me.get("/sign-in")
    me.follow(me.post("/sign-in", {"username": town.admin.username, "password": town.admin.password, "factor": "sms"}))
    me.post("/sign-in/code", {"factor": "sms", "code": newest_code(app, town.slug, TextMessage)})
    assert found("Telephone") == "11/23/2026 10:00:00 AM MST"
    assert found("Authenticator app") == "11/23/2026 9:00:00 AM MST"
