"""Windows after a decision: when they open, when they close, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.calendars import business_calendar
from app.domain.windows import rights_after, until, window
from tenancy.vocabulary import Outcome
from tests.builders import shipped

DECIDED = datetime(2026, 12, 4, 16, 0, tzinfo=UTC)  # Friday 10 AM in Chicago
RULES = shipped("mississippi")
OWN = business_calendar(RULES)


def test_a_peer_to_peer_ends_with_the_next_business_day() -> None:
    rights = rights_after(RULES, {Outcome.ADVERSE_MEDICAL}, decided_at=DECIDED, letter_at=None, calendar=OWN)
    assert list(rights) == ["peer_to_peer", "reconsideration", "external_appeal"]
    talk = rights["peer_to_peer"]
    assert until(talk, OWN) == "until Mon 7 Dec 2026, 5:00 PM CST (1 business day)"
    assert talk.reason == "1 business day from the decision on 12/04/2026 at 10:00 AM CST"
    assert talk.closes_at is not None
    assert talk.is_open(DECIDED)
    assert talk.is_open(talk.closes_at)
    assert not talk.is_open(DECIDED - timedelta(seconds=1))
    assert not talk.is_open(talk.closes_at + timedelta(seconds=1))
    assert not talk.is_over(talk.closes_at)
    assert talk.is_over(talk.closes_at + timedelta(seconds=1))


def test_a_right_without_an_end_says_so() -> None:
    rights = rights_after(RULES, {Outcome.ADVERSE_MEDICAL}, decided_at=DECIDED, letter_at=None, calendar=OWN)
    appeal = rights["external_appeal"]
    assert appeal.closes_at is None
    assert appeal.is_open(DECIDED + timedelta(days=4000))
    assert not appeal.is_over(DECIDED + timedelta(days=4000))
    assert until(appeal, OWN) == "from the decision on 12/04/2026 at 10:00 AM CST, without an end"
    early = rights_after(
        RULES, {Outcome.ADVERSE_MEDICAL}, decided_at=DECIDED - timedelta(hours=1), letter_at=None, calendar=OWN
    )  # fmt: skip
    assert "at 9:00 AM CST" in until(early["external_appeal"], OWN)


@pytest.mark.parametrize(
    ("outcomes", "names"),
    [
        (set(), []),
        ({Outcome.ADVERSE_TECHNICAL}, ["reconsideration", "external_appeal"]),
        ({Outcome.PARTIAL}, ["external_appeal"]),
    ],
)
def test_an_outcome_opens_only_its_own_rights(outcomes: set[Outcome], names: list[str]) -> None:
    rights = rights_after(RULES, outcomes, decided_at=DECIDED, letter_at=None, calendar=OWN)
    assert list(rights) == names


def test_any_outcome_opens_a_right_that_asks_for_none() -> None:
    rules = shipped("colorado")
    own = business_calendar(rules)
    assert list(rights_after(rules, set(), decided_at=DECIDED, letter_at=None, calendar=own)) == ["peer_to_peer"]


def test_a_hearing_runs_from_the_letter() -> None:
    rules = shipped("colorado")
    own = business_calendar(rules)
    denied = {Outcome.ADVERSE_MEDICAL}
    waiting = rights_after(rules, denied, decided_at=DECIDED, letter_at=None, calendar=own)["fair_hearing"]
    assert (waiting.opens_at, waiting.closes_at) == (None, None)
    assert until(waiting, own) == "60 calendar days from the letter"
    assert not waiting.is_open(DECIDED)
    sent = rights_after(rules, denied, decided_at=DECIDED, letter_at=DECIDED, calendar=own)["fair_hearing"]
    assert until(sent, own) == "until Tue 2 Feb 2027, 11:59 PM MST (60 calendar days)"


def test_a_window_that_has_no_length_waits_for_what_opens_it() -> None:
    assert window(None, None, OWN, starts="the letter", citation="Guide").reason == "from the letter on"


def test_a_right_of_another_time_is_not_opened() -> None:
    right = replace(RULES.rights["peer_to_peer"], from_on=date(2027, 1, 1))
    rules = replace(RULES, rights={"peer_to_peer": right})
    assert rights_after(rules, {Outcome.ADVERSE_MEDICAL}, decided_at=DECIDED, letter_at=None, calendar=OWN) == {}
