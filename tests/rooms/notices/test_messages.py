"""Messages about a case: both sides, unread marks, the mail that tells nothing, foreign threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from app.accounts.profile_models import NoticeChoice
from app.domain.access import Actor
from app.notices import messages
from app.notices.models import Message
from app.settings import Settings
from app.storage.models import MailMessage, OutboxRow
from app.storage.outbox import DueRow
from tests.pages import Browser
from tests.rooms.cases.conftest import complete_draft, signed_in, world  # noqa: F401 - fixtures
from tests.rooms.cases.people import NOW
from tests.rooms.reviews.conftest import Sent, sent  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

Seat = Callable[[str, Actor], "FlaskClient"]


def at(signed_in: Seat, actor: Actor, path: str) -> Browser:  # noqa: F811 - the fixture
    browser = Browser(signed_in("mississippi", actor))
    browser.get(path)
    return browser


def test_a_thread_goes_to_and_fro(sent: Sent, signed_in: Seat) -> None:  # noqa: F811 - the fixtures
    here = f"/cases/{sent.number}/messages"
    provider = at(signed_in, sent.world.actor, here)
    refused = provider.posted_page(here, {"subject": "", "body": " "})
    assert "Write the subject." in refused.text
    assert "Do not send clinical information" in refused.text
    address = provider.post(here, {"subject": "Your call", "body": "Whom may we call?"}).headers["Location"]
    assert "unread: 1" not in provider.get("/messages").text

    nurse = at(signed_in, sent.nurse, "/messages")
    center = nurse.get("/messages")
    assert "unread: 1" in center.text
    for said in ("From", "Subject", "To", "Sent on", "Your call", sent.number):
        assert said in center.text, said
    assert "Whom may we call?" in center.text
    assert center.links()[f"Go to case {sent.number}"] == f"/review/{sent.number}/R01"
    thread = nurse.get(address)
    assert "Whom may we call?" in thread.text
    assert thread.form(address)["subject"] == "RE: Your call"
    nurse.client.post(f"{address}/read", data={"csrf_token": nurse.token}, base_url=nurse.address)
    assert "unread: 1" not in nurse.get("/messages").text
    nurse.post(address, {"subject": "RE: Your call", "body": "Nora, extension 7."})

    provider = at(signed_in, sent.world.actor, "/")
    assert "unread: 1" in provider.get("/").text
    unfolded = provider.get("/messages")
    assert "Nora, extension 7." in unfolded.text
    assert address in unfolded.links().values()
    assert provider.post(f"{address}/read", {}).headers["Location"] == "/messages"
    assert "unread: 1" not in provider.get("/").text
    answered = provider.get(address)
    assert "Nora, extension 7." in answered.text
    assert answered.form(address)["subject"] == "RE: Your call"
    assert "Go to case" in answered.text


def test_staff_start_a_thread_from_the_review_and_nobody_foreign_reads_it(
    sent: Sent,  # noqa: F811 - the fixture
    signed_in: Seat,  # noqa: F811 - the fixture
) -> None:
    here = f"/review/{sent.number}/messages"
    nurse = at(signed_in, sent.nurse, here)
    address = nurse.post(here, {"subject": "Please Complete Questionnaire", "body": "One is open."}).headers["Location"]
    stranger = at(signed_in, sent.world.stranger, "/messages")
    stranger.get(address, status=404)
    stranger.post(address, {"subject": "x", "body": "x"}, status=404)
    stranger.get(f"/cases/{sent.number}/messages", status=404)
    assert "Please Complete" not in stranger.get("/messages").text


def test_the_mail_names_the_case_and_tells_nothing_and_only_who_wants_it(
    sent: Sent,  # noqa: F811 - the fixture
    signed_in: Seat,  # noqa: F811 - the fixture
    app: Flask,
) -> None:
    here = f"/review/{sent.number}/messages"
    at(signed_in, sent.nurse, here).post(here, {"subject": "Knee", "body": "About the knee."})
    settings: Settings = app.extensions["charter"].settings
    handler = messages.message_handlers(settings)[messages.TOLD]
    with sent.session() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.kind == messages.TOLD)).one()
        message = session.scalars(select(Message)).one()
        due = DueRow(row.id, row.kind, {"message_id": str(message.id)}, 1, uuid4())
        session.add(
            NoticeChoice(user_id=sent.world.actor.user_id, event="message_sent", is_wanted=False, chosen_at=NOW)
        )
        session.flush()
        handler(session, sent.loaded.contract, due, NOW)
        assert session.scalars(select(MailMessage).where(MailMessage.kind == "message_sent")).all() == []
        session.query(NoticeChoice).delete()
        handler(session, sent.loaded.contract, due, NOW)
        mail = session.scalars(select(MailMessage).where(MailMessage.kind == "message_sent")).one()
    assert sent.number in mail.body
    assert "knee" not in (mail.subject + mail.body).lower()
