"""Wrong passwords: counted in the database, locked as the contract says, told alike for everybody."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.attempts import LockRule
from app.accounts.service import lock_rule
from app.web.request import portal_of
from tenancy.contract import Contract
from tenancy.contract.declare import Span
from tenancy.vocabulary import SpanUnit
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock

WRONG = {"password": "not the password"}


def try_wrongly(browser: Browser, username: str) -> str:
    browser.get("/sign-in")
    return browser.post("/sign-in", {"username": username, **WRONG}, status=422).get_data(as_text=True)


def test_it_locks_after_the_contracts_number_of_failures(browser: Browser, town: Town, clock: Clock) -> None:
    for _ in range(2):
        assert "is locked until" not in try_wrongly(browser, town.admin.username)
    assert "is locked until 9:15 AM MST" in try_wrongly(browser, town.admin.username)
    browser.get("/sign-in")
    right = {"username": town.admin.username, "password": town.admin.password}
    browser.post("/sign-in", right, status=422)
    clock.advance(minutes=15)
    browser.get("/sign-in")
    browser.post("/sign-in", right)


def test_the_right_password_starts_the_count_again(browser: Browser, town: Town, clock: Clock) -> None:
    for _ in range(4):
        try_wrongly(browser, town.admin.username)
        browser.get("/sign-in")
        browser.post("/sign-in", {"username": town.admin.username, "password": town.admin.password})
    sign_in(browser, town.admin, now=clock.now)


def test_a_further_lock_lasts_twice_as_long_up_to_an_hour() -> None:
    rule = LockRule(failures=3, first=timedelta(minutes=15))
    assert [rule.length(earlier) for earlier in (0, 1, 2, 3, 50)] == [
        timedelta(minutes=m) for m in (15, 30, 60, 60, 60)
    ]


def test_an_unknown_user_and_a_wrong_password_are_answered_byte_for_byte_alike(client: OpenClient, town: Town) -> None:
    for _ in range(4):
        answers = {
            bare(try_wrongly(Browser(client(town.slug)), name), name)
            for name in (town.admin.username, "nobody.here", town.admin.email, "nobody@provider.example")
        }
        assert len(answers) == 1


def test_tries_with_an_address_lock_the_address_and_tell_nothing_of_a_user_name(browser: Browser, town: Town) -> None:
    answers = [try_wrongly(browser, town.admin.email) for _ in range(3)]
    assert "is locked until" in answers[-1]
    assert "is locked until" not in try_wrongly(browser, town.admin.username)


def test_case_and_space_around_a_user_name_do_not_give_further_tries(browser: Browser, town: Town) -> None:
    names = ("Dana.Whitlock", " dana.whitlock ", "DANA.WHITLOCK")
    assert "is locked until" in [try_wrongly(browser, name) for name in names][-1]


def test_a_password_is_never_truncated_and_an_endless_one_is_refused(browser: Browser, town: Town) -> None:
    browser.get("/sign-in")
    long = town.admin.password + "x" * 300
    browser.post("/sign-in", {"username": town.admin.username, "password": long}, status=422)
    browser.post("/sign-in", {"username": town.admin.username, "password": "x" * 1_000_000}, status=400)


@pytest.mark.commits
def test_tries_at_the_same_instant_are_all_counted(app: Flask, town: Town, clock: Clock) -> None:
    from app.accounts.secrets import TenantSecrets
    from app.accounts.service import SignInRefused, begin_sign_in

    portal, refused = portal_of(app), []
    secrets = TenantSecrets(portal.keyring.key_for(town.slug))
    contract = portal.tenants[town.slug].contract

    def attempt() -> None:
        with portal.databases.app.session(town.slug) as session:
            try:
                begin_sign_in(session, contract, town.admin.username, "wrong", secrets=secrets, now=clock.now)
            except SignInRefused as refusal:
                refused.append(refusal.message)
            session.commit()

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refused) == ["That user name and password do not match."] * 3 + ["Too many wrong tries."] * 3


def bare(html: str, name: str) -> str:
    """The page without what differs by nature: the typed name and the random tokens."""
    html = re.sub(r'(name="csrf_token" value=|csrf-token" content=)"[^"]*"', "", html)
    return html.replace(name, "")


def test_a_contract_under_the_floor_locks_as_long_as_the_floor_says(contract: Callable[[str], Contract]) -> None:
    rules = contract("colorado")
    weak = replace(rules.sign_in, lockout=Span(amount=1, unit=SpanUnit.MINUTES))
    assert lock_rule(replace(rules, sign_in=weak)).first == timedelta(minutes=15)
