"""A newer release is published while one case is open and one draft is in the making."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.cases.models import Case
from app.notices.models import Letter
from app.reviews.after_models import Revision
from app.reviews.asking import Enclosed
from app.reviews.changes import ask_revision
from app.reviews.letters import letter_handlers
from app.storage.files import FileStore
from app.web.request import portal_of
from app.worker import Works
from tenancy.contract.declare import Span
from tenancy.in_force import ContractsInForce
from tenancy.loader import LoadedContract
from tenancy.release import release_of
from tenancy.releases import approve, propose, record_releases
from tenancy.vocabulary import CaseField, Decision, LineField, SpanUnit
from tests.pages import Browser
from tests.rooms.cases.people import NOW, World
from tests.rooms.reviews.after import counter, decide, deny
from tests.rooms.reviews.conftest import Sent, later

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from tenancy.loader import ContractShelf

SLUG = "mississippi"
At = Callable[..., Browser]


def shorter(loaded: LoadedContract) -> LoadedContract:
    """Ten days for a reconsideration, another label for urgency, and no copies any more."""
    contract = loaded.contract
    right = replace(contract.rights["reconsideration"], window=Span(amount=10, unit=SpanUnit.CALENDAR_DAYS))
    field = replace(contract.intake.fields[CaseField.URGENCY], label="How soon is it needed?")
    line = contract.intake.outpatient_line
    quantity = replace(line[LineField.QUANTITY], label="How many?")
    fields = MappingProxyType({**contract.intake.fields, CaseField.URGENCY: field})
    lines = MappingProxyType({**line, LineField.QUANTITY: quantity})
    made = replace(
        contract,
        rights=MappingProxyType({**contract.rights, "reconsideration": right}),
        intake=replace(contract.intake, fields=fields, outpatient_line=lines),
        brand=replace(contract.brand, product="Another name"),
    )
    return replace(loaded, contract=made, release=release_of(made))


@pytest.fixture
def published(app: Flask, shelf: ContractShelf, sent: Sent) -> Iterator[LoadedContract]:
    """The new release, in force from an hour after the request was sent."""
    portal, new = portal_of(app), shorter(shelf.good[SLUG])
    kept, portal.contracts = portal.contracts, ContractsInForce(shelf, base_domain="localhost")
    with portal.databases.control.session() as control:
        record_releases(control, shelf.good, now=NOW - timedelta(days=30))
        proposal = propose(control, new, author="Ann", reason="The guide changed.", now=later(hours=1))
        approve(control, proposal.id, approver="Ben", now=later(hours=1))
        control.commit()
        portal.contracts.refresh(control, later(hours=1))
    assert portal.contracts[SLUG].release == new.release
    yield new
    portal.contracts = kept


@pytest.fixture
def at(app: Flask, signed_in: Callable[[str, Actor], FlaskClient]) -> At:
    def open_one(actor: Actor) -> Browser:
        opened = signed_in(SLUG, actor)
        app.config["CLOCK"] = lambda: later(hours=2)
        return Browser(opened)

    return open_one


def test_a_case_keeps_the_release_it_was_submitted_under(
    sent: Sent, at: At, app: Flask, published: LoadedContract, tmp_path: Path
) -> None:
    deny(sent)
    page = at(sent.world.actor).get(f"/cases/{sent.number}")
    assert "Reconsideration until Wed 23 Dec 2026, 11:59 PM CST (30 calendar days)" in page.text
    assert "Another name" in page.html
    files = FileStore(tmp_path / "files", lambda _slug: b"k" * 32)
    works = Works(sent.databases, portal_of(app).contracts, letter_handlers(files), clock=lambda: later(hours=2))
    works.drain_tenant(SLUG)
    with sent.session() as session:
        (letter,) = session.scalars(select(Letter)).all()
        assert "Wed 23 Dec 2026" in str(letter.content)


def test_a_draft_moves_to_the_new_release_and_its_author_reads_what_that_changes(
    sent: Sent, at: At, complete_draft: Callable[[World], UUID], published: LoadedContract
) -> None:
    draft_id = complete_draft(sent.world)
    clinic = at(sent.world.actor)
    page = clinic.get(f"/drafts/{draft_id}")
    assert "The rules have changed since this was begun" in page.text
    assert "How soon is it needed?" in page.text
    assert "10 calendar days" in page.text
    answer = clinic.post(f"/drafts/{draft_id}/release", {"at": "request"})
    assert answer.status_code == 303
    assert "The rules have changed" not in clinic.get(answer.headers["Location"]).text
    with sent.session() as session:
        draft = session.get_one(Case, draft_id)
        assert (draft.release, len(draft.requests[-1].lines)) == (published.release, 1)


def test_a_case_whose_release_is_lost_is_not_judged_by_another(
    sent: Sent, at: At, app: Flask, published: LoadedContract
) -> None:
    with sent.session() as session:
        session.execute(update(Case).where(Case.id == sent.case_id).values(release="0" * 64))
        session.commit()
    at(sent.world.actor).get(f"/cases/{sent.number}", status=503)
    at(sent.world.actor).get("/")


@pytest.mark.usefixtures("published")
def test_codes_are_added_under_the_release_of_their_case(sent: Sent, at: At, tmp_path: Path) -> None:
    decide(sent, sent.nurse, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    with sent.session() as session:
        provider = counter(sent, session, tmp_path, later(hours=1))
        ask_revision(provider, sent.request_id, Enclosed("Please add a walker."))
        session.commit()
        revision = session.scalars(select(Revision)).one()
    page = at(sent.nurse).get(f"/review/after/changes/{revision.id}/codes").text
    assert "Requested Quantity" in page
    assert "How many?" not in page
