"""The contract's credential policy held to the platform's floor: stricter stays, weaker is raised, waivers explain."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tenancy.checks.floor import below_floor, ended_waivers
from tenancy.contract import Contract
from tenancy.contract.credentials import clamp, minutes
from tenancy.contract.declare import Span
from tenancy.contract.floor import Floor
from tenancy.contract.people import Waiver
from tenancy.extends import Library
from tenancy.loader import read_floor
from tenancy.vocabulary import Factor, ResetStep, SpanUnit, Waivable
from tests.builders import CONTRACTS, shipped

FLOOR = Floor()
EMAIL_WAIVED = {Waivable.EMAIL_FACTOR: Waiver(reason="No direct line.", owner="Manager", until=date(2027, 1, 31))}


def span(amount: int) -> Span:
    return Span(amount=amount, unit=SpanUnit.MINUTES)


def weak() -> Contract:
    """A contract that is under the floor wherever it can be."""
    whole = shipped()
    return replace(
        whole,
        waivers={},
        sign_in=replace(
            whole.sign_in,
            lockout_attempts=99,
            lockout=span(1),
            password=replace(whole.sign_in.password, minimum=4),
            reset=(ResetStep.SECRET_QUESTION,),
        ),
        session=replace(whole.session, idle_minutes=240, countdown_minutes=1),
        factors=replace(
            whole.factors,
            required=False,
            offered=(Factor.SMS, Factor.EMAIL),
            code_digits=4,
            code_life=span(60),
            code_tries=50,
            link_life=span(10_000),
        ),
    )


def test_a_weak_contract_is_raised_to_the_floor_everywhere() -> None:
    policy = clamp(weak(), FLOOR)
    assert (policy.lockout_attempts, policy.lockout) == (10, timedelta(minutes=15))
    assert (policy.idle, policy.countdown) == (timedelta(minutes=30), timedelta(minutes=2))
    assert (policy.code_digits, policy.code_life, policy.code_tries) == (6, timedelta(minutes=10), 5)
    assert policy.link_life == timedelta(days=1)
    assert policy.password.minimum == 15
    assert {change.rule for change in policy.changes} == set(Waivable)


def test_a_strict_contract_stays_as_it_is() -> None:
    whole = shipped()
    strict = replace(
        whole,
        sign_in=replace(whole.sign_in, lockout=span(30), password=replace(whole.sign_in.password, minimum=20)),
        session=replace(whole.session, idle_minutes=5, countdown_minutes=4),
        factors=replace(
            whole.factors,
            offered=(Factor.PASSKEY,),
            code_digits=8,
            code_life=span(3),
            code_tries=2,
            link_life=span(5),
        ),
    )
    policy = clamp(strict, FLOOR)
    assert policy.changes == ()
    assert (policy.password.minimum, policy.lockout) == (20, timedelta(minutes=30))
    assert (policy.code_digits, policy.code_life, policy.code_tries) == (8, timedelta(minutes=3), 2)
    assert (policy.link_life, policy.idle, policy.countdown) == (
        timedelta(minutes=5),
        timedelta(minutes=5),
        timedelta(minutes=4),
    )
    assert policy.factors == (Factor.PASSKEY,)


def test_eight_characters_stand_only_because_a_second_factor_is_asked() -> None:
    whole = shipped()
    alone = replace(whole, factors=replace(whole.factors, required=False))
    assert clamp(whole, FLOOR).password.minimum == 8
    assert clamp(alone, FLOOR).password.minimum == 15


def test_the_guides_longest_password_is_kept_as_text_and_not_enforced() -> None:
    password = clamp(shipped(), FLOOR).password
    assert (password.documented_maximum, password.maximum) == (16, 256)


def test_a_code_by_email_is_offered_under_a_waiver_only() -> None:
    whole = shipped()
    assert Factor.EMAIL in clamp(replace(whole, waivers=EMAIL_WAIVED), FLOOR).factors
    assert Factor.EMAIL not in clamp(replace(whole, waivers={}), FLOOR).factors


def test_something_stronger_stands_beside_telephone_and_mailbox() -> None:
    whole = shipped()
    phones = replace(whole, factors=replace(whole.factors, offered=(Factor.SMS, Factor.VOICE)))
    assert clamp(phones, FLOOR).factors == (Factor.SMS, Factor.VOICE, Factor.TOTP, Factor.PASSKEY)


def test_a_secret_question_is_never_enough_by_itself() -> None:
    asked = (ResetStep.EMAIL_LINK, ResetStep.FACTOR, ResetStep.SECRET_QUESTION)
    assert clamp(weak(), FLOOR).reset == asked


def test_remembering_lasts_half_a_day_at_most() -> None:
    policy = clamp(shipped(), FLOOR)
    assert policy.remembers
    assert policy.remember_most == timedelta(hours=12)


def test_what_is_weaker_is_an_error_without_a_waiver_and_nothing_with_one() -> None:
    found = {problem.path: problem for problem in below_floor(weak(), FLOOR)}
    assert len(found) == len(Waivable)
    assert all(problem.severity == "error" for problem in found.values())
    waived = replace(weak(), waivers=dict.fromkeys(Waivable, EMAIL_WAIVED[Waivable.EMAIL_FACTOR]))
    assert list(below_floor(waived, FLOOR)) == []
    assert clamp(waived, FLOOR).lockout_attempts == 10


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 2), ["WAIVER-ENDING"]),
        (date(2027, 1, 31), ["WAIVER-ENDING"]),
        (date(2027, 2, 1), ["WAIVER-EXPIRED"]),
    ],
)
def test_a_waiver_ends_the_day_after_its_last(today: date, codes: list[str]) -> None:
    waived = replace(shipped(), waivers=EMAIL_WAIVED)
    assert [problem.code for problem in ended_waivers(waived, today)] == codes


def test_the_file_beside_the_contracts_says_what_the_platform_says() -> None:
    floor, faults = read_floor(Library(Path(CONTRACTS).resolve()))
    assert (floor, faults) == (Floor(), ())


def test_minutes_of_a_period() -> None:
    assert minutes(Span(amount=2, unit=SpanUnit.HOURS)) == 120
