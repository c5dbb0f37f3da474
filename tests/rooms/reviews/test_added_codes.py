"""A change that adds codes: typed with rules like a draft's, sent as a further request, decided line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.cases.adding import TypedCode, TypedCodes, add_codes, read_codes
from app.cases.extending import extend_case
from app.cases.models import Case, QuestionnaireResponse, Request
from app.cases.standing import walk
from app.domain.draft import Draft, LineValue, Stay
from app.domain.errors import Conflict, Invalid, NotFound
from app.reviews.added_codes import add_for_provider
from app.reviews.after_models import Revision
from app.reviews.asking import Enclosed
from app.reviews.changes import ask_revision
from app.reviews.determinations import LineDecision, record_determination
from app.reviews.revising import RevisionAnswer, answer_revision
from app.storage.models import OutboxRow
from tenancy.vocabulary import Category, Decision, LineField
from tests.pages import Browser
from tests.rooms.reviews.after import WHY, counter, decide
from tests.rooms.reviews.conftest import Sent, later

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from tenancy.contract import Contract

Seat = Callable[[str, "Actor"], "FlaskClient"]
WALKER = {
    "code.0.code": "e0141",
    "code.0.start_on": "12/01/2026",
    "code.0.end_on": "12/30/2026",
    "code.0.duration": "30",
    "code.0.quantity": "1",
    "code.0.frequency": "once",
}


@pytest.fixture
def approved(sent: Sent) -> Sent:
    decide(sent, sent.nurse, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    return sent


def added(sent: Sent) -> Request:
    with sent.session() as session:
        found = session.scalars(select(Request).filter_by(case_id=sent.case_id, sequence=2)).one()
        assert found.lines
        return found


def typed(**values: str) -> TypedCode:
    kept = {name.rpartition(".")[2]: value for name, value in WALKER.items()} | values
    return TypedCode(0, kept.pop("code"), kept)


def entered(sent: Sent, *rows: TypedCode, hours: float = 3) -> None:
    with sent.session() as session, sent.databases.control.session() as control:
        revision = session.scalars(select(Revision)).one()
        add_for_provider(
            session, sent.loaded.contract, revision.id, TypedCodes(control, rows), actor=sent.nurse,
            now=later(hours=hours),
        )  # fmt: skip
        session.commit()


def asked_in_words(sent: Sent, folder: Path) -> None:
    with sent.session() as session:
        ask_revision(counter(sent, session, folder, later(hours=2)), sent.request_id, Enclosed("Please add a walker."))
        session.commit()


def test_a_code_is_typed_with_the_change_and_decided_by_itself(approved: Sent, signed_in: Seat) -> None:
    here = f"/cases/{approved.number}/actions/revision"
    provider = Browser(signed_in("mississippi", approved.world.actor))
    form = provider.get(f"{here}?request=R01").form(here) | {"body": "Please add a walker."}
    wrong = {"code.0.code": "E0141", "code.0.start_on": "soon", "code.1.quantity": "2", "code.2.code": "X9"}
    refused = provider.posted_page(here, form | wrong)
    for said in ("as MM/DD/YYYY", "Enter the code these words belong to", "We know no", "E0141: enter the requested"):
        assert said in refused.text, said
    assert '<details class="c-more" open>' in refused.html
    provider.post(here, form | WALKER)
    request = added(approved)
    (line,) = request.lines
    assert (request.label, request.status, line.code, line.certify_status) == ("R02", "submitted", "E0141", "pending")
    assert (line.quantity, line.start_on, request.service_until) == (1, date(2026, 12, 1), date(2026, 12, 30))
    assert request.due_at is not None
    page = provider.get(f"/cases/{approved.number}")
    for said in ("Codes to add: request R02.", "E0141", "Code asked for"):
        assert said in page.text, said
    nurse = Browser(signed_in("mississippi", approved.nurse))
    waiting = nurse.get("/review/after")
    assert f"/review/{approved.number}/R02" in [link.get("href") for link in waiting.all("a")]
    review = f"/review/{approved.number}/R02"
    form = nurse.get(review).form(f"{review}/decide")
    nurse.post(
        f"{review}/decide", form | {f"line.{line.id}.decision": "approve", f"line.{line.id}.reason": "criteria_met"}
    )
    assert added(approved).lines[0].certify_status == "approved"
    assert approved.case().status == "completed"
    with approved.session() as session:
        assert [row for batch in walk(session) for row in batch.differences] == []
        keys = set(session.scalars(select(OutboxRow.key)))
    assert f"received:{approved.case_id}:R02" in keys


def test_the_staff_enters_a_code_that_was_asked_for_in_words(approved: Sent, tmp_path: Path, signed_in: Seat) -> None:
    asked_in_words(approved, tmp_path)
    with approved.session() as session:
        revision = session.scalars(select(Revision)).one()
    here = f"/review/after/changes/{revision.id}/codes"
    nurse = Browser(signed_in("mississippi", approved.nurse))
    form = nurse.get(here).form(here)
    assert "Enter the code that is to be added." in nurse.posted_page(here, form).text
    nurse.post(here, form | WALKER)
    assert added(approved).revision_id == revision.id
    no = RevisionAnswer("Not needed.", False)
    with approved.session() as session, pytest.raises(Conflict, match="R02 holds codes"):
        answer_revision(session, approved.loaded.contract, revision.id, no, actor=approved.nurse, now=later(hours=4))
    line = added(approved).lines[0]
    with approved.session() as session:
        denied = [LineDecision(line.id, Decision.DENY, "not_necessary", **WHY)]
        record_determination(
            session,
            approved.loaded,
            added(approved).id,
            denied,
            version=1,
            actor=approved.physician,
            now=later(hours=5),
        )
        answer_revision(session, approved.loaded.contract, revision.id, no, actor=approved.nurse, now=later(hours=6))
        session.commit()
    with pytest.raises(Conflict, match="answered already"):
        entered(approved, typed(), hours=7)


def test_nothing_is_added_to_an_authorization_that_has_expired(approved: Sent, tmp_path: Path) -> None:
    asked_in_words(approved, tmp_path)
    with pytest.raises(Conflict, match="expired"):
        entered(approved, typed(), hours=24 * 60)


def test_what_a_draft_would_not_take_is_refused(approved: Sent, tmp_path: Path) -> None:
    asked_in_words(approved, tmp_path)
    faults = {
        "code.0.code": typed(code="E0141 E1399"),
        "code.0.end_on": typed(end_on="11/01/2026"),
        "code.0.frequency": typed(frequency=""),
        "code.0.quantity": typed(quantity="0"),
    }
    for field, row in faults.items():
        with pytest.raises(Invalid) as refusal:
            entered(approved, row)
        assert field in [fault.field for fault in refusal.value.faults], field
    with pytest.raises(Invalid) as refusal:
        entered(approved, *[typed()] * 51)
    assert refusal.value.faults[0].message == "Add at most 50 codes at once."


def test_an_extension_that_is_being_written_comes_first(approved: Sent, tmp_path: Path) -> None:
    asked_in_words(approved, tmp_path)
    with approved.session() as session, approved.databases.control.session() as control:
        case = session.get_one(Case, approved.case_id)
        for status, sequence in (("un_submitted", 2), ("completed", 99)):
            case.requests[-1].status, case.requests[-1].sequence = status, sequence
            with pytest.raises(Conflict):
                add_codes(
                    session, approved.loaded.contract, case, case.requests[0], TypedCodes(control, [typed()]),
                    revision_id=approved.case_id, now=later(hours=3),
                )  # fmt: skip


def test_an_unknown_change_is_not_found(approved: Sent) -> None:
    with approved.session() as session, approved.databases.control.session() as control, pytest.raises(NotFound):
        add_for_provider(
            session, approved.loaded.contract, approved.case_id, TypedCodes(control, [typed()]), actor=approved.nurse,
            now=later(hours=3),
        )  # fmt: skip


def test_a_stay_is_extended_from_its_own_last_request(approved: Sent, tmp_path: Path) -> None:
    asked_in_words(approved, tmp_path)
    entered(approved, typed())
    with approved.session() as session:
        case = session.get_one(Case, approved.case_id)
        case.requests[0].end_on = date(2026, 12, 4)
        further = extend_case(session, approved.loaded.contract, case, actor=approved.world.actor, now=later(hours=4))
        assert (further.label, further.start_on) == ("R03", date(2026, 12, 4))


def test_a_code_added_to_a_stay_takes_its_days_unless_others_are_typed(sent: Sent) -> None:
    stay: dict[LineField, LineValue] = {
        LineField.START_ON: date(2026, 12, 1),
        LineField.END_ON: date(2026, 12, 5),
        LineField.DURATION: 5,
    }
    draft = Draft(category=Category.INPATIENT, stay=Stay(stay))
    other = {"start_on": "12/03/2026", "rate": "10"}
    with sent.databases.control.session() as control:
        rows = TypedCodes(control, [TypedCode(0, "E0141", {"rate": "10"}), TypedCode(1, "E0141", other)])
        lines = read_codes(sent.loaded.contract, draft, rows, on=date(2026, 11, 23))
    assert [line.start_on for line in lines] == [date(2026, 12, 1), date(2026, 12, 3)]


OXYGEN = WALKER | {"code.0.code": "E1390"}
ANSWERS = {
    "certification": "first",
    "tests.0.tested_on": "11/20/2026",
    "tests.0.condition": "rest",
    "tests.0.saturation": "86",
    "tests.0.on_air": "yes",
    "stable": "yes",
    "flow": "2",
    "when_used": "rest",
    "hours": "16",
    "portable": "no",
    "equipment": "concentrator",
    "months": "12",
    "smoke": "no",
    "order": "yes",
}


def answered(**other: str) -> dict[str, str]:
    return {f"form.dme_oxygen.q.{name}": value for name, value in (ANSWERS | other).items()}


def test_an_added_code_brings_its_questionnaire_which_is_answered_with_it(approved: Sent, signed_in: Seat) -> None:
    here = f"/cases/{approved.number}/actions/revision"
    provider = Browser(signed_in("mississippi", approved.world.actor))
    form = provider.get(f"{here}?request=R01").form(here) | {"body": "Please add oxygen."} | OXYGEN
    asked = provider.posted_page(here, form)
    for said in ("The code brings the questionnaire “Oxygen at Home”.", "Ordered flow", "or leave it empty"):
        assert said in asked.text, said
    form |= {"form.asked": "dme_oxygen"}
    begun = provider.posted_page(here, form | {"form.dme_oxygen.q.stable": "no", "form.dme_oxygen.q.flow": "much"})
    for said in ("What was the condition?", "Is this a first request?", "Ordered flow"):
        assert said in begun.text, said
    assert begun.form(here)["form.dme_oxygen.q.flow"] == "much"
    longer = provider.posted_page(here, form | answered() | {"more": "tests"}, status=200)
    assert "Test 2" in longer.text
    shorter = provider.posted_page(here, form | answered() | {"drop": "form.dme_oxygen.q.tests.0"}, status=200)
    assert shorter.form(here)["form.dme_oxygen.q.tests.0.saturation"] == ""
    provider.post(here, form | answered())
    with approved.session() as session:
        (kept,) = session.get_one(Case, approved.case_id).requests[1].responses
        assert (kept.questionnaire, kept.answers["flow"], kept.completed_at is None) == ("dme_oxygen", "2", False)
    assert "Oxygen at Home" in provider.get(f"/cases/{approved.number}").text
    nurse = Browser(signed_in("mississippi", approved.nurse))
    assert "At most 88 %" in nurse.get(f"/review/{approved.number}/R02").text


def test_what_a_contract_requires_is_complete_and_what_it_does_not_may_stay_empty(
    approved: Sent, tmp_path: Path
) -> None:
    asked_in_words(approved, tmp_path)
    contract, code = approved.loaded.contract, typed(code="E1390")
    questionnaires = contract.questionnaires
    must = replace(questionnaires["dme_oxygen"], required=True)
    strict = replace(contract, questionnaires={**questionnaires, "dme_oxygen": must})
    shown = {"form.asked": ["dme_oxygen"]}
    whole = shown | {name: [value] for name, value in answered().items()}

    def enter(under: Contract, form: Mapping[str, Sequence[str]]) -> Request:
        with approved.session() as session, approved.databases.control.session() as control:
            revision = session.scalars(select(Revision)).one()
            rows = TypedCodes(control, [code], form)
            add_for_provider(session, under, revision.id, rows, actor=approved.nurse, now=later(hours=3))
            request = session.get_one(Case, approved.case_id).requests[-1]
            assert request.lines
            assert [row.questionnaire for row in request.responses] == (["dme_oxygen"] if form is whole else [])
            return request

    for form in ({}, shown):
        with pytest.raises(Invalid):
            enter(strict, form)
    assert enter(strict, whole).label == enter(contract, shown).label == "R02"


def test_what_the_changed_request_has_answered_is_not_asked_twice(approved: Sent, tmp_path: Path) -> None:
    asked_in_words(approved, tmp_path)
    with approved.session() as session:
        row = QuestionnaireResponse(questionnaire="dme_oxygen", version="1", answers={}, completed_at=later(hours=0))
        request = session.get_one(Request, approved.request_id)
        request.responses.append(row)
        session.commit()
    entered(approved, typed(code="E1390"))
    assert added(approved).lines[0].code == "E1390"
