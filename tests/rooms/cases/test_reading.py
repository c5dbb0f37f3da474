"""Reading cases as services do it, and lists as files: what a spreadsheet must never run, what a GET must never do."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text

from app.accounts.models import Membership, UserAccount
from app.cases import lookups, reading
from app.cases.exports import case_csv
from app.cases.lookups import CaseFilter, Window
from app.cases.models import Case, CaseProvider, ProcedureLine, Request
from app.cases.records import HomeCounts, outcome_counts
from app.directory.models import Member
from app.domain.access import Actor, ActorKind
from app.domain.errors import NotFound
from app.storage.audit import verify
from app.web.request import portal_of
from app.web.spreadsheet import inert
from tenancy.loader import ContractShelf
from tests.pages import Browser
from tests.rooms.cases.casebook import Casebook
from tests.rooms.cases.people import NOW
from tests.rooms.cases.test_search import serve

FIRST = Window(0, 50, "number", descending=False)


def test_the_payers_staff_and_strangers_read_nothing_here(book: Casebook, shelf: ContractShelf) -> None:
    contract = shelf.good[book.slug].contract
    for actor in (Actor(ActorKind.STAFF, uuid4(), "Nurse"), Actor(ActorKind.PROVIDER, uuid4(), "Nobody")):
        with book.session() as session:
            rows, total = reading.list_rows(session, contract, CaseFilter(), FIRST, actor=actor, now=NOW)
            assert (rows, total) == ((), 0)
            assert reading.home_counts(session, actor=actor).completed == 0
            assert reading.find_number(session, str(book.a_case().number), actor=actor) is None
            with pytest.raises(NotFound):
                reading.open_case(session, contract, str(book.a_case().number), actor=actor, now=NOW)


def test_a_person_who_left_the_group_reads_no_more(book: Casebook) -> None:
    browser, case = book.browser("alex"), book.a_case()
    browser.get(f"/cases/{case.number}")
    with book.session() as session:
        member_of = session.scalars(select(Membership).where(Membership.user_id == book.people["alex"])).one()
        member_of.ended_at = NOW
    assert browser.client.get(f"/cases/{case.number}", base_url=browser.address).headers["Location"] == "/waiting"


def test_somebody_shut_out_is_asked_to_sign_in(book: Casebook) -> None:
    browser, case = book.browser("alex"), book.a_case()
    with book.session() as session:
        session.get_one(UserAccount, book.people["alex"]).is_active = False
    browser.get(f"/cases/{case.number}", status=303)


def test_only_the_servicing_part_lets_a_group_read(book: Casebook) -> None:
    case = book.a_case()
    with book.session() as session:
        requesting = select(CaseProvider).where(CaseProvider.case_id == case.id, CaseProvider.role == "requesting")
        session.scalars(requesting).one().provider_id = book.providers[2]
    book.browser("drew").get(f"/cases/{case.number}", status=404)


def test_a_case_serviced_by_two_of_ones_groups_is_listed_once(book: Casebook) -> None:
    case = serve(book, book.a_case(), provider=1)
    with book.session() as session:
        asked = CaseFilter(is_servicing=True, member_id=case.member_id)
        rows = lookups.list_cases(session, book.actor("casey"), asked, FIRST)
    assert [row.case.number for row in rows].count(case.number) == 1


def test_a_case_of_several_requests_shows_the_next_deadline_and_all_its_lines(
    book: Casebook, shelf: ContractShelf
) -> None:
    case = book.a_case(status="submitted")
    with book.session() as session:
        session.scalars(select(Request).where(Request.case_id == case.id)).one().due_at = NOW + timedelta(days=9)
        second = Request(
            case_id=case.id, sequence=2, status="submitted", due_at=NOW + timedelta(days=2), due_reason="two days",
            lines=[ProcedureLine(position=1, system="hcpcs", code="A1", certify_status="denied")],
        )  # fmt: skip
        session.add(second)
    with book.session() as session:
        contract = shelf.good[book.slug].contract
        found = reading.list_rows(
            session, contract, CaseFilter(member_id=case.member_id), FIRST, actor=book.actor("alex"), now=NOW
        )
        row = next(one for one in found[0] if one.number == case.number)
        shown = reading.open_case(session, contract, str(case.number), actor=book.actor("alex"), now=NOW)
    assert row.request_labels == ("R01", "R02")
    assert row.due_at == NOW + timedelta(days=2)
    assert row.time_left == "2 days left"
    assert {one.outcome: one.count for one in row.outcomes}["denied"] == 1
    assert [request.label for request in shown.requests] == ["R01", "R02"]
    page = book.browser("alex").get(f"/cases/{case.number}")
    assert page.form(f"/cases/{case.number}/notes")["note_request"] == str(shown.requests[1].id)
    assert "Request R02. Why then: two days." in page.text


def test_decided_cases_are_counted_to_a_bound() -> None:
    assert HomeCounts(1, 2, 1_000).total_of("completed") == 1_000
    assert HomeCounts(1, 2, 1_001).total_of("completed") is None
    assert HomeCounts(1, 20_000, 0).total_of("work_in_progress") == 20_001


def test_values_come_back_from_json_as_they_went_in(book: Casebook) -> None:
    with book.session() as session:
        case = session.merge(book.a_case(category="outpatient"))
        line = case.requests[0].lines[0]
        line.rate, line.modifiers, line.quantity = Decimal("1234567.10"), ["LT", "59"], 7
        case.requests[0].notification_time = time(13, 5)
        case.discharge_on = date(2026, 2, 28)
        kept = case
    with book.session() as session:
        read, member = lookups.get_case(session, book.actor("alex"), str(kept.number))
        stored = session.get_one(Case, kept.id)
        for found, row in [
            (read, stored),
            (read.requests[0], stored.requests[0]),
            (read.requests[0].lines[0], stored.requests[0].lines[0]),
            (read.events[-1], stored.events[-1]),
            (member, session.get_one(Member, stored.member_id)),
        ]:
            for column in row.__table__.columns:
                assert getattr(found, column.key) == getattr(row, column.key), column.key
        assert [span.id for span in member.eligibility] == [
            span.id for span in session.get_one(Member, stored.member_id).eligibility
        ]


def test_rows_show_ten_codes_and_say_how_many_more(book: Casebook) -> None:
    lines = [ProcedureLine(code=f"E{number:04}") for number in range(13)]
    assert lookups.procedure_codes(lines, 10) == (tuple(f"E{number:04}" for number in range(10)), 3)


def test_outcomes_are_counted_in_one_order() -> None:
    counts = outcome_counts(["denied", "approved", "pending", "approved", "un_submitted"])
    assert [(one.outcome, one.count) for one in counts] == [("approved", 2), ("denied", 1), ("pending", 1)]


@pytest.mark.parametrize(
    "path", ["/", "/?list=completed", "/cases?from=01/01/2026&to=12/31/2026", "{case}", "{member}"]
)
def test_reading_takes_as_many_statements_for_many_rows_as_for_few(book: Casebook, path: str) -> None:
    case = book.a_case()
    path = path.format(case=f"/cases/{case.number}", member=f"/consumers/{case.member_id}")
    browser = book.browser("alex")
    browser.get(path)  # the tenant's first event sets up the lanes of its trail
    counted = [statements(book, browser, f"{path}{'&' if '?' in path else '?'}size={size}") for size in (10, 25)]
    assert counted[0] == counted[1]
    assert counted[0] <= 20


@pytest.mark.parametrize(
    "path",
    ["/", "/cases?from=01/01/2026&to=12/31/2026", "/consumers", "{case}", "{case}/summary", "{member}", "/export.csv"],
)
def test_a_get_changes_nothing_but_the_trail(book: Casebook, path: str) -> None:
    case, browser = book.a_case(), book.browser("alex")
    path = path.format(case=f"/cases/{case.number}", member=f"/consumers/{case.member_id}")
    before = checksums(book)
    assert browser.client.get(path, base_url=browser.address).status_code == 200
    after = checksums(book)
    assert {name for name in after if after[name] != before[name]} <= {"audit_event", "audit_head"}
    with book.session() as session:
        assert verify(session) == ()


# ---------------------------------------------------------------- lists as files


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_becomes_a_formula(value: str) -> None:
    assert inert(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "263220017", "Núñez-Delgado", "O'Rourke", "1 approved"])
def test_other_cells_stay_as_they_are(value: str) -> None:
    assert inert(value) == value


def test_names_that_would_run_are_inert_in_the_file(book: Casebook, shelf: ContractShelf) -> None:
    contract = shelf.good[book.slug].contract
    with book.session() as session:
        rows, _ = reading.list_rows(session, contract, CaseFilter(), FIRST, actor=book.actor("alex"), now=NOW)
    evil = replace(rows[0], member=replace(rows[0].member, name='=HYPERLINK("http://x","a, b")'), group_name="@cmd")
    lines = list(csv.reader(StringIO("".join(case_csv(contract, [evil])).lstrip("\ufeff"))))
    told = dict(zip(*lines, strict=True))
    assert told["Name"] == '\'=HYPERLINK("http://x","a, b")'
    assert told["Group"] == "'@cmd"
    assert told["Submitted (America/Chicago)"][:4] == "2026"


def test_a_search_that_is_refused_is_refused_as_a_file_too(book: Casebook) -> None:
    browser = book.browser("alex")
    assert browser.get("/cases/export.csv?from=&to=", status=422).status == 422


def test_drafts_of_others_are_in_no_file(book: Casebook) -> None:
    book.a_draft(group=1)
    browser = book.browser("alex")
    answer = browser.client.get("/export.csv?list=un_submitted", base_url=browser.address)
    assert len(answer.get_data(as_text=True).splitlines()) == 1


def statements(book: Casebook, browser: Browser, path: str) -> int:
    """How many statements a page sends to the tenants' database."""
    sent: list[str] = []
    engine = portal_of(book.app).databases.app.engine
    count = lambda *told: sent.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", count)
    try:
        browser.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(sent)


def checksums(book: Casebook) -> dict[str, str]:
    """One checksum for each table of the tenant."""
    found = {}
    with book.session() as session:
        names = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'user_session'")
        )
        for name in list(names):
            row = text(f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM \"{name}\" t")
            found[name] = session.scalar(row) or ""
    return found


def test_a_stay_is_decided_like_a_line(book: Casebook) -> None:
    case = book.a_case(category="inpatient", status="completed")
    with book.session() as session:
        for line in session.scalars(select(ProcedureLine).join(Request).where(Request.case_id == case.id)):
            session.delete(line)
        session.query(Request).filter_by(case_id=case.id).update({"certify_status": "denied"})
    page = book.browser("alex").get(f"/cases/{case.number}")
    assert "Decided, request R01" in page.text
    assert "1 denied" in page.text
    assert "1 denied" in book.browser("alex").get(f"/consumers/{case.member_id}").text
