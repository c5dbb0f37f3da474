"""The control plane's own trail: who of the staff did what to which contract. Append-only, never PHI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts.staff_models import StaffEvent, StaffMember
from app.domain.access import Actor
from tenancy.scope import ControlSession


@dataclass(frozen=True, slots=True)
class Told:
    """One act as the record shows it."""

    at: datetime
    who: str
    action: str
    place: str
    about: str
    result: str


def tell(
    control: ControlSession,
    action: str,
    slug: str,
    *,
    actor: Actor,
    now: datetime,
    about: str = "",
    about_id: UUID | None = None,
    result: str = "ok",
) -> None:
    """Tell the trail of one act, in its own transaction; ``about`` names a switch, a release or a row by its id."""
    control.add(
        StaffEvent(
            at=now, staff_id=actor.user_id, action=action, place=slug, result=result, about=about, about_id=about_id
        )
    )


def find_author(control: ControlSession, proposal_id: UUID) -> UUID | None:
    """Who of the staff proposed a release at the console; None when it was proposed by command."""
    return control.scalar(
        select(StaffEvent.staff_id).where(
            StaffEvent.action == "release:propose", StaffEvent.about_id == proposal_id, StaffEvent.result == "ok"
        )
    )


def list_told(control: ControlSession, place: str = "", *, offset: int = 0, limit: int = 50) -> tuple[Told, ...]:
    """The trail, the newest act first; of one place when it is named."""
    statement = (
        select(StaffEvent, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == StaffEvent.staff_id)
        .order_by(StaffEvent.at.desc(), StaffEvent.id)
    )
    if place:
        statement = statement.where(StaffEvent.place == place)
    rows = control.execute(statement.offset(offset).limit(limit))
    return tuple(Told(row.at, name or "", row.action, row.place, row.about, row.result) for row, name in rows)
