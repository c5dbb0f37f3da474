"""A stay is extended as R02, over a real database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import draft_codes, drafts
from app.cases.draft_codes import Picked
from app.cases.drafts import Seen, Start, cancel_draft
from app.cases.models import Case, CaseEvent, Request
from app.cases.submission import Confirmed, submit_case
from app.domain.access import Actor, ActorKind, StaffRole
from app.domain.errors import Closed, Conflict
from app.reviews.changes import Counter, record_discharge, start_extension
from app.reviews.determinations import LineDecision, record_determination
from app.reviews.queries import get_staff_request
from tenancy.vocabulary import Category, CodeSystem, Decision, SectionName
from tests.rooms.cases.people import NOW, Act, World
from tests.rooms.reviews.after import shelf_in

if TYPE_CHECKING:
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf, LoadedContract

NO_CODES = pytest.raises(Closed, match="no new codes")
ADMITTED = date(2026, 11, 23)


class Stay:
    """An admission in Mississippi and what is done with it."""

    def __init__(self, databases: Databases, loaded: LoadedContract, world: World) -> None:
        self.databases, self.loaded, self.world = databases, loaded, world
        self.act = Act(actor=world.actor, now=NOW)
        self.case_id = self._draft()

    def _draft(self) -> UUID:
        begun = Start(Category.INPATIENT, self.world.member, self.world.clinic, self.world.provider)
        with self.databases.app.session("mississippi") as session, self.databases.control.session() as control:
            draft_id = drafts.open_draft(session, self.loaded, begun, **self.act).draft_id
            details = {
                "service_type": "inpatient_hospital",
                "place_of_service": "inpatient_hospital",
                "admission_source": "emergency",
                "admit_on": f"{ADMITTED:%m/%d/%Y}",
            }
            self.save(session, SectionName.SERVICE_DETAILS, details, draft_id)
            ataxia = [Picked(CodeSystem.ICD10CM, "R26.0")]
            draft_codes.add_diagnoses(session, control, self.loaded.contract, draft_id, ataxia, **self.act)
            ends = {"stay.start_on": f"{ADMITTED:%m/%d/%Y}", "stay.end_on": "11/26/2026", "stay.duration": "4"}
            self.save(session, SectionName.PROCEDURES, ends, draft_id)
            session.commit()
        return draft_id

    def save(self, session: Session, section: SectionName, typed: dict[str, str], draft_id: UUID | None = None) -> None:
        saved = drafts.save_section(
            session, self.loaded.contract, draft_id or self.case_id, section, typed, seen=Seen(), **self.act
        )
        assert saved.faults == ()

    def submit(self) -> str:
        with self.databases.app.session("mississippi") as session, self.databases.control.session() as control:
            version = session.get_one(Case, self.case_id).version
            confirmed = Confirmed(str(uuid4()), version, accepted=True)
            done = submit_case(session, control, self.loaded, self.case_id, confirmed, **self.act)
            session.commit()
            return done.number

    def request(self, sequence: int) -> Request:
        with self.databases.app.session("mississippi") as session:
            return session.scalars(select(Request).filter_by(case_id=self.case_id, sequence=sequence)).one()

    def case(self) -> Case:
        with self.databases.app.session("mississippi") as session:
            return session.get_one(Case, self.case_id)

    def approve(self, sequence: int) -> None:
        request = self.request(sequence)
        nurse = Actor(ActorKind.STAFF, uuid4(), "Nora Nurse", staff_roles=(StaffRole.REVIEWER_NURSE,))
        with self.databases.app.session("mississippi") as session:
            record_determination(
                session, self.loaded, request.id, [LineDecision(None, Decision.APPROVE, "criteria_met")],
                version=request.review_version, actor=nurse, now=NOW + timedelta(hours=1),
            )  # fmt: skip
            session.commit()

    def counter(self, session: Session, *, actor: Actor, now: datetime) -> Counter:
        return Counter(session, self.loaded.contract, shelf_in(Path()), actor, now)

    def extend(self) -> None:
        with self.databases.app.session("mississippi") as session:
            start_extension(self.counter(session, **self.act), self.request(1).id)
            session.commit()

    def events(self) -> list[str]:
        with self.databases.app.session("mississippi") as session:
            told = select(CaseEvent.kind).where(CaseEvent.case_id == self.case_id).order_by(CaseEvent.position)
            return list(session.scalars(told))


@pytest.fixture
def stay(databases: Databases, shelf: ContractShelf, world: World) -> Stay:
    return Stay(databases, shelf.good["mississippi"], world)


def test_it_starts_where_the_last_one_ends_and_is_submitted_under_the_same_case_id(stay: Stay) -> None:
    number = stay.submit()
    stay.approve(1)
    stay.extend()
    assert (stay.case().status, stay.case().number) == ("un_submitted", number)
    second = stay.request(2)
    assert (second.status, second.request_type, second.start_on) == ("un_submitted", "concurrent", date(2026, 11, 26))
    assert second.service_type == "inpatient_hospital"
    with stay.databases.app.session("mississippi") as session:
        stay.save(session, SectionName.PROCEDURES, {"stay.end_on": "11/30/2026", "stay.duration": "5"})
        session.commit()
    first_sent = stay.case().submitted_at
    assert stay.submit() == number
    assert (stay.case().status, stay.case().submitted_at) == ("submitted", first_sent)
    assert (stay.request(1).status, stay.request(2).status) == ("completed", "submitted")
    stay.approve(2)
    assert stay.case().status == "completed"
    assert stay.events().count("case_submitted") == 2


def test_the_reviewers_keep_the_first_request_while_the_further_one_is_made(stay: Stay) -> None:
    number = stay.submit()
    stay.extend()
    with stay.databases.app.session("mississippi") as session:
        assert get_staff_request(session, number, "R01")[0].status == "submitted"
    stay.approve(1)
    assert (stay.request(1).status, stay.case().status) == ("completed", "un_submitted")


def test_one_extension_at_a_time_without_new_codes(stay: Stay) -> None:
    stay.submit()
    stay.extend()
    with pytest.raises(Conflict, match="R02, was started already"):
        stay.extend()
    walker = [Picked(CodeSystem.HCPCS, "E1399")]
    databases, contract = stay.databases, stay.loaded.contract
    with databases.app.session("mississippi") as session, databases.control.session() as control, NO_CODES:
        draft_codes.add_procedures(session, control, contract, stay.case_id, walker, **stay.act)


def test_dropped_it_leaves_the_case_as_it_was(stay: Stay) -> None:
    stay.submit()
    stay.approve(1)
    stay.extend()
    with stay.databases.app.session("mississippi") as session:
        cancel_draft(session, stay.case_id, **stay.act)
        session.commit()
    assert (stay.case().status, stay.request(1).status, stay.request(2).status) == (
        "completed", "completed", "cancelled",
    )  # fmt: skip
    stay.extend()
    assert (stay.request(3).status, stay.request(3).start_on) == ("un_submitted", date(2026, 11, 26))


def test_a_discharge_ends_what_can_be_extended(stay: Stay) -> None:
    stay.submit()
    later = Act(actor=stay.world.actor, now=NOW + timedelta(days=4))
    with stay.databases.app.session("mississippi") as session:
        record_discharge(stay.counter(session, **later), stay.request(1).id, "11/26/2026", "home")
        session.commit()
    assert (stay.case().discharge_on, stay.case().discharge_to) == (date(2026, 11, 26), "home")
    with pytest.raises(Conflict, match="discharged on 11/26/2026"):
        stay.extend()
