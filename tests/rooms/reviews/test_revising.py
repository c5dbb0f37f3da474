"""The staff changes an authorization as a provider asked, in fields, within what was billed and what a level may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from app.cases.models import ProcedureLine
from app.domain.errors import Conflict, Forbidden, Invalid
from app.reviews.after_models import Revision
from app.reviews.asking import Enclosed
from app.reviews.changes import ask_revision
from app.reviews.revising import Certified, RevisionAnswer, answer_revision
from tenancy.vocabulary import Decision
from tests.pages import Browser
from tests.rooms.reviews.after import counter, decide
from tests.rooms.reviews.conftest import Sent, later

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor

Seat = Callable[[str, "Actor"], "FlaskClient"]
LAST = date(2026, 12, 29)


@pytest.fixture
def asked(sent: Sent, tmp_path: Path) -> Sent:
    """Approved as asked for: one unit from 11/30 to 12/29/2026; the provider asks for more."""
    decide(sent, sent.nurse, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    with sent.session() as session:
        provider = counter(sent, session, tmp_path, later(hours=2))
        ask_revision(provider, sent.request_id, Enclosed("Two more weeks, please."))
        session.commit()
    return sent


def revision_of(sent: Sent) -> Revision:
    with sent.session() as session:
        return session.scalars(select(Revision)).one()


def answered(sent: Sent, who: Actor, units: int | None, last: date, text: str = "Done.") -> None:
    line, revision = sent.lines()[0], revision_of(sent)
    answer = RevisionAnswer(text, True, [Certified(line.id, units, line.certified_start_on, last)])
    with sent.session() as session:
        answer_revision(session, sent.loaded.contract, revision.id, answer, actor=who, now=later(hours=3))
        session.commit()


def set_lines(sent: Sent, **values: object) -> None:
    with sent.session() as session:
        session.execute(update(ProcedureLine).values(**values))
        session.commit()


def test_more_units_and_days_are_typed_on_the_page_and_told(asked: Sent, signed_in: Seat) -> None:
    nurse = Browser(signed_in("mississippi", asked.nurse))
    page, revision, line = nurse.get("/review/after"), revision_of(asked), asked.lines()[0]
    here, name = f"/review/after/changes/{revision.id}", f"{revision.id}.line.{line.id}"
    form = page.form(here)
    assert (form[f"{name}.units"], form[f"{name}.end_on"]) == ("1", "12/29/2026")
    refused = nurse.posted_page(here, form | {"act": "done", f"{name}.end_on": "soon", f"{revision.id}.answer": "Yes"})
    assert "Enter the day as MM/DD/YYYY" in refused.text
    wanted = {"act": "done", f"{name}.units": "3", f"{name}.end_on": "01/12/2027", f"{revision.id}.answer": "Extended."}
    nurse.post(here, form | wanted)
    line = asked.lines()[0]
    assert (line.units_approved, line.certified_end_on) == (3, date(2027, 1, 12))
    case = Browser(signed_in("mississippi", asked.world.actor)).get(f"/cases/{asked.number}").text
    assert "E1399: 1 unit, 11/30/2026 – 12/29/2026 → 3 units, 11/30/2026 – 01/12/2027" in case
    assert "Extended. Nora Nurse" in case
    nurse = Browser(signed_in("mississippi", asked.nurse))
    nurse.get("/review/after")
    nurse.post(here, form | wanted | {"csrf_token": nurse.token}, status=409)


def test_what_was_billed_stays(asked: Sent) -> None:
    set_lines(asked, units_approved=4, units_used=2)
    with pytest.raises(Invalid) as refusal:
        answered(asked, asked.physician, 1, LAST)
    assert refusal.value.faults[0].message == "Enter at least 2 units: 2 units were billed already."
    answered(asked, asked.physician, 2, LAST)
    assert asked.lines()[0].units_approved == 2


def test_granting_less_takes_who_may_approve_in_part(asked: Sent) -> None:
    with pytest.raises(Forbidden, match="Physician Reviewer"):
        answered(asked, asked.nurse, 1, date(2026, 12, 10))
    answered(asked, asked.physician, 1, date(2026, 12, 10))
    assert asked.lines()[0].certified_end_on == date(2026, 12, 10)


def test_no_words_no_days_and_lines_that_are_not_certified_are_refused(asked: Sent) -> None:
    with pytest.raises(Invalid) as refusal:
        answered(asked, asked.nurse, None, date(2026, 11, 1), text=" ")
    assert len(refusal.value.faults) == 3
    set_lines(asked, certify_status="denied")
    with pytest.raises(Conflict):
        answered(asked, asked.nurse, 2, LAST)
    no, revision = RevisionAnswer("It has been billed on.", False), revision_of(asked)
    with asked.session() as session:
        answer_revision(session, asked.loaded.contract, revision.id, no, actor=asked.nurse, now=later(hours=4))
        session.commit()
    assert revision_of(asked).state == "declined"
