"""After a decision, through the pages of both sides."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from tests.pages import Browser
from tests.rooms.reviews.after import PDF, SLOTS, deny, talk_of
from tests.rooms.reviews.conftest import Sent, later

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from app.domain.access import Actor

At = Callable[..., Browser]


@pytest.fixture
def at(app: Flask, signed_in: Callable[[str, Actor], FlaskClient]) -> At:
    """A browser at whose keyboard the actor sits, so many hours after the request was sent."""

    def open_one(actor: Actor, *, hours: float = 2) -> Browser:
        opened = signed_in("mississippi", actor)
        app.config["CLOCK"] = lambda: later(hours=hours)
        return Browser(opened)

    return open_one


def a_note() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "notes.pdf"


def slots_typed() -> dict[str, str]:
    typed: dict[str, str] = {}
    for place, (day, hour) in enumerate(SLOTS):
        typed |= {f"slot.{place}.day": day, f"slot.{place}.time": hour}
    return typed


def test_each_right_stands_on_the_case_page_with_its_last_moment(sent: Sent, at: At) -> None:
    provider = at(sent.world.actor)
    assert "Your rights" not in provider.get(f"/cases/{sent.number}").text
    deny(sent)
    page = provider.get(f"/cases/{sent.number}")
    assert "Peer-to-Peer Review until Tue 24 Nov 2026, 5:00 PM CST (1 business day)" in page.text
    assert "Reconsideration until Wed 23 Dec 2026, 11:59 PM CST (30 calendar days)" in page.text
    assert "Before External Appeal, use Reconsideration or Peer-to-Peer Review." in page.text
    assert "Write a note to ask for something" in page.text
    for label in ("Ask for a Peer-to-Peer Review", "Ask for a Reconsideration", "Ask for a Revision"):
        assert page.text.count(label) == 1, "what is a right has its note there, not in the list again"


def test_a_provider_asks_for_a_talk_and_the_staff_book_it(sent: Sent, at: At) -> None:  # noqa: PLR0915 - one story
    deny(sent)
    provider, path = at(sent.world.actor), f"/cases/{sent.number}/actions/peer_to_peer"
    form = provider.get(path).form(path)
    assert form["request"] == "R01"
    refused = provider.posted_page(path, form)
    assert "Give at least 3 dates and times." in refused.text
    wanted = form | {"clinician": "Jane Sample, MD", "phone": "601-555-0100"} | slots_typed()
    provider.post(path, wanted)
    page = provider.get(f"/cases/{sent.number}")
    assert "Asked for, not booked yet" in page.text
    assert "Tue 24 Nov 2026, 9:00 AM CST" in page.text
    provider.post(path, wanted, status=409)

    physician = at(sent.other_physician, hours=3)
    waiting = physician.get("/review/after")
    assert "Jane Sample, MD" in waiting.text
    talk = talk_of(sent)
    book = f"/review/after/talks/{talk.id}/book"
    physician.post(
        book, waiting.form(book) | {"starts_at": talk.slots[0], "physician": str(sent.other_physician.user_id)}
    )

    provider = at(sent.world.actor, hours=4)
    here = f"/cases/{sent.number}/peer-to-peer/{talk.id}"
    shown = provider.get(here)
    assert "Tue 24 Nov 2026, 9:00 AM CST" in shown.text
    assert "Olga Other" in shown.text
    entry = provider.client.get(f"{here}/talk.ics", base_url=provider.address).get_data(as_text=True)
    assert "DTSTART:20261124T150000Z\r\n" in entry
    assert "Ortiz" not in entry
    moved = provider.posted_page(here, shown.form(here) | {"slot.0.day": "nonsense", "slot.0.time": "9:00 AM"})
    assert "Enter the day as MM/DD/YYYY" in moved.text

    physician = at(sent.other_physician, hours=24)
    waiting = physician.get("/review/after")
    end = f"/review/after/talks/{talk.id}/outcome"
    assert "Choose what came of the talk." in physician.posted_page(end, waiting.form(end)).text
    physician.post(end, waiting.form(end) | {"outcome": "stands", "reason": "Nothing new was said."})
    assert "Held: The decision stands" in at(sent.world.actor, hours=25).get(f"/cases/{sent.number}").text


def test_a_provider_asks_for_a_reconsideration(sent: Sent, at: At) -> None:
    deny(sent)
    provider, path = at(sent.world.actor), f"/cases/{sent.number}/actions/reconsideration"
    form = provider.get(path).form(path)
    refused = provider.posted_page(path, form)
    assert "Choose why you ask for it." in refused.text
    assert "Say why the decision should change." in refused.text
    given: dict[str, Any] = form | {"ground": "medical_necessity", "body": "The trial is in the notes."}
    provider.post(path, given | {"files": a_note(), "document_type": "progress_notes"})
    page = provider.get(f"/cases/{sent.number}")
    assert "Looked at again" in page.text
    assert "notes.pdf" in page.text
    late = at(sent.world.actor, hours=24 * 40).get(path, status=409)
    assert "not possible" in late.text or "opens with a decision" in late.text


def test_an_appeal_has_a_page_and_a_form_of_its_own(sent: Sent, at: At) -> None:
    deny(sent)
    provider, path = at(sent.world.actor), f"/cases/{sent.number}/rights/R01/external_appeal"
    page = provider.get(path)
    assert "P.O. Box 24208" in page.text
    assert "a representative of the facility" in page.text
    answer = provider.client.get(f"{path}/form.pdf", base_url=provider.address)
    form = PdfReader(io.BytesIO(answer.data))
    said = " ".join(form.pages[0].extract_text().split())
    assert "Request for External Appeal" in said
    assert sent.number in said
    catalog: Any = form.trailer["/Root"]
    assert (catalog["/Lang"][:2], catalog["/MarkInfo"]["/Marked"]) == ("en", True)
    assert form.metadata is not None
    assert form.metadata.title == "Request for External Appeal"
    claims = catalog["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in claims
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in claims
    provider.get(f"/cases/{sent.number}/rights/R01/nothing", status=404)
    at(sent.world.stranger).get(path, status=404)


def test_what_the_contract_does_not_offer_is_not_there(sent: Sent, at: At) -> None:
    provider = at(sent.world.actor)
    provider.get(f"/cases/{sent.number}/actions/cancel", status=404)
    provider.get(f"/cases/{sent.number}/actions/extension", status=404)
    refused = provider.get(f"/cases/{sent.number}/actions/reconsideration", status=409)
    assert "Reconsideration opens with a decision that grants less than was asked." in refused.text


def test_a_late_request_says_when_its_time_ended_and_what_is_possible_instead(sent: Sent, at: At) -> None:
    deny(sent)
    here = f"/cases/{sent.number}/actions/reconsideration"
    early = at(sent.world.actor).get(f"{here}?request=R01").form(here)
    late = at(sent.world.actor, hours=24 * 31)
    shown = late.get(f"{here}?request=R01", status=409).text
    assert "ended Wed 23 Dec 2026, 11:59 PM CST: 30 calendar days from the decision" in shown
    assert "Possible now: Add Clinical Information" in shown
    late.get(f"/cases/{sent.number}")
    given = {"ground": "medical_necessity", "body": "Please.", "files": a_note(), "document_type": "progress_notes"}
    refused = late.posted_page(here, early | given | {"csrf_token": late.token}, status=409)
    assert "ended Wed 23 Dec 2026, 11:59 PM CST" in refused.text
