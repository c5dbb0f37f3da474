"""The operator's own people as the console shows them: who may do what where, who looks inside, and shutting one out.

Must not know pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.setup_reading import Listing, like_of
from app.accounts.staff import end_staff_sessions
from app.accounts.staff_models import StaffEntry, StaffEvent, StaffMember
from app.accounts.staff_plan import CONSOLE, StaffPlan
from app.domain.access import Actor, StaffRole
from app.domain.errors import Conflict, NotFound

ENTRIES_SHOWN = 50
SORTS = ("name", "seen_at", "status")
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Held:
    """Roles at some places, by slug; the console is a place too."""

    roles: tuple[StaffRole, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff, with what the memberships of the last sign-in give under the plan in force."""

    id: UUID
    name: str
    email: str
    last_sign_in_at: datetime
    is_active: bool
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A time somebody was let look inside a tenant; ``until`` is when it ended or ends."""

    name: str
    slug: str
    reason: str
    since: datetime
    until: datetime
    is_open: bool


def list_staff(control: Session, plan: StaffPlan, slugs: Sequence[str], asked: Listing) -> tuple[list[Person], int]:
    """One page of those who have signed in, and how many there are; ``slugs`` are the tenants."""
    statement = select(StaffMember)
    if asked.text:
        like = like_of(asked.text)
        statement = statement.where(or_(StaffMember.name.ilike(like), StaffMember.email.ilike(like)))
    if asked.state:
        statement = statement.where(StaffMember.is_active.is_(asked.state == ACTIVE))
    total = control.scalar(select(func.count()).select_from(statement.subquery())) or 0
    columns: dict[str, ColumnElement[Any]] = {
        "name": func.lower(StaffMember.name),
        "seen_at": StaffMember.last_sign_in_at.expression,
        "status": StaffMember.is_active.expression,
    }
    column = columns[asked.sort]
    order = column.desc() if asked.descending else column.asc()
    statement = statement.order_by(order, columns["name"], StaffMember.id).offset(asked.offset).limit(asked.limit)
    rows = control.scalars(statement)
    return [
        Person(row.id, row.name, row.email, row.last_sign_in_at, row.is_active, _held(plan, row, slugs)) for row in rows
    ], total


def list_visits(control: Session, *, now: datetime) -> tuple[Visit, ...]:
    """The last times somebody was let look inside a tenant, the newest first."""
    rows = control.execute(
        select(StaffEntry, StaffMember.name)
        .join(StaffMember, StaffMember.id == StaffEntry.staff_id)
        .order_by(StaffEntry.starts_at.desc(), StaffEntry.id)
        .limit(ENTRIES_SHOWN)
    )
    found = []
    for row, name in rows:
        until = min(row.ends_at, row.ended_at or row.ends_at)
        found.append(Visit(name, row.slug, row.reason, row.starts_at, until, is_open=until > now))
    return tuple(found)


def shut_out(control: Session, staff_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Shut a person out of every place at once; the name. Raises NotFound, Conflict for oneself."""
    member = _other(control, staff_id, actor)
    member.is_active = False
    end_staff_sessions(control, member.id, now=now)
    return _told(control, member, "staff:shut-out", actor, now)


def let_in(control: Session, staff_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Let a person who was shut out sign in again; the name. Raises NotFound, Conflict for oneself."""
    member = _other(control, staff_id, actor)
    member.is_active = True
    return _told(control, member, "staff:let-in", actor, now)


def _held(plan: StaffPlan, member: StaffMember, slugs: Sequence[str]) -> tuple[Held, ...]:
    places: dict[tuple[StaffRole, ...], list[str]] = {}
    for place in (CONSOLE, *slugs):
        if roles := plan.roles(member.claims, place):
            places.setdefault(roles, []).append(place)
    return tuple(Held(roles, tuple(names)) for roles, names in places.items())


def _other(control: Session, staff_id: UUID, actor: Actor) -> StaffMember:
    member = control.scalar(select(StaffMember).where(StaffMember.id == staff_id).with_for_update())
    if member is None:
        raise NotFound
    if member.id == actor.user_id:
        raise Conflict("You cannot shut yourself out. Ask a colleague.")
    return member


def _told(control: Session, member: StaffMember, action: str, actor: Actor, now: datetime) -> str:
    about = {"about": member.name, "about_id": member.id}
    control.add(StaffEvent(at=now, staff_id=actor.user_id, action=action, place=CONSOLE, result="ok", **about))
    return member.name
