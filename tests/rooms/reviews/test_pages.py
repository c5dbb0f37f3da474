"""Both sides at work through their pages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from app.accounts import staff_recognition
from app.cases.clock_models import InformationRequest
from app.cases.models import ProcedureLine
from app.domain.access import StaffRole
from tests.pages import Browser
from tests.rooms.reviews.after import ask_again, deny
from tests.rooms.reviews.conftest import Sent, staff

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor

Seat = Callable[[str, "Actor"], "FlaskClient"]


def at(signed_in: Seat, actor: Actor) -> Browser:
    return Browser(signed_in("mississippi", actor))


def asked(sent: Sent) -> InformationRequest:
    with sent.session() as session:
        return session.query(InformationRequest).order_by(InformationRequest.asked_at.desc()).first()  # type: ignore[return-value]


def typed(page: Any, action: str, **more: Any) -> dict[str, Any]:
    return {**page.form(action), **more}


def test_a_reviewer_takes_asks_the_provider_answers_and_a_physician_denies(  # noqa: PLR0915 - one story
    sent: Sent, signed_in: Seat
) -> None:
    here = f"/review/{sent.number}/R01"
    nurse = at(signed_in, sent.nurse)
    worklist = nurse.get("/review")
    assert "Mon 30 Nov 2026, 11:59 PM CST" in worklist.text
    assert sent.number in worklist.text
    page = nurse.get(here)
    nurse.post(f"{here}/take", typed(page, f"{here}/take"))
    page = nurse.get(here)
    assert "Nora Nurse" in page.text
    refused = nurse.posted_page(f"{here}/information", typed(page, f"{here}/information"))
    assert "Tick what is missing" in refused.text
    asking = typed(page, f"{here}/information", items=["clinical_notes", "order"], message="The last two weeks.")
    nurse.post(f"{here}/information", asking)
    page = nurse.get(here)
    assert "stands still" in page.text

    provider = at(signed_in, sent.world.actor)
    case = provider.get(f"/cases/{sent.number}")
    assert "Information needed by Tue 8 Dec 2026, 5:00 PM CST" in case.text
    question = f"/cases/{sent.number}/information/{asked(sent).id}"
    provider.get(question)
    empty = provider.posted_page(question, {})
    assert "Write an answer or add a document" in empty.text
    notes = (io.BytesIO(b"%PDF-1.4 made up\n%%EOF\n"), "notes.pdf")
    given = {"item.0": "See notes.pdf", "item.1": "Sent by fax today", "answer": "Thank you.", "files": notes}
    kind = next(iter(sent.loaded.contract.catalogue.lists["document_types"]))
    provider.post(question, given | {"document_type": kind})
    again = provider.post(question, {"answer": "Once more"}, status=409)
    assert "answered already" in again.get_data(as_text=True)

    nurse = at(signed_in, sent.nurse)
    page = nurse.get(here)
    assert "Sent by fax today" in page.text
    assert "notes.pdf" in page.text
    nurse.post(f"{here}/escalate", typed(page, f"{here}/escalate", escalation="It does not meet the criteria."))

    physician = at(signed_in, sent.physician)
    page = physician.get(here)
    field = f"line.{sent.lines()[0].id}"
    wanted = typed(page, f"{here}/decide", **{f"{field}.decision": "deny"})
    refused = physician.posted_page(f"{here}/decide", wanted)
    assert "Say which criterion is not met." in refused.text
    begun = physician.posted_page(f"{here}/decide", wanted | {f"{field}.reason": "not_necessary"})
    starts = sent.loaded.contract.review.reasons["not_necessary"]
    assert begun.form(f"{here}/decide")[f"{field}.criterion"] == starts.criterion
    why = {
        f"{field}.reason": "not_necessary",
        f"{field}.criterion": "A trial of a standard walker.",
        f"{field}.change": "Notes of a trial.",
    }
    physician.post(f"{here}/decide", wanted | why)
    physician.post(f"{here}/decide", wanted | why, status=409)

    provider = at(signed_in, sent.world.actor)
    case = provider.get(f"/cases/{sent.number}")
    assert "A trial of a standard walker." in case.text
    assert "until Tue 24 Nov 2026, 5:00 PM CST (1 business day)" in case.text
    assert "until Wed 23 Dec 2026, 11:59 PM CST (30 calendar days)" in case.text
    home = provider.get("/?list=completed")
    assert "1 denied" in home.text


def test_filters_are_saved_and_requests_pinned(sent: Sent, signed_in: Seat) -> None:
    nurse = at(signed_in, sent.nurse)
    nurse.get("/review?view=unassigned&text=nobody")
    nurse.post("/review/views", {"view": "unassigned", "category": "outpatient", "name": "New outpatient"})
    page = nurse.get("/review")
    assert page.links()["New outpatient"] == "/review?view=unassigned&category=outpatient"
    nurse.post(f"/review/requests/{sent.request_id}/pin", {"pin": "yes"})
    assert sent.number in nurse.get("/review?view=pinned").text
    nurse.post(f"/review/requests/{sent.request_id}/read", status=204)
    nurse.post(f"/review/requests/{sent.request_id}/pin", {"pin": "no"})
    assert sent.number not in nurse.get("/review?view=pinned").text


def test_a_provider_sees_no_worklist_and_the_staff_no_home(sent: Sent, signed_in: Seat) -> None:
    provider = at(signed_in, sent.world.actor)
    provider.get("/review", status=403)
    provider.get(f"/review/{sent.number}/R01", status=403)
    nurse = at(signed_in, sent.nurse)
    nurse.get(f"/cases/{sent.number}", status=403)
    nurse.get("/review/262000000/R01", status=404)


def test_an_answer_belongs_to_the_group_that_was_asked(sent: Sent, signed_in: Seat) -> None:
    here = f"/review/{sent.number}/R01"
    nurse = at(signed_in, sent.nurse)
    page = nurse.get(here)
    nurse.post(f"{here}/information", typed(page, f"{here}/information", items=["order"]))
    stranger = at(signed_in, sent.world.stranger)
    stranger.get(f"/cases/{sent.number}/information/{asked(sent).id}", status=404)
    stranger.post(f"/cases/{sent.number}/information/{asked(sent).id}", {"answer": "Mine"}, status=404)


def test_a_supervisor_gives_a_request_to_any_of_the_staff_who_review(
    sent: Sent, signed_in: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = (sent.nurse, sent.physician, staff("Sid Second", StaffRole.SUPERVISOR))
    monkeypatch.setattr(staff_recognition, "colleagues", lambda: people)
    here = f"/review/{sent.number}/R01"
    supervisor = at(signed_in, sent.supervisor)
    page = supervisor.get(here)
    offered = [option.text for option in page.all("option") if option.get("value") in known(people)]
    assert offered == ["Nora Nurse, Nurse Reviewer", "Phil Physician, Physician Reviewer"]
    supervisor.post(f"{here}/assign", typed(page, f"{here}/assign", reviewer=str(sent.nurse.user_id)))
    assert sent.request().assigned_name == "Nora Nurse"
    page = supervisor.get(here)
    refused = supervisor.posted_page(f"{here}/assign", typed(page, f"{here}/assign", reviewer=str(people[2].user_id)))
    assert "Choose somebody from the list." in refused.text
    nurse = at(signed_in, sent.nurse)
    assert f"{here}/assign" not in [form.get("action") for form in nurse.get(here).all("form")]


def known(people: Sequence[Actor]) -> list[str]:
    return [str(one.user_id) for one in people]


def test_of_two_reviewers_at_once_one_wins_and_the_other_sees_it_with_all_she_typed(
    sent: Sent, signed_in: Seat
) -> None:
    here, field = f"/review/{sent.number}/R01", f"line.{sent.lines()[0].id}"
    first = at(signed_in, sent.physician).get(here)
    late = typed(first, f"{here}/decide", **{f"{field}.decision": "deny", f"{field}.criterion": "A trial of a walker."})
    other = at(signed_in, sent.other_physician)
    other.post(f"{here}/take", typed(other.get(here), f"{here}/take"))
    beaten = at(signed_in, sent.physician)
    beaten.get(here)
    page = beaten.posted_page(f"{here}/decide", late | {"csrf_token": beaten.token}, status=409)
    assert "Somebody else changed this request after you opened it." in page.text
    assert "Olga Other" in page.text
    again = page.form(f"{here}/decide")
    assert again[f"{field}.criterion"] == "A trial of a walker."
    assert int(again["version"]) == sent.request().review_version


def test_whoever_refused_is_told_on_the_page_that_somebody_else_must_look_again(
    sent: Sent, signed_in: Seat, tmp_path: Path
) -> None:
    deny(sent)
    ask_again(sent, tmp_path)
    here, field = f"/review/{sent.number}/R01", f"line.{sent.lines()[0].id}"
    same = at(signed_in, sent.physician)
    wanted = {f"{field}.decision": "approve", f"{field}.reason": "criteria_met"}
    page = same.posted_page(f"{here}/decide", typed(same.get(here), f"{here}/decide", **wanted), status=403)
    assert "Somebody who had no part in that decision must look at it now." in page.text
    assert sent.lines()[0].certify_status == "appealed"


def test_units_are_told_as_requested_approved_used_and_left_and_when_they_run_out(sent: Sent, signed_in: Seat) -> None:
    given: dict[str, object] = {"quantity": 7, "units_approved": 5, "units_used": 2, "certify_status": "approved"}
    spans = (((20, 28), True), ((25, 28), False), ((1, 22), False), ((23, 23), True))
    for (begins, ends), is_told in spans:
        with sent.session() as session:
            days = {"certified_start_on": date(2026, 11, begins), "certified_end_on": date(2026, 11, ends)}
            session.execute(update(ProcedureLine).values(given | days))
            session.commit()
        for who, page in ((sent.world.actor, f"/cases/{sent.number}"), (sent.nurse, f"/review/{sent.number}/R01")):
            said = at(signed_in, who).get(page).html
            told = dict(re.findall(r'data-label="(Requested|Approved|Used|Left)">(\d+)', said))
            assert told == {"Requested": "7", "Approved": "5", "Used": "2", "Left": "3"}
            assert ("expiring" in said) is is_told, (begins, ends)
