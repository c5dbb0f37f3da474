"""Drafts that nobody touched for as long as the contract keeps them."""

from datetime import timedelta

from app.cases.lapsing import lapse_drafts
from app.cases.models import Case, CaseEvent, Request
from app.settings import Settings
from app.web.request import portal_of
from app.worker import works_from
from tests.rooms.cases.casebook import Casebook
from tests.rooms.cases.people import NOW

A_DAY = 24 * 60


def test_a_draft_is_closed_once_it_was_left_for_as_long_as_the_contract_says(book: Casebook) -> None:
    contract = portal_of(book.app).tenants[book.slug].contract
    days = contract.intake.draft_days
    left, recent = book.a_draft(minutes_ago=days * A_DAY + 1), book.a_draft(minutes_ago=days * A_DAY - 1)
    home = book.browser("alex").get("/").text
    assert f"kept for {days} days" in home
    with book.session() as session:
        assert lapse_drafts(session, contract, now=NOW) == 1
        assert lapse_drafts(session, contract, now=NOW) == 0
    with book.session() as session:
        case = session.get_one(Case, left)
        assert (case.status, [request.status for request in case.requests]) == ("cancelled", ["cancelled"])
        assert session.get_one(Case, recent).status == "un_submitted"
        told = session.query(CaseEvent).filter_by(case_id=left).one()
        assert (told.kind, told.detail) == ("case_cancelled", f"Nobody changed it for {days} days.")
    assert book.trail()[-1] == ("draft:lapse", str(left))


def test_an_extension_that_was_left_leaves_its_case_as_it_stood(book: Casebook) -> None:
    contract = portal_of(book.app).tenants[book.slug].contract
    long_ago = NOW - timedelta(days=contract.intake.draft_days, minutes=1)
    with book.session() as session:
        case = session.get_one(Case, book.a_case(status="submitted").id)
        case.requests.append(Request(sequence=2))
        case.status, case.modified_at = "un_submitted", long_ago
        wanted = case.id
    with book.session() as session:
        assert lapse_drafts(session, contract, now=NOW) == 1
    with book.session() as session:
        case = session.get_one(Case, wanted)
        assert case.status == "submitted"
        assert case.requests[-1].status == "cancelled"


def test_the_worker_looks_for_them_in_every_tenant(book: Casebook, settings: Settings) -> None:
    left = book.a_draft(minutes_ago=365 * A_DAY)
    works = works_from(settings)
    works.clock = lambda: NOW
    assert works.lapse_drafts() == 1
    works.databases.close()
    with book.session() as session:
        assert session.get_one(Case, left).status == "cancelled"
