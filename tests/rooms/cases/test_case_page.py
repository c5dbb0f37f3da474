"""A numbered case on its page and on paper, and what may still be added to it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.cases.models import Case, CaseEvent, Document, Note, ProcedureLine, QuestionnaireResponse, Request
from tests.pages import Page
from tests.rooms.cases.casebook import Casebook, open_casebook
from tests.rooms.cases.people import NOW
from tests.rooms.cases.test_search import serve

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def page_of(book: Casebook, case: Case, who: str = "alex") -> Page:
    return book.browser(who).get(f"/cases/{case.number}")


def request_of(book: Casebook, case: Case) -> Request:
    with book.session() as session:
        return session.scalars(select(Request).where(Request.case_id == case.id)).one()


def add(book: Casebook, *rows: object) -> None:
    with book.session() as session:
        session.add_all(rows)


def a_note(book: Casebook, case: Case, body: str, **columns: str) -> Note:
    about = {"kind": "external", "visibility": "external", "author_name": "Alex Tester"} | columns
    request = request_of(book, case)
    return Note(case_id=case.id, request_id=request.id, body=body, author_id=uuid4(), written_at=NOW, **about)


def test_its_banner_names_the_member_and_the_case(book: Casebook) -> None:
    case = next(one for one in book.cases() if one.authorization_number)
    page = page_of(book, case)
    assert page.heading == f"Case {case.number}"
    for shown in (
        "Consumer name",
        "Gender",
        "Date of birth",
        "Yrs)",
        "Contract",
        "SRV Auth",
        "MS State UM",
        "Completed",
    ):
        assert shown in page.text
    assert str(case.authorization_number) in page.text
    assert f"/consumers/{case.member_id}" in page.links().values()


def test_it_is_read_only_and_says_nothing_of_forms_to_change_it(book: Casebook) -> None:
    case = book.a_case()
    places = {form.get("action") for form in page_of(book, case).all("form")}
    own = {place for place in places if place and str(case.number) in place}
    assert own == {f"/cases/{case.number}/{part}" for part in ("copy", "notes", "documents")}


def test_a_case_that_waits_says_by_when_in_the_contracts_zone_how_long_that_is_and_why(book: Casebook) -> None:
    case = book.a_case(status="submitted")
    due = NOW + timedelta(days=3, hours=2)
    with book.session() as session:
        session.execute(update(Request).where(Request.case_id == case.id).values(due_at=due, due_reason="seven days"))
    page = page_of(book, case)
    assert "Decision due by 11/26/2026, 11:30 AM CST 3 days left" in page.text
    assert "Why then: seven days." in page.text


@pytest.mark.parametrize(
    ("off", "says"),
    [
        (timedelta(hours=30), "30 hours left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(seconds=20), "due now"),
        (-timedelta(seconds=20), "just passed"),
        (-timedelta(hours=1), "1 hour late"),
        (-timedelta(days=2), "2 days late"),
    ],
)
def test_time_left_is_told_in_the_unit_that_matters(book: Casebook, off: timedelta, says: str) -> None:
    case = book.a_case(status="submitted")
    with book.session() as session:
        session.execute(update(Request).where(Request.case_id == case.id).values(due_at=NOW + off))
    assert says in page_of(book, case).text


def test_a_decided_case_shows_the_outcome_of_each_line_and_no_deadline(book: Casebook) -> None:
    case = book.a_case(status="completed")
    request = request_of(book, case)
    add(
        book,
        *(
            ProcedureLine(
                request_id=request.id, position=10 + index, system="hcpcs", code=f"E900{index}", description="Item",
                certify_status=status, certify_reason=reason, units_approved=units,
            )
            for index, (status, reason, units) in enumerate(
                [("approved", None, 4), ("modified", "Fewer are enough", 2), ("denied", "Not shown", 0),
                 ("void", None, 0), ("appealed", None, 0)]
            )
        ),
    )  # fmt: skip
    text = page_of(book, case).text
    for shown in ("Approved in part", "Denied", "Void", "In appeal", "Fewer are enough", "Not shown", "Units approved"):
        assert shown in text
    assert "Decided, request R01" in text
    assert "Decision due" not in text


def test_lines_show_what_was_asked_in_the_contracts_words(book: Casebook) -> None:
    case = book.a_case(category="outpatient")
    text = page_of(book, case).text
    assert "Requested Start Date" in text
    assert "Requested Quantity" in text
    assert "Primary" in text


def test_an_admission_shows_its_length_of_stay(book: Casebook) -> None:
    text = page_of(book, book.a_case(category="inpatient")).text
    assert "Length of Stay" in text
    assert "Facility" in text


def test_questionnaires_are_shown_in_the_words_they_were_asked_in(book: Casebook) -> None:
    case = book.a_case()
    worded = [["Need", "How far can the member walk?", "10 feet"], ["Home", "Are there steps?", "Yes"]]
    answered = QuestionnaireResponse(
        request_id=request_of(book, case).id, questionnaire="gone_since", version="2026-01", answers={},
        completed_at=NOW, worded=worded,
    )  # fmt: skip
    add(book, answered)
    text = page_of(book, case).text
    assert "Gone since" in text
    for section, question, answer in worded:
        assert section in text
        assert question in text
        assert answer in text


def test_internal_notes_are_never_shown(book: Casebook) -> None:
    case = book.a_case()
    add(book, a_note(book, case, "for everybody"), a_note(book, case, "among us", visibility="internal"))
    for path in (f"/cases/{case.number}", f"/cases/{case.number}/summary"):
        text = book.browser("alex").get(path).text
        assert "for everybody" in text
        assert "among us" not in text


def test_what_is_written_in_a_note_stays_text(book: Casebook) -> None:
    case = book.a_case()
    add(book, a_note(book, case, "<script>alert(1)</script> & <b>bold</b>"))
    page = page_of(book, case)
    assert "<script>alert(1)</script> & <b>bold</b>" in page.text
    assert "alert(1)</script>" not in page.html


def test_its_history_tells_what_happened_the_latest_first(book: Casebook) -> None:
    case = book.a_case(status="completed")
    hidden = CaseEvent(case_id=case.id, kind="looked_at", happened_at=NOW, actor_name="Someone", is_shown=False)
    line = ProcedureLine(
        id=uuid4(), request_id=request_of(book, case).id, position=9, system="hcpcs", code="E9009", description="Item"
    )
    add(book, line)
    denied = CaseEvent(case_id=case.id, line_id=line.id, kind="line_denied", happened_at=NOW, actor_name="Jo")
    add(book, hidden, denied)
    text = page_of(book, case).text
    assert "Denied JoE9009" in text
    assert text.index("Case completed") < text.rindex("Request submitted") < text.rindex("Request started")
    assert "Looked at" not in text


def test_opening_it_is_one_mark_in_the_trail_and_so_is_its_summary(book: Casebook) -> None:
    case, browser, before = book.a_case(), book.browser("alex"), book.trail()
    browser.get(f"/cases/{case.number}")
    browser.get(f"/cases/{case.number}/summary")
    assert book.trail()[len(before) :] == [("case:read", str(case.id))] * 2


def test_the_summary_holds_the_blocks_in_order(book: Casebook) -> None:
    case = book.a_case()
    page = book.browser("alex").get(f"/cases/{case.number}/summary")
    dialogs = ("Are you still there?", "Keyboard shortcuts")
    titles = [title for one in page.all("h2") if (title := "".join(one.itertext())) not in dialogs]
    assert titles == [
        "Consumer information", "Case information", "Provider information", "Request R01", "Documents", "Notes",
        "Letters",
    ]  # fmt: skip
    assert page.heading == f"Case summary: {case.number}"


# ---------------------------------------------------------------- who may


def test_a_case_of_another_group_and_a_missing_one_are_told_alike(book: Casebook) -> None:
    browser, before = book.browser("drew"), book.trail()
    for path in ("", "/summary"):
        foreign = browser.get(f"/cases/{book.a_case().number}{path}", status=404)
        missing = browser.get(f"/cases/999999999{path}", status=404)
        assert without_request_id(foreign) == without_request_id(missing)
    assert book.trail() == before


def test_nothing_can_be_added_to_a_case_of_another_group(book: Casebook) -> None:
    case, browser = book.a_case(), book.browser("drew")
    browser.get("/")
    request = str(request_of(book, case).id)
    for number in (case.number, "999999999"):
        browser.post(f"/cases/{number}/notes", {"body": "hello", "note_request": request}, status=404)
        files = {"files": (BytesIO(PDF), "a.pdf"), "document_request": request}
        browser.post(f"/cases/{number}/documents", files, status=404)
    with book.session() as session:
        assert not session.scalars(select(Document)).all()
        assert not session.scalars(select(Note).where(Note.body == "hello")).all()


def test_whoever_gives_the_care_may_read_a_submitted_case_and_add_nothing(book: Casebook) -> None:
    case = serve(book, book.a_case(), provider=2)
    request = request_of(book, case)
    add(book, a_document(case, request))
    browser = book.browser("drew")
    page = browser.get(f"/cases/{case.number}")
    assert "order.pdf" in page.text
    assert not any("/documents/" in place for place in page.links().values())
    assert {form.get("action") for form in page.all("form") if str(case.number) in str(form.get("action"))} == set()
    browser.post(f"/cases/{case.number}/notes", {"body": "hello", "note_request": str(request.id)}, status=404)


def test_a_draft_is_on_no_page_of_whoever_would_give_the_care(book: Casebook) -> None:
    case = serve(book, book.a_case(), provider=2)
    with book.session() as session:
        row = session.merge(case)
        row.status, row.submitted_at = "un_submitted", None
        number = row.number
    browser = book.browser("drew")
    browser.get(f"/cases/{number}", status=404)
    assert str(number) not in browser.get(f"/consumers/{case.member_id}?tab=servicing").html


def test_a_case_of_another_tenant_is_not_there(book: Casebook) -> None:
    other = open_casebook(book.app, book.client, "colorado")
    number = book.a_case().number
    for who in ("alex", "casey"):
        other.browser(who).get(f"/cases/{number}", status=404)
        other.browser(who).get(f"/consumers/{book.a_case().member_id}", status=404)


def test_nobody_reads_without_signing_in(book: Casebook) -> None:
    from tests.pages import Browser

    stranger = Browser(book.client(book.slug))
    for path in (f"/cases/{book.a_case().number}", "/", "/cases", "/consumers", "/export.csv"):
        assert stranger.get(path, status=303).headers["Location"].startswith("/sign-in")


# ---------------------------------------------------------------- adding


def test_a_note_is_added_whatever_the_status_and_changes_nothing_else(book: Casebook) -> None:
    case, browser = book.a_case(status="completed"), book.browser("alex")
    browser.get(f"/cases/{case.number}")
    before = book.trail()
    answer = browser.post(f"/cases/{case.number}/notes", {"body": "Wheelchair needed for hospital discharge"})
    assert answer.headers["Location"] == f"/cases/{case.number}#notes"
    assert book.trail()[len(before) :] == [("note:add", str(case.id))]
    page = browser.get(f"/cases/{case.number}")
    assert "Wheelchair needed for hospital discharge" in page.text
    assert "Your note was added." in page.text
    assert "Note added" in page.text
    assert book.a_case(id=case.id).status == "completed"


@pytest.mark.parametrize(("body", "says"), [("", "Write the note before you save it."), ("x" * 40_000, "at most")])
def test_a_note_that_cannot_be_kept_comes_back_as_typed_and_the_reading_is_kept_in_the_trail(
    book: Casebook, body: str, says: str
) -> None:
    case, browser = book.a_case(), book.browser("alex")
    browser.get(f"/cases/{case.number}")
    before = book.trail()
    page = browser.posted_page(f"/cases/{case.number}/notes", {"body": body})
    assert says in page.text
    assert page.form(f"/cases/{case.number}/notes")["body"].strip() == body
    assert book.trail()[len(before) :] == [("case:read", str(case.id))]


def test_documents_are_added_after_submission_each_judged_by_itself(book: Casebook) -> None:
    case, browser = book.a_case(status="submitted"), book.browser("alex")
    fields = browser.get(f"/cases/{case.number}").form(f"/cases/{case.number}/documents")
    files = [(BytesIO(PDF), "order.pdf"), (BytesIO(b"MZ not a document"), "trick.pdf"), (BytesIO(b""), "empty.pdf")]
    kinds = next(iter(book.app.extensions["charter"].tenants[book.slug].contract.catalogue.lists["document_types"]))
    browser.post(f"/cases/{case.number}/documents", fields | {"files": files, "document_type": kinds})
    page = browser.get(f"/cases/{case.number}")
    assert "order.pdf" in page.links()
    assert "trick.pdf" not in page.links()
    assert "trick.pdf: " in page.text
    assert "empty.pdf: " in page.text
    assert "1 document" in page.text
    assert book.trail()[-1][0] == "case:read"


def test_no_file_chosen_is_told_and_nothing_kept(book: Casebook) -> None:
    case, browser = book.a_case(), book.browser("alex")
    browser.get(f"/cases/{case.number}")
    page = browser.posted_page(f"/cases/{case.number}/documents", {})
    assert "Please correct" in page.text


def test_a_request_of_another_case_is_refused(book: Casebook) -> None:
    case, other = book.cases()[:2]
    browser = book.browser("alex")
    browser.get(f"/cases/{case.number}")
    typed = {"body": "hello", "note_request": str(request_of(book, other).id)}
    assert "Choose the request it belongs to." in browser.posted_page(f"/cases/{case.number}/notes", typed).text


def without_request_id(page: Page) -> str:
    """The page but for the id that names this very request."""
    found = page.headers["X-Request-ID"]
    return page.html.replace(found, "")


def a_document(case: Case, request: Request) -> Document:
    return Document(
        case_id=case.id, request_id=request.id, file_name="order.pdf", media_type="application/pdf", size=9,
        sha256="0" * 64, uploaded_at=NOW, uploaded_by=uuid4(), uploaded_by_name="Someone",
    )  # fmt: skip
