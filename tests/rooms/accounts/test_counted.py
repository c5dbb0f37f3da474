"""What is counted, bound and timed when somebody proves to be themselves (S1, S2), also when a clock is set back."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import attempts, codes, factors, passwords
from app.accounts.codes import Asked, CodeDesk
from app.accounts.models import FactorAttempt, OneTimeCode, UserAccount, UserSession
from app.accounts.secrets import TenantSecrets
from app.accounts.waiting_sessions import open_waiting
from app.storage.models import MailMessage
from app.web.request import portal_of
from tenancy.scope import TenantSession
from tenancy.vocabulary import Factor
from tests.pages import Browser
from tests.people import Town
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_registering import free_provider, newest_link, register

PURPOSE, TO = "enrol", "mei.tanaka@provider.example"


@pytest.fixture
def session(app: Flask, town: Town) -> TenantSession:
    """A Session in the town's tenant; nothing of it is kept."""
    return portal_of(app).databases.app.session(town.slug)


def desk(app: Flask, session: TenantSession, town: Town, clock: Clock) -> CodeDesk:
    """A waiting session of the person whose factor is the e-mail."""
    portal = portal_of(app)
    user = session.get_one(UserAccount, town.by_email.user_id)
    _, held = open_waiting(session, user.id, "factor", timedelta(hours=12), now=clock.now)
    secrets = TenantSecrets(portal.keyring.key_for(town.slug))
    return factors.desk_of(portal.tenants[town.slug].contract, user, held, secrets)


def sent(session: TenantSession, at: CodeDesk, clock: Clock) -> str:
    """A code is sent for the purpose; its digits."""
    assert codes.send_code(session, at, Asked(PURPOSE, Factor.EMAIL, TO), now=clock.now)
    session.flush()
    body = session.scalars(select(MailMessage.body).order_by(MailMessage.created_at.desc())).first() or ""
    return next(word.strip(".") for word in body.split() if len(word.strip(".")) == 6 and word.strip(".").isdigit())


def taken(session: TenantSession, at: CodeDesk, code: str, clock: Clock, purpose: str = PURPOSE) -> bool:
    return codes.take_code(session, at, purpose, code, now=clock.now) is not None


def test_a_code_is_for_its_purpose_its_session_and_its_tenant(
    app: Flask, session: TenantSession, town: Town, clock: Clock
) -> None:
    with session:
        mine = desk(app, session, town, clock)
        code = sent(session, mine, clock)
        elsewhere = replace(mine, secrets=TenantSecrets(portal_of(app).keyring.key_for("mississippi")))
        assert not taken(session, mine, code, clock, purpose="sign-in")
        assert not taken(session, elsewhere, code, clock)
        assert not taken(session, desk(app, session, town, clock), code, clock)
        assert taken(session, mine, code, clock)
        assert not taken(session, mine, code, clock)


def test_a_clock_set_back_makes_no_code_live_longer(
    app: Flask, session: TenantSession, town: Town, clock: Clock
) -> None:
    with session:
        mine = desk(app, session, town, clock)
        code = sent(session, mine, clock)
        clock.advance(hours=-1)
        assert not taken(session, mine, code, clock)
        clock.advance(hours=1, seconds=-30)
        assert taken(session, mine, code, clock)


def test_a_clock_set_back_makes_no_link_live_longer(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    register(browser, free_provider(app, town.slug))
    link = newest_link(app, town.slug)
    clock.advance(hours=-1)
    browser.get(link, status=404)
    clock.advance(hours=1)
    browser.get(link)


def test_a_clock_set_back_locks_nobody_for_longer_than_the_longest_lock(
    session: TenantSession, town: Town, clock: Clock
) -> None:
    rule = attempts.LockRule(failures=1, first=timedelta(minutes=15))
    with session:
        row = attempts.take_turn(session, b"somebody", now=clock.now)
        attempts.count_failure(row, rule, now=clock.now)
        assert attempts.locked_until(row, now=clock.now) == clock.now + timedelta(minutes=15)
        assert attempts.locked_until(row, now=clock.now - timedelta(minutes=45)) is not None
        assert attempts.locked_until(row, now=clock.now - timedelta(hours=3)) is None


@pytest.mark.parametrize(("tries", "ago", "after"), [(10, timedelta(), 61), (30, timedelta(hours=2), 22 * 60 + 1)])
def test_a_person_has_ten_tries_an_hour_and_thirty_a_day(
    session: TenantSession, town: Town, clock: Clock, tries: int, ago: timedelta, after: int
) -> None:
    user_id = town.by_email.user_id
    with session:
        for number in range(tries):
            assert attempts.may_try_factor(session, user_id, now=clock.now), number
            session.add(FactorAttempt(user_id=user_id, at=clock.now - ago, succeeded=False))
            session.flush()
        assert not attempts.may_try_factor(session, user_id, now=clock.now)
        assert attempts.may_try_factor(session, user_id, now=clock.now + timedelta(minutes=after))
        assert attempts.may_try_factor(session, town.stranger.user_id, now=clock.now)


def test_one_number_gets_ten_codes_an_hour_whoever_asks(session: TenantSession, town: Town, clock: Clock) -> None:
    number, other = b"one number", b"another number"
    with session:
        for user in (town.admin, town.staff, town.by_email, town.stranger):
            _, held = open_waiting(session, user.user_id, "factor", timedelta(hours=1), now=clock.now)
            for _ in range(3 if user is not town.stranger else 1):
                session.add(a_code(held, number, clock))
        session.flush()
        assert not attempts.may_send_code(session, town.stranger.user_id, number, now=clock.now)
        assert attempts.may_send_code(session, town.stranger.user_id, other, now=clock.now)
        assert attempts.may_send_code(session, town.stranger.user_id, number, now=clock.now + timedelta(minutes=61))


def a_code(held: UserSession, address: bytes, clock: Clock) -> OneTimeCode:
    return OneTimeCode(
        id=uuid.uuid4(), user_id=held.user_id, session_id=held.id, purpose=PURPOSE, channel="sms",
        address_hash=address, code_hash=b"", created_at=clock.now, expires_at=clock.now + timedelta(minutes=10),
    )  # fmt: skip


def test_a_change_behind_the_72nd_byte_of_a_password_makes_another_one() -> None:
    kept = passwords.hashed("a" * 80 + "b")
    assert not passwords.is_match(kept, "a" * 80 + "c")
    assert passwords.is_match(kept, "a" * 80 + "b")


def test_a_megabyte_of_password_is_refused_within_50_ms(browser: Browser, town: Town) -> None:
    browser.get("/sign-in")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        browser.post("/sign-in", {"username": town.admin.username, "password": "x" * 1_000_000}, status=400)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.05
