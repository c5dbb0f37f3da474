"""Finding cases: by dates and status, by what groups have in common, by the number in the header's box."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.cases.models import Case, CaseProvider
from app.notices.models import Letter, Message
from tests.pages import Page, look_at
from tests.rooms.cases.casebook import Casebook, open_casebook
from tests.rooms.cases.people import NOW
from tests.rooms.cases.test_home import numbers, rows

EVER = ("01/01/2026", "12/31/2027")
SPAN = dict(zip(("from", "to"), EVER, strict=True))
ZONE = ZoneInfo("America/Chicago")


def search(
    book: Casebook, who: str = "alex", *, answers: int = 200, span: tuple[str, str] = EVER, **asked: str
) -> Page:
    return book.browser(who).get(f"/cases?{query(span, **asked)}", status=answers)


def query(span: tuple[str, str] = EVER, **asked: str) -> str:
    return urlencode({"from": span[0], "to": span[1], "size": "50"} | asked)


def beside(page: Page, name: str) -> str:
    """The error that stands beside a field."""
    field = next(one for one in page.tree.iter() if one.get("id") == "f-" + name.replace("_", "-"))
    ids = field.get("aria-describedby", "").split()
    return " ".join(
        "".join(one.itertext()) for one in page.tree.iter() if one.get("id") in ids and "error" in one.get("id", "")
    )


def test_the_empty_page_proposes_the_last_thirty_days_and_complains_of_nothing(book: Casebook) -> None:
    page = book.browser("alex").get("/cases")
    fields = page.form("/cases#found")
    assert fields["from"] == "10/24/2026"
    assert fields["to"] == "11/23/2026"
    assert "Please correct" not in page.text
    assert not page.all("table")


def test_a_search_without_a_span_of_dates_is_refused_beside_the_fields(book: Casebook) -> None:
    page = search(book, answers=422, span=("", ""))
    assert "Please correct 2 things" in page.text
    assert "Enter the first day of the dates to search." in beside(page, "from")
    assert "Enter the last day of the dates to search." in beside(page, "to")
    assert "/cases" not in [place.partition("?")[0] for place in page.links().values() if place.startswith("/cases/")]


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"from": "13/45/2026"}, "from", "as a day that exists"),
        ({"to": "soon"}, "to", "as MM/DD/YYYY"),
        ({"from": "02/01/2026", "to": "01/31/2026"}, "to", "must not be before the first day"),
        ({"status": "cancelled"}, "status", "Choose one of the list."),
        ({"type": "x"}, "type", "Choose one of the list."),
        ({"service": "none_such"}, "service", "Choose one of the list."),
        ({"context": "11111111-1111-1111-1111-111111111111"}, "context", "Choose one of the list."),
        ({"date_type": "birth"}, "date_type", "Choose one of the list."),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(
    book: Casebook, asked: dict[str, str], field: str, says: str
) -> None:
    page = book.browser("alex").get(f"/cases?{urlencode(SPAN | asked)}", status=422)
    assert says in beside(page, field)
    assert "Please correct one thing" in page.text


def test_it_finds_everything_of_ones_own_groups_and_nothing_else(book: Casebook) -> None:
    assert set(numbers(search(book))) == {case.number for case in book.cases(0)}
    assert set(numbers(search(book, "casey"))) == {case.number for case in book.cases(0) + book.cases(1)}
    assert numbers(search(book, "drew")) == []


def test_days_are_the_contracts_own(book: Casebook) -> None:
    case = book.a_case()
    late = NOW.replace(month=11, day=12, hour=5, minute=59)  # the last minute of the 11th in the contract's zone
    with book.session() as session:
        session.execute(update(Case).where(Case.id == case.id).values(submitted_at=late))
    day = late.astimezone(ZONE)
    assert f"{day:%m/%d}" == "11/11"
    assert case.number in numbers(search(book, span=("11/11/2026", "11/11/2026")))
    assert case.number not in numbers(search(book, span=("11/12/2026", "11/12/2026")))


def test_service_dates_meet_the_span_where_they_overlap_it(book: Casebook) -> None:
    with book.session() as session:
        request = session.merge(book.a_case()).requests[0]
        first, last, number = request.service_from, request.service_until, request.case.number
    assert first is not None
    assert last is not None
    for start, end, is_there in (
        (last, last + timedelta(days=9), True),
        (first - timedelta(days=9), first, True),
        (last + timedelta(days=1), last + timedelta(days=2), False),
        (first - timedelta(days=2), first - timedelta(days=1), False),
    ):
        page = search(book, date_type="service", span=(f"{start:%m/%d/%Y}", f"{end:%m/%d/%Y}"))
        assert (number in numbers(page)) is is_there


def test_status_type_and_service_narrow_it_together(book: Casebook) -> None:
    wanted = {case.number for case in book.cases(0, status="completed", category="inpatient")}
    assert set(numbers(search(book, status="completed", type="inpatient"))) == wanted
    with book.session() as session:
        service = session.merge(book.a_case()).requests[0].service_type
    found = numbers(search(book, service=service or ""))
    assert book.a_case().number in found
    assert len(found) < len(book.cases())


@pytest.mark.parametrize("sort", ["service_from", "service", "member", "submitted_at"])
def test_it_sorts_while_it_narrows(book: Casebook, sort: str) -> None:
    up = numbers(search(book, date_type="service", sort=sort))
    assert len(up) == len(book.cases())
    assert sorted(numbers(search(book, date_type="service", sort=f"-{sort}"))) == sorted(up)


def test_drafts_are_found_by_the_day_they_were_changed_and_by_their_own_group_only(book: Casebook) -> None:
    draft = book.a_draft()
    asked = query(status="un_submitted")
    own = book.browser("alex").get(f"/cases?{asked}")
    assert f"/drafts/{draft}" in own.links().values()
    assert "Changed 11/23/2026" in own.text
    assert str(draft) not in book.browser("blair").get(f"/cases?{asked}").html
    assert str(draft) not in book.browser("alex").get(f"/cases?{asked}&context=servicing").html


def test_it_can_be_narrowed_to_one_of_ones_groups(book: Casebook) -> None:
    page = search(book, "casey", context=str(book.groups[1]))
    assert set(numbers(page)) == {case.number for case in book.cases(1)}


def test_cases_that_ones_provider_serves_are_a_context_of_their_own(book: Casebook) -> None:
    case = serve(book, book.a_case(), provider=2)
    assert numbers(search(book, "drew", context="servicing")) == [case.number]
    assert numbers(search(book, "drew")) == []


def test_a_row_shows_how_the_lines_ended(book: Casebook) -> None:
    page = search(book, sort="-status")
    assert any("approved" in row for row in rows(page))
    assert any("Submitted" in row and re.search(r"(left|late) due \d\d/\d\d/\d{4}, ", row) for row in rows(page))
    assert any("LOS" in row or "E0141" in row or "S9131" in row for row in rows(page))


def test_a_row_tells_what_lies_in_the_case_and_offers_what_its_group_may_ask_for(book: Casebook) -> None:
    case = book.a_case(category="inpatient", discharge_on=None)
    assert case.number
    with book.session() as session:
        session.add(a_letter(case))
        session.add_all(a_message(case) for _ in range(2))
    page = search(book)
    row = next(row for row in rows(page) if case.number in row)
    assert "1 letter" in row
    assert "2 messages" in row
    assert [word for word in ("View request", "Extend", "Copy", "Discharge") if word not in row] == []
    outpatient = book.a_case(category="outpatient", status="completed").number or ""
    theirs = next(row for row in rows(page) if outpatient in row)
    assert "Copy" in theirs
    assert "Extend" not in theirs
    member = book.browser("alex").get(f"/consumers/{case.member_id}").text
    assert "Discharge" in member


def test_a_row_of_another_groups_case_offers_to_look_only(book: Casebook) -> None:
    case = serve(book, book.a_case(category="inpatient"), provider=2)
    row = next(row for row in rows(search(book, "drew", context="servicing")) if (case.number or "-") in row)
    assert "View request" in row
    assert "Copy" not in row


def test_nothing_found_is_said_with_advice(book: Casebook) -> None:
    page = search(book, span=("01/01/2020", "01/02/2020"))
    assert "No records found." in page.text
    assert "Widen the dates" in page.text


def test_a_search_is_one_mark_in_the_trail(book: Casebook) -> None:
    before = book.trail()
    search(book)
    assert book.trail()[len(before) :] == [("case:list", None)]


def test_what_was_found_can_be_taken_away(book: Casebook) -> None:
    page = search(book, sort="number")
    browser = book.browser("alex")
    answer = browser.client.get(page.links()["Download CSV"], base_url=browser.address)
    lines = answer.get_data(as_text=True).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == numbers(page)


# ---------------------------------------------------------------- the header's box


TOKEN = re.compile(r'(name="csrf[^>]*>)')


def box(book: Casebook, user: str, text: str, *, status: int = 404) -> TestResponse:
    """What the box at the top answers."""
    browser = book.browser(user)
    browser.get("/")
    return browser.post("/search", {"q": text}, status=status)


def test_the_box_opens_the_case_of_a_number(book: Casebook) -> None:
    case = book.a_case()
    answer = box(book, "alex", f" {case.number} ", status=303)
    assert answer.headers["Location"] == f"/cases/{case.number}"


def test_the_box_opens_the_case_of_an_authorization_or_programme_number(book: Casebook) -> None:
    case = next(one for one in book.cases() if one.authorization_number)
    with book.session() as session:
        session.execute(update(Case).where(Case.id == case.id).values(program_case_number="PRG-77"))
    for number in (str(case.authorization_number), "PRG-77"):
        assert box(book, "alex", number, status=303).headers["Location"] == f"/cases/{case.number}"


def test_a_number_of_another_group_and_no_number_at_all_are_told_alike(book: Casebook) -> None:
    foreign, missing = (
        box(book, "drew", number).get_data(as_text=True) for number in (str(book.a_case().number), "999999999")
    )
    assert TOKEN.sub("", foreign) == TOKEN.sub("", missing)
    assert "No case of yours has the number" in missing
    for text in ("", "%", "x" * 400, "' OR 1=1 --", "%00"):
        assert look_at(box(book, "drew", text)).heading == "No case found"


def test_what_is_typed_into_the_box_is_in_no_address(book: Casebook) -> None:
    browser = book.browser("alex")
    page = browser.get("/")
    (form,) = [one for one in page.all("form") if one.get("action") == "/search"]
    assert form.get("method") == "post"
    assert browser.get("/search?q=Sandoval", status=303).headers["Location"] == "/cases"


def test_every_page_has_the_box(book: Casebook) -> None:
    assert "q" in book.browser("alex").get("/").form("/search")


def test_cases_of_another_tenant_are_not_found(book: Casebook) -> None:
    other = open_casebook(book.app, book.client, "colorado")
    ours = book.a_case().number
    assert look_at(box(other, "alex", str(ours))).heading == "No case found"
    assert set(numbers(search(other))) == {case.number for case in other.cases(0)}
    assert not set(numbers(search(other))) & set(numbers(search(book)))


def serve(book: Casebook, case: Case, *, provider: int) -> Case:
    """Let one of the three providers give the care."""
    care = ("servicing", "facility")
    wanted = (CaseProvider.case_id == case.id, CaseProvider.role.in_(care))
    with book.session() as session:
        session.execute(update(CaseProvider).where(*wanted).values(provider_id=book.providers[provider]))
    return case


def a_letter(case: Case) -> Letter:
    """A printed letter of the case."""
    return Letter(
        case_id=case.id, request_id=uuid4(), request_label="R01", kind="Denial", key=str(uuid4()), state="issued",
        file_name=f"{uuid4()}.pdf", facts={}, content={}, sha256="0" * 64, written_at=NOW, modified_at=NOW,
    )  # fmt: skip


def a_message(case: Case) -> Message:
    """A message about the case."""
    return Message(
        thread_id=uuid4(), case_id=case.id, case_number=case.number, group_id=case.group_id, sender_kind="staff",
        sender_name="Kepro", recipient_name="Clinic", subject="Status", body="Complete", sent_at=NOW,
    )  # fmt: skip
