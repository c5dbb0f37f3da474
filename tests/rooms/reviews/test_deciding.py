"""Taking, deciding, sending up: services over a real database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.access import Actor
from app.domain.errors import Conflict, Forbidden, Invalid
from app.reviews.assignment import Reviewer, assign, escalate, take
from app.reviews.determinations import Determined, LineDecision, record_determination
from app.reviews.models import Determination
from app.storage.models import OutboxRow
from tenancy.vocabulary import Decision
from tests.rooms.reviews.conftest import Sent, later

WHY: dict[str, Any] = {"criterion": "A trial of a standard walker for two weeks.", "change": "Notes of such a trial."}


def decide(
    sent: Sent, actor: Actor, decision: Decision, *, version: int = 1, hours: float = 1, **keys: Any
) -> Determined:
    with sent.session() as session:
        line = keys.pop("line_id", sent.lines()[0].id)
        one = LineDecision(line, decision, **keys)
        done = record_determination(
            session, sent.loaded, sent.request_id, [one], version=version, actor=actor, now=later(hours=hours)
        )
        session.commit()
        return done


def test_a_nurse_approves_as_asked_and_the_case_is_complete(sent: Sent) -> None:
    done = decide(sent, sent.nurse, Decision.APPROVE, reason="criteria_met")
    line, case = sent.lines()[0], sent.case()
    assert done.is_complete
    assert (line.certify_status, line.units_approved) == ("approved", 1)
    assert (line.certified_start_on, line.certified_end_on) == (date(2026, 11, 30), date(2026, 12, 29))
    assert (case.status, sent.request().status) == ("completed", "completed")
    assert case.authorization_number == done.authorization_number != ""
    assert {row.state for row in sent.deadlines()} == {"met"}
    assert sent.events()[-4:] == ["review_started", "line_approved", "request_completed", "case_completed"]


def test_only_a_physician_denies_and_says_why(sent: Sent) -> None:
    with pytest.raises(Forbidden) as refused:
        decide(sent, sent.nurse, Decision.DENY, reason="not_necessary", **WHY)
    assert "Physician Reviewer" in refused.value.message
    with pytest.raises(Invalid) as incomplete:
        decide(sent, sent.physician, Decision.DENY)
    line = f"line.{sent.lines()[0].id}"
    assert {fault.field for fault in incomplete.value.faults} == {
        f"{line}.reason",
        f"{line}.criterion",
        f"{line}.change",
    }
    decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **WHY)
    assert sent.lines()[0].certify_status == "denied"
    assert sent.case().authorization_number is None
    with sent.session() as session:
        row = session.scalars(select(Determination)).one()
    assert (row.level, row.outcome, row.decided_by) == ("physician", "adverse_medical", sent.physician.user_id)


def test_the_words_a_reason_starts_with_are_finished_before_they_are_told(sent: Sent) -> None:
    starts = sent.loaded.contract.review.reasons["not_necessary"]
    with pytest.raises(Invalid) as refused:
        decide(
            sent, sent.physician, Decision.DENY, reason="not_necessary", criterion=f"{starts.criterion} ",
            change=starts.change,
        )  # fmt: skip
    assert [fault.message[:20] for fault in refused.value.faults] == ["Finish the sentence:"] * 2
    whole = sent.loaded.contract.review.reasons["information_missing"].change
    told: dict[str, Any] = {"criterion": "The request for information of 11/23/2026.", "change": whole}
    decide(sent, sent.physician, Decision.DENY, reason="information_missing", **told)
    assert sent.lines()[0].certify_status == "denied"


def test_two_reviewers_at_once_one_wins_and_the_other_sees_it(sent: Sent) -> None:
    decide(sent, sent.nurse, Decision.APPROVE, reason="criteria_met")
    with pytest.raises(Conflict) as lost:
        decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **WHY)
    assert lost.value.current == {"version": "2", "status": "completed"}
    with pytest.raises(Conflict) as refused:
        decide(sent, sent.physician, Decision.DENY, version=2, reason="not_necessary", **WHY)
    assert "It can be voided." in refused.value.message


@pytest.mark.parametrize(("units", "field"), [(0, "units"), (2, "units"), (None, "units"), (1, "units")])
def test_a_modification_grants_something_but_not_all_nor_more(sent: Sent, units: int | None, field: str) -> None:
    dates: dict[str, Any] = {"start_on": date(2026, 11, 30), "end_on": date(2026, 12, 29)}
    with pytest.raises(Invalid) as refused:
        decide(sent, sent.physician, Decision.MODIFY, reason="fewer_units", units=units, **dates, **WHY)
    assert refused.value.faults[0].field.endswith(field)
    dates["end_on"] = date(2026, 12, 14)
    decide(sent, sent.physician, Decision.MODIFY, reason="fewer_units", units=1, **dates, **WHY)
    assert sent.lines()[0].certified_end_on == date(2026, 12, 14)


def test_pending_a_line_leaves_it_and_tells_nobody(sent: Sent) -> None:
    assert not decide(sent, sent.nurse, Decision.PEND).is_complete
    assert (sent.lines()[0].certify_status, sent.request().status) == ("pending", "in_review")
    with sent.session() as session:
        assert not session.scalars(select(OutboxRow).where(OutboxRow.kind == "review_told")).all()


def test_a_request_is_taken_given_and_sent_up(sent: Sent) -> None:
    with sent.session() as session:
        taken = take(session, sent.request_id, actor=sent.nurse, now=later(hours=1))
        session.commit()
        assert (taken.status, taken.version) == ("in_review", 2)
        with pytest.raises(Conflict, match="Nora Nurse has this request now"):
            take(session, sent.request_id, actor=sent.physician, now=later(hours=1))
        session.rollback()
        to = Reviewer(sent.physician.user_id or sent.case_id, "Phil Physician")
        with pytest.raises(Forbidden):
            assign(session, sent.request_id, to, actor=sent.nurse, now=later(hours=1))
        session.rollback()
        up = escalate(
            session, sent.loaded.contract, sent.request_id, "Beyond my level.", version=2,
            actor=sent.nurse, now=later(hours=2),
        )  # fmt: skip
        session.commit()
        given = assign(session, sent.request_id, to, actor=sent.supervisor, now=later(hours=3))
        session.commit()
    request = sent.request()
    assert (up.version, given.version) == (3, 4)
    assert (request.level, request.assigned_to) == ("physician", sent.physician.user_id)


def test_a_provider_decides_nothing(sent: Sent) -> None:
    with pytest.raises(Forbidden):
        decide(sent, sent.world.actor, Decision.APPROVE, reason="criteria_met")


def test_who_denied_does_not_decide_again(sent: Sent) -> None:
    decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **WHY)
    with sent.session() as session:
        request = session.merge(sent.request())
        line = session.merge(sent.lines()[0])
        request.status, line.certify_status = "in_review", "appealed"
        session.commit()
    with pytest.raises(Forbidden, match="no part in that decision"):
        decide(sent, sent.physician, Decision.APPROVE, version=2, reason="criteria_met")
    decide(sent, sent.other_physician, Decision.APPROVE, version=2, reason="criteria_met")
    assert sent.lines()[0].certify_status == "approved"


def test_a_request_is_at_the_level_of_who_takes_it(sent: Sent) -> None:
    with sent.session() as session:
        take(session, sent.request_id, actor=sent.physician, now=later(hours=1))
        session.commit()
    assert sent.request().level == "physician"
    with sent.session() as session:
        take(session, sent.request_id, actor=sent.supervisor, now=later(hours=2))
        session.commit()
    assert sent.request().level == "physician"
