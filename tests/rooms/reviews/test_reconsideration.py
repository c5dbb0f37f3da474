"""Another look at a decision, over a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.cases.models import Document, Note
from app.domain.errors import Closed, Conflict, Forbidden, Invalid
from app.domain.lifecycle import Happened, replay
from app.reviews.after_models import Reopening
from app.reviews.history import history_of
from app.reviews.models import Determination
from app.reviews.rights import RightNow, rights_of
from tenancy.vocabulary import Decision
from tests.rooms.reviews.after import WHY, ask_again, decide, deny
from tests.rooms.reviews.conftest import Sent, later


def reopening_of(sent: Sent) -> Reopening:
    with sent.session() as session:
        return session.scalars(select(Reopening)).one()


def right_of(sent: Sent, name: str, *, hours: float) -> RightNow:
    with sent.session() as session:
        history = history_of(session, [sent.request_id])[sent.request_id]
        found = rights_of(sent.loaded.contract, sent.request(), history, now=later(hours=hours))
    return next(one for one in found if one.name == name)


def test_somebody_else_looks_again_and_overturns(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_again(sent, tmp_path)
    request = sent.request()
    assert (request.status, request.level, request.assigned_to) == ("in_review", "physician", None)
    assert (sent.case().status, sent.lines()[0].certify_status) == ("submitted", "appealed")
    assert request.due_reason == "30 calendar days from the reconsideration on 11/23/2026 at 1:30 PM CST"
    with sent.session() as session:
        note = session.scalars(select(Note)).one()
        assert note.kind == "reconsideration"
        assert note.body == "The care is medically necessary\n\nThe trial is described in the notes."
        assert session.scalars(select(Document.file_name)).all() == ["notes0.pdf"]
    with pytest.raises(Forbidden, match="no part in that decision"):
        decide(sent, sent.physician, Decision.APPROVE, at=later(hours=5), reason="criteria_met")
    decide(sent, sent.other_physician, Decision.APPROVE, at=later(hours=6), reason="criteria_met")
    assert (sent.request().status, sent.case().status) == ("completed", "completed")
    assert (reopening_of(sent).state, reopening_of(sent).outcome) == ("decided", "changed")
    with sent.session() as session:
        rounds = session.scalars(select(Determination.round).order_by(Determination.decided_at)).all()
    assert rounds == ["initial", "reconsideration"]


def test_the_timeline_still_leads_to_where_everything_stands(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_again(sent, tmp_path)
    decide(sent, sent.other_physician, Decision.DENY, at=later(hours=6), reason="not_necessary", **WHY)
    line = sent.lines()[0]
    happened = [
        Happened(kind, sent.request_id, line.id if kind.startswith("line_") else None) for kind in sent.events()
    ]
    found = replay(happened, {sent.request_id: [line.id]})
    assert (found.case, found.requests[sent.request_id], found.lines[line.id]) == ("completed", "completed", "denied")
    assert reopening_of(sent).outcome == "upheld"


def test_it_is_used_once_and_the_appeal_opens_after_it(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    first = right_of(sent, "external_appeal", hours=2).hindrance
    assert first == "Before External Appeal, use Reconsideration or Peer-to-Peer Review."
    ask_again(sent, tmp_path)
    decide(sent, sent.other_physician, Decision.DENY, at=later(hours=6), reason="not_necessary", **WHY)
    assert right_of(sent, "external_appeal", hours=7).is_open
    with pytest.raises(Conflict, match=r"was used already\. What remains"):
        ask_again(sent, tmp_path, hours=8)


def test_words_a_ground_and_a_document_are_needed(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    with pytest.raises(Invalid) as refused:
        ask_again(sent, tmp_path, ground="because", text=" ")
    assert [fault.field for fault in refused.value.faults] == ["ground", "body"]
    with pytest.raises(Invalid) as refused:
        ask_again(sent, tmp_path, files=0)
    assert [fault.field for fault in refused.value.faults] == ["files"]
    assert sent.request().status == "completed"


def test_it_is_in_time_until_the_last_second_and_then_says_what_remains(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    with pytest.raises(Closed) as late:
        ask_again(sent, tmp_path, hours=24 * 31)
    assert "ended Wed 23 Dec 2026, 11:59 PM CST: 30 calendar days from the decision" in late.value.message
    assert "No other right is open on this request; a new request can be sent." in late.value.message
    assert sent.request().status == "completed"


def test_before_a_decision_there_is_nothing_to_look_at_again(sent: Sent, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="Reconsideration is not possible for this request as it stands"):
        ask_again(sent, tmp_path, hours=1)
