"""Rows that every test of the cases room needs: members, providers, groups, people, a few codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.accounts.models import ProviderGroup, UserAccount
from app.accounts.queries import username_key
from app.cases import draft_codes, drafts
from app.cases.draft_codes import Picked
from app.cases.drafts import Seen, Start
from app.directory.code_loading import is_loaded, load_edition
from app.directory.code_packages import Edition
from app.directory.code_sources import CodeRow
from app.directory.folding import code_key, folded, identifier_key, name_key, name_parts
from app.directory.models import Member, MemberEligibility, Provider
from app.domain.access import Actor, ActorKind
from app.domain.numbering import npi_check_digit
from app.storage.db import Databases
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import Category, CodeSystem, Role, SectionName

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


class Act(TypedDict):
    """Who acts and when, as every service asks."""

    actor: Actor
    now: datetime


def acting(actor: Actor) -> Act:
    """The actor, at the instant of the tests."""
    return Act(actor=actor, now=NOW)


@dataclass(frozen=True, slots=True)
class World:
    """A clinic with a person at its desk, another clinic, a member, and providers to choose from."""

    clinic: UUID
    stranger_clinic: UUID
    provider: UUID
    doctor: UUID
    member: UUID
    actor: Actor
    colleague: Actor
    stranger: Actor


def a_provider(
    session: Session, name: str, digits: str, *, entity: str = "organization", fax: str = "6015550199"
) -> Provider:
    """An active provider with a valid NPI."""
    npi = digits + npi_check_digit(digits)
    row = Provider(
        id=uuid4(),
        npi=npi,
        state_identifier="A" + digits,
        state_identifier_key="a" + digits,
        entity=entity,
        name=name,
        taxonomy="261QP2300X",
        type="Clinics" if entity == "organization" else "Physicians",
        specialty="Primary Care",
        address_1="12 Sample Street",
        city="Exampleton",
        state="MS",
        postal_code="39201",
        phone="6015550100",
        fax=fax,
        is_active=True,
        search_text=f" {folded(name)} ",
    )
    session.add(row)
    return row


def a_member(session: Session, *, first: str = "Ana", last: str = "Ortiz", number: str = "M10000001") -> Member:
    """A member born in 1977 with a programme running since 2020."""
    row = Member(
        id=uuid4(),
        member_number=number,
        member_number_key=identifier_key(number),
        first_name=first,
        last_name=last,
        last_name_key=name_key(last),
        last_name_parts=name_parts(last),
        sex="female",
        birth_date=date(1977, 1, 15),
        address_1="4 Made-up Lane",
        city="Exampleton",
        state="MS",
        postal_code="39201",
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    session.add(
        MemberEligibility(id=uuid4(), member_id=row.id, program="sse", starts_on=date(2020, 1, 1), ends_on=None)
    )
    return row


def a_person(session: Session, name: str) -> UserAccount:
    """A user account."""
    row = UserAccount(
        id=uuid4(),
        username=name,
        username_key=username_key(name),
        email=f"{name}@clinic.example",
        first_name=name.capitalize(),
        last_name="Tester",
        password_hash=None,
        password_set_at=None,
        enrolled_at=NOW,
        is_active=True,
        created_at=NOW,
    )
    session.add(row)
    return row


def a_group(session: Session, provider: Provider) -> ProviderGroup:
    """The provider's group."""
    row = ProviderGroup(id=uuid4(), provider_id=provider.id, name=provider.name, is_active=True, registered_at=NOW)
    session.add(row)
    return row


def an_actor(person: UserAccount, group: ProviderGroup) -> Actor:
    """The person, working for the group."""
    return Actor(ActorKind.PROVIDER, person.id, person.full_name, ((group.id, Role.STAFF),), group.id)


def a_world(session: Session) -> World:
    """Everything a request needs, committed."""
    clinic = a_provider(session, "Example Clinic", "100000001")
    other = a_provider(session, "Other Hospital", "100000002", fax="")
    doctor = a_provider(session, "Jane Sample", "100000003", entity="individual")
    session.flush()
    group, stranger_group = a_group(session, clinic), a_group(session, other)
    people = [a_person(session, name) for name in ("alex", "blair", "casey")]
    member = a_member(session)
    session.commit()
    return World(
        clinic=group.id,
        stranger_clinic=stranger_group.id,
        provider=clinic.id,
        doctor=doctor.id,
        member=member.id,
        actor=an_actor(people[0], group),
        colleague=an_actor(people[1], group),
        stranger=an_actor(people[2], stranger_group),
    )


CODES = {
    CodeSystem.ICD10CM: (
        ("M17.11", "Unilateral primary osteoarthritis, right knee", True),
        ("M17.12", "Unilateral primary osteoarthritis, left knee", True),
        ("M17", "Osteoarthritis of knee", False),
        ("S92.154B", "Nondisplaced avulsion fracture of right talus, initial encounter for open fracture", True),
        ("R26.0", "Ataxic gait", True),
    ),
    CodeSystem.HCPCS: (
        ("E0141", "Walker, rigid, wheeled, adjustable or fixed height", True),
        ("S9131", "Physical therapy; in the home, per diem", True),
        ("E1399", "Durable medical equipment, miscellaneous", True),
        ("E1390", "Oxygen concentrator, single delivery port", True),
        ("K0001", "Standard wheelchair", True),
    ),
}


def some_codes(control: Session) -> None:
    """A few codes in force, committed."""
    for system, codes in CODES.items():
        edition = Edition(system, "test", date(2020, 1, 1), None, "tests")
        if not is_loaded(control, edition):
            rows = [CodeRow(code_key(code), long[:40].upper(), long, billable) for code, long, billable in codes]
            load_edition(control, edition, rows, now=NOW)
    control.commit()


def a_complete_draft(databases: Databases, loaded: LoadedContract, world: World, *, now: datetime = NOW) -> UUID:
    """An outpatient draft in Mississippi that lacks nothing but the disclaimer, committed."""
    act = Act(actor=world.actor, now=now)
    begun = Start(Category.OUTPATIENT, world.member, world.clinic, world.provider)
    with databases.app.session("mississippi") as session, databases.control.session() as control:
        draft_id = drafts.open_draft(session, loaded, begun, **act).draft_id
        details = {"service_type": "diabetic_care", "place_of_service": "office"}
        name = SectionName.SERVICE_DETAILS
        drafts.save_section(session, loaded.contract, draft_id, name, details, seen=Seen(), **act)
        knee = [Picked(CodeSystem.ICD10CM, "M17.11")]
        draft_codes.add_diagnoses(session, control, loaded.contract, draft_id, knee, **act)
        walker = [Picked(CodeSystem.HCPCS, "E1399")]
        line = draft_codes.add_procedures(session, control, loaded.contract, draft_id, walker, **act)
        typed = _line_of(line.focus.split(".")[1], loaded.contract, now.date() + timedelta(days=7))
        saved = drafts.save_section(
            session, loaded.contract, draft_id, SectionName.PROCEDURES, typed, seen=Seen(), **act
        )
        assert saved.faults == ()
        session.commit()
        return draft_id


def _line_of(line_id: str, contract: Contract, first: date) -> dict[str, str]:
    """Thirty days of one code, as typed."""
    typed = {"start_on": f"{first:%m/%d/%Y}", "end_on": f"{first + timedelta(days=29):%m/%d/%Y}", "duration": "30"}
    typed |= {"quantity": "1", "rate": "120.50", "frequency": next(iter(contract.catalogue.lists["frequencies"]))}
    return {f"line.{line_id}.{key}": value for key, value in typed.items()}
