"""The letters that decisions and questions call for, as the worker writes them from what the act left behind."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import UserAccount
from app.cases.models import CaseProvider, Request
from app.domain.access import SYSTEM, Actor
from app.notices.letters import FAX, LetterRecord, list_letters, read_letter
from app.notices.models import LetterDelivery
from app.reviews.desk import WRITE
from app.reviews.determinations import LineDecision, record_determination
from app.reviews.information import request_information
from app.reviews.letters import Decided, letter_handlers
from app.reviews.models import Determination
from app.storage import outbox
from app.storage.files import FileStore
from app.storage.models import OutboxRow
from app.storage.outbox import DueRow, Undeliverable
from app.storage.transaction import tenant_transaction
from tenancy.contract import Contract
from tenancy.vocabulary import Decision
from tests.pages import Browser
from tests.rooms.reviews.after import ask_again, ask_talk, book_talk, deny
from tests.rooms.reviews.conftest import Sent, later

SLUG = "mississippi"
WHY: dict[str, Any] = {"criterion": "A two-week trial of a standard walker", "change": "Notes of such a trial"}
Written = Callable[[], tuple[LetterRecord, str]]


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files", lambda _slug: b"k" * 32)


@pytest.fixture
def written(sent: Sent, files: FileStore) -> Written:
    """Lets the worker write what is owed; the newest letter and what its PDF says."""

    def write() -> tuple[LetterRecord, str]:
        handlers = letter_handlers(files)
        outbox.drain(sent.databases, SLUG, contract=sent.loaded.contract, now=later(hours=30), handlers=handlers)
        with tenant_transaction(sent.databases.app, SLUG) as session:
            newest = list_letters(session, sent.case_id)[0]
            _, pdf = read_letter(session, files, sent.case_id, newest.id, actor=SYSTEM, now=later(hours=31))
        pages = PdfReader(io.BytesIO(pdf)).pages
        return newest, " ".join(" ".join(page.extract_text() for page in pages).split())

    return write


def decide(sent: Sent, actor: Actor, decision: Decision, **keys: Any) -> None:
    version, grounds = keys.pop("version", 1), keys.pop("grounds", None)
    one = LineDecision(sent.lines()[0].id, decision, **keys)
    with sent.session() as session:
        record_determination(
            session, sent.loaded, sent.request_id, [one], version=version, grounds=grounds, actor=actor,
            now=later(hours=1),
        )  # fmt: skip
        session.commit()


def test_an_approval_is_told_with_its_number_units_and_dates(sent: Sent, written: Written) -> None:
    decide(sent, sent.nurse, Decision.APPROVE, reason="criteria_met")
    letter, said = written()
    assert letter.file_name == f"UM_InitialApproval-{sent.number}-01.pdf"
    number = sent.case().authorization_number
    assert number is not None
    assert number in said
    assert "Approved 1 unit, 11/30/2026 – 12/29/2026" in said
    assert "from 11/30/2026 to 12/29/2026" in said


def test_a_denial_tells_the_reason_the_criterion_what_would_change_it_and_each_right(
    sent: Sent, written: Written
) -> None:
    decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **WHY)
    letter, said = written()
    assert letter.file_name == f"UM_Denial-{sent.number}-01.pdf"
    for wanted in (
        sent.loaded.contract.review.reasons["not_necessary"].label,
        "Criterion not met: A two-week trial of a standard walker.",
        "What would change this decision: Notes of such a trial.",
    ):
        assert "".join(wanted.split()) in "".join(said.split())
    opened = [right for right in sent.loaded.contract.rights.values() if "adverse_medical" in right.after]
    assert opened
    for right in opened:
        assert right.label in said
    assert "Until " in said


def test_part_of_it_is_told_as_part(sent: Sent, written: Written) -> None:
    dates: dict[str, Any] = {"start_on": date(2026, 11, 30), "end_on": date(2026, 12, 14)}
    decide(sent, sent.physician, Decision.MODIFY, reason="fewer_units", units=1, **dates, **WHY)
    letter, said = written()
    assert letter.file_name == f"UM_PartialApproval-{sent.number}-01.pdf"
    assert "Approved in part" in said
    assert "11/30/2026 – 12/14/2026" in said


def test_a_closed_request_is_told_without_a_judgement(sent: Sent, written: Written) -> None:
    reasons = sent.loaded.contract.review.reasons
    reason = next(name for name, one in reasons.items() if Decision.VOID in one.decisions)
    decide(sent, sent.nurse, Decision.VOID, reason=reason)
    letter, _ = written()
    assert letter.file_name == f"UM_Void-{sent.number}-01.pdf"


def test_nothing_is_written_while_a_line_is_open(sent: Sent, files: FileStore) -> None:
    decide(sent, sent.nurse, Decision.PEND)
    handlers = letter_handlers(files)
    outbox.drain(sent.databases, SLUG, contract=sent.loaded.contract, now=later(hours=2), handlers=handlers)
    with sent.session() as session:
        assert list_letters(session, sent.case_id) == ()


def test_a_question_is_told_with_what_is_wanted_and_by_when(sent: Sent, written: Written) -> None:
    item = next(iter(sent.loaded.contract.review.information.items))
    with sent.session() as session:
        asked = request_information(
            session, sent.loaded.contract, sent.request_id, [item], "Please add the trial.", version=1,
            actor=sent.nurse, now=later(hours=1),
        )  # fmt: skip
        session.commit()
    letter, said = written()
    assert letter.file_name == f"UM_InformationRequest-{sent.number}-01.pdf"
    assert "Please add the trial." in said
    assert asked.window.closes_at is not None


def test_the_same_act_writes_one_letter(sent: Sent, written: Written) -> None:
    decide(sent, sent.nurse, Decision.APPROVE, reason="criteria_met")
    first, _ = written()
    second, _ = written()
    assert first.id == second.id
    with sent.session() as session:
        assert len(list_letters(session, sent.case_id)) == 1


def test_another_look_that_changes_nothing_says_so(sent: Sent) -> None:

    decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **WHY)
    with sent.session() as session:
        (made,) = session.scalars(select(Determination))
        again = Determination(
            act_id=made.act_id, request_id=made.request_id, line_id=made.line_id, round="reconsideration",
            decision="deny", outcome=made.outcome, decided_at=later(hours=9), reason_text="", level="physician",
        )  # fmt: skip
        request = session.get(Request, sent.request_id)
        assert request is not None
        about = Decided.of(sent.loaded.contract, request, [made, again])
        assert about.kind == "ReconsiderationUpheld"
        request.lines[0].certify_status = "approved"
        granted = Determination(
            act_id=made.act_id, request_id=made.request_id, line_id=made.line_id, round="reconsideration",
            decision="approve", decided_at=later(hours=9), reason_text="", level="physician",
        )  # fmt: skip
        assert Decided.of(sent.loaded.contract, request, [made, granted]).kind == "ReconsiderationOverturned"
        session.rollback()


def test_a_provider_opens_the_letter_from_the_case_page_and_a_stranger_does_not(
    sent: Sent,
    written: Written,
    signed_in: Callable[[str, Actor], FlaskClient],
    app: Flask,
    files: FileStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide(sent, sent.nurse, Decision.APPROVE, reason="criteria_met")
    letter, _ = written()
    monkeypatch.setattr(app.extensions["charter"], "files", files)
    browser = Browser(signed_in(SLUG, sent.world.actor))
    page = browser.get(f"/cases/{sent.number}").html
    address = f"/cases/{sent.number}/letters/{letter.id}"
    assert letter.file_name in page
    assert address in page
    assert letter.file_name in browser.get(f"/cases/{sent.number}/summary").html
    opened = browser.client.get(address, base_url=browser.address)
    assert opened.mimetype == "application/pdf"
    assert opened.headers["Content-Disposition"] == f"attachment; filename={letter.file_name}"
    assert opened.data.startswith(b"%PDF")
    browser.get(f"/cases/{sent.number}/letters/{sent.request_id}", status=404)
    Browser(signed_in(SLUG, sent.world.stranger)).get(address, status=404)


def test_a_letter_that_cannot_be_printed_is_shown_to_the_reviewers_and_mended_there(
    sent: Sent, files: FileStore, signed_in: Callable[..., FlaskClient]
) -> None:
    decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **(WHY | {"criterion": "A trial 😀 of weeks."}))
    outbox.drain(
        sent.databases, SLUG, contract=sent.loaded.contract, now=later(hours=30), handlers=letter_handlers(files)
    )
    nurse, here = Browser(signed_in(SLUG, sent.nurse)), f"/review/{sent.number}/R01"
    page = nurse.get(here)
    assert "It was not sent. A character of this letter" in page.text
    with tenant_transaction(sent.databases.app, SLUG) as session:
        held = list_letters(session, sent.case_id)[0]
    mend = f"{here}/letters/{held.id}"
    still = nurse.posted_page(mend, page.form(mend))
    assert "The letter is still held." in still.text
    name = next(field for field in page.form(mend) if field.startswith("value."))
    nurse.post(mend, page.form(mend) | {name: page.form(mend)[name].replace("😀", "")})
    assert "It was not sent." not in nurse.get(here).text
    nurse.post(mend, status=409)


def test_a_fax_that_failed_is_tried_again_from_the_review_page(
    sent: Sent, files: FileStore, signed_in: Callable[..., FlaskClient]
) -> None:
    def busy(_session: Session, _contract: Contract, _row: DueRow, _now: datetime) -> None:
        raise Undeliverable("the number answers with a voice")

    decide(sent, sent.physician, Decision.DENY, reason="not_necessary", **WHY)
    for handlers in (letter_handlers(files), {FAX: busy}):
        outbox.drain(sent.databases, SLUG, contract=sent.loaded.contract, now=later(hours=30), handlers=handlers)
    with sent.session() as session:
        fax = session.scalars(select(LetterDelivery).filter_by(channel="fax")).one()
    nurse, here = Browser(signed_in(SLUG, sent.nurse)), f"/review/{sent.number}/R01"
    page, again = nurse.get(here), f"{here}/deliveries/{fax.id}"
    assert "Fax: not delivered" in page.text
    nurse.post(again, page.form(again))
    assert "Fax: not sent yet, tried again soon" in nurse.get(here).text
    with sent.session() as session:
        assert session.get_one(OutboxRow, session.get_one(LetterDelivery, fax.id).outbox_id).state == "due"
    nurse.post(again, status=409)


def test_what_calls_for_no_letter_leaves_nothing_behind_for_the_printer(
    sent: Sent, files: FileStore, tmp_path: Path
) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    book_talk(sent)
    ask_again(sent, tmp_path)
    for _ in range(2):
        outbox.drain(
            sent.databases, SLUG, contract=sent.loaded.contract, now=later(hours=30), handlers=letter_handlers(files)
        )
    with sent.session() as session:
        rows = session.scalars(select(OutboxRow).filter_by(kind=WRITE)).all()
    assert [row.state for row in rows] == ["done"]


@pytest.mark.parametrize(
    ("of_case", "registered", "goes_to"),
    [("6015550198", "6015550142", "6015550198"), (None, "6015550142", "6015550142"), (None, "", "")],
)
def test_a_letter_is_faxed_to_the_number_on_the_case_or_else_to_the_registered_one(
    sent: Sent, files: FileStore, of_case: str | None, registered: str, goes_to: str
) -> None:
    with sent.session() as session:
        session.execute(update(CaseProvider).values(fax=of_case))
        session.execute(update(UserAccount).values(fax=registered))
        session.commit()
    deny(sent)
    outbox.drain(
        sent.databases, SLUG, contract=sent.loaded.contract, now=later(hours=30), handlers=letter_handlers(files)
    )
    with sent.session() as session:
        assert session.scalars(select(LetterDelivery.address).filter_by(channel="fax")).one() == goes_to
