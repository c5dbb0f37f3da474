"""A submitted request in Mississippi, a nurse and two physicians of the payer, and a supervisor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.cases.clock_models import RequestDeadline
from app.cases.models import Case, CaseEvent, ProcedureLine, Request
from app.cases.submission import Confirmed, submit_case
from app.domain.access import Actor, ActorKind, StaffRole
from tests.rooms.cases.conftest import complete_draft, signed_in, world  # noqa: F401 - fixtures
from tests.rooms.cases.people import NOW, World

if TYPE_CHECKING:
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf, LoadedContract
    from tenancy.scope import TenantSession


def staff(name: str, *roles: StaffRole) -> Actor:
    return Actor(ActorKind.STAFF, uuid4(), name, staff_roles=roles)


@dataclass(frozen=True, slots=True)
class Sent:
    """A submitted request, and what tests ask about it."""

    loaded: LoadedContract
    databases: Databases
    world: World
    case_id: UUID
    request_id: UUID
    number: str
    nurse: Actor
    physician: Actor
    other_physician: Actor
    supervisor: Actor

    def session(self) -> TenantSession:
        return self.databases.app.session("mississippi")

    def request(self) -> Request:
        with self.session() as session:
            found = session.get(Request, self.request_id)
            assert found is not None
            return found

    def case(self) -> Case:
        with self.session() as session:
            found = session.get(Case, self.case_id)
            assert found is not None
            return found

    def lines(self) -> list[ProcedureLine]:
        with self.session() as session:
            found = select(ProcedureLine).filter_by(request_id=self.request_id).order_by(ProcedureLine.position)
            return list(session.scalars(found))

    def deadlines(self) -> list[RequestDeadline]:
        with self.session() as session:
            found = select(RequestDeadline).filter_by(request_id=self.request_id)
            return list(session.scalars(found))

    def events(self) -> list[str]:
        with self.session() as session:
            told = select(CaseEvent.kind).where(CaseEvent.case_id == self.case_id)
            return list(session.scalars(told.order_by(CaseEvent.position)))


@pytest.fixture
def sent(
    databases: Databases,
    shelf: ContractShelf,
    world: World,  # noqa: F811 - the fixture
    complete_draft: Callable[..., UUID],  # noqa: F811 - the fixture
) -> Sent:
    """Sent at 9:30 AM CST on Monday, 23 November 2026."""
    draft_id = complete_draft(world)
    loaded = shelf.good["mississippi"]
    with databases.app.session("mississippi") as session, databases.control.session() as control:
        case = session.get(Case, draft_id)
        assert case is not None
        done = submit_case(
            session, control, loaded, draft_id, Confirmed(str(uuid4()), case.version, accepted=True),
            actor=world.actor, now=NOW,
        )  # fmt: skip
        session.commit()
        request_id = session.scalars(select(Request.id).filter_by(case_id=draft_id)).one()
    return Sent(
        loaded=loaded,
        databases=databases,
        world=world,
        case_id=draft_id,
        request_id=request_id,
        number=done.number,
        nurse=staff("Nora Nurse", StaffRole.REVIEWER_NURSE),
        physician=staff("Phil Physician", StaffRole.REVIEWER_PHYSICIAN),
        other_physician=staff("Olga Other", StaffRole.REVIEWER_PHYSICIAN),
        supervisor=staff("Susan Supervisor", StaffRole.SUPERVISOR),
    )


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)
