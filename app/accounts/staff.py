"""The payer's staff at the portal: let in on the identity provider's word, into the places their grants name.

Works on ``control``; inside a tenant it writes to the trail only. Must not know requests, cookies or pages.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.oidc import Vouched
from app.accounts.secrets import new_token, token_hash
from app.accounts.staff_models import StaffEntry, StaffEvent, StaffMember, StaffSession
from app.accounts.staff_plan import CONSOLE, StaffPlan
from app.domain.access import Actor, ActorKind, StaffRole
from app.domain.errors import FieldFault, Invalid, NotFound
from app.storage.audit import record

SESSION_LIFE = timedelta(hours=12)
ENTRY_LENGTHS = (15, 30, 60, 120)
"""Minutes one may look inside a tenant."""
SHORTEST_REASON, LONGEST_REASON = 10, 300


class NotAdmitted(Exception):
    """The person is known to the identity provider and has no role at this place; the refusal is told, commit it."""


@dataclass(frozen=True, slots=True)
class StaffVisit:
    """Somebody of the staff at one place. ``until`` ends a time-boxed entry, None for those who work there."""

    session_id: UUID
    actor: Actor
    place: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Leave to look inside a tenant."""

    id: UUID
    slug: str
    ends_at: datetime


def admit(
    control: Session, inside: Session | None, plan: StaffPlan, vouched: Vouched, place: str, *, now: datetime
) -> str:
    """Open a session for a vouched person at a place and return its token.

    ``inside`` is the tenant's Session where the place is a tenant; its trail is told too. Raises NotAdmitted for
    somebody deactivated here or without a role at the place; what was told must be committed.
    """
    member = _known(control, vouched, now)
    roles, entry = _roles(control, plan, member, place, now)
    result = "ok" if member.is_active and roles else "refused"
    _tell(control, member.id, "staff:sign-in", place, now, result=result)
    if inside is not None:
        about = ("staff_entry", entry.id) if entry else ("staff", member.id)
        _tell_tenant(inside, _actor(member, roles), about, result, now)
    if result == "refused":
        raise NotAdmitted
    token = new_token()
    ends = min(now + SESSION_LIFE, entry.ends_at) if entry else now + SESSION_LIFE
    row = StaffSession(token_hash=token_hash(token), staff_id=member.id, place=place, created_at=now, expires_at=ends)
    control.add(row)
    return token


def find_visit(control: Session, plan: StaffPlan, token: str, place: str, *, now: datetime) -> StaffVisit | None:
    """Who a token is at a place, with the roles held now; None once the session, the person or the last role ended.

    Asked at every request, so that whoever is shut out is out at the next one (S6).
    """
    found = control.execute(
        select(StaffSession.id, StaffMember)
        .join(StaffMember, StaffMember.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.place == place,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
            StaffMember.is_active,
        )
    ).one_or_none()
    if found is None:
        return None
    session_id, member = found
    roles, entry = _roles(control, plan, member, place, now)
    if not roles:
        return None
    return StaffVisit(session_id, _actor(member, roles), place, entry.ends_at if entry else None)


def entry_faults(reason: str, minutes: int) -> tuple[FieldFault, ...]:
    """What is wrong with a reason for looking inside, and with the length of it."""
    faults = []
    if not SHORTEST_REASON <= len(" ".join(reason.split())) <= LONGEST_REASON:
        faults.append(FieldFault("reason", "Say in a sentence why you need to look inside. Name no patient."))
    if minutes not in ENTRY_LENGTHS:
        faults.append(FieldFault("minutes", "Choose how long you need."))
    return tuple(faults)


def enter_tenant(
    control: Session, inside: Session, slug: str, reason: str, minutes: int, *, actor: Actor, now: datetime
) -> Entry:
    """Give the actor leave to look inside a tenant from now on, for 15 to 120 minutes, told on both sides.

    The reason stays in ``control``; the tenant's trail names the entry's id. Raises Invalid.
    """
    reason, faults = " ".join(reason.split()), entry_faults(reason, minutes)
    if faults or actor.user_id is None:
        raise Invalid(faults)
    entry = Entry(uuid.uuid4(), slug, now + timedelta(minutes=minutes))
    row = StaffEntry(
        id=entry.id, staff_id=actor.user_id, slug=slug, reason=reason, starts_at=now, ends_at=entry.ends_at
    )
    control.add(row)
    _tell(control, actor.user_id, "tenant:enter", slug, now, about=entry.id)
    detail = {"minutes": str(minutes)}
    record(
        inside,
        actor=actor,
        action="tenant:enter",
        object_type="staff_entry",
        object_id=entry.id,
        detail=detail,
        now=now,
    )
    return entry


def list_entries(control: Session, actor: Actor, *, now: datetime) -> dict[str, datetime]:
    """Tenants the actor may look inside now, with the instant that ends it."""
    rows = control.execute(
        select(StaffEntry.slug, StaffEntry.ends_at)
        .where(StaffEntry.staff_id == actor.user_id, StaffEntry.ends_at > now, StaffEntry.ended_at.is_(None))
        .order_by(StaffEntry.ends_at)
    )
    return {row.slug: row.ends_at for row in rows}


def list_colleagues(control: Session, plan: StaffPlan, place: str) -> tuple[Actor, ...]:
    """Everybody who has a role at a place by the memberships named at the last sign-in, by name.

    Those shut out are left out, and those who only look inside for a limited time.
    """
    active = select(StaffMember).where(StaffMember.is_active).order_by(StaffMember.name, StaffMember.id)
    known = ((member, plan.roles(member.claims, place)) for member in control.scalars(active))
    return tuple(_actor(member, roles) for member, roles in known if roles)


def leave(control: Session, session_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Sign out of one place; an entry into it ends too."""
    row = control.execute(select(StaffSession).where(StaffSession.id == session_id)).scalar_one()
    row.ended_at, row.end_reason = now, "signed out"
    control.execute(
        update(StaffEntry)
        .where(StaffEntry.staff_id == row.staff_id, StaffEntry.slug == row.place, StaffEntry.ended_at.is_(None))
        .values(ended_at=now)
    )
    _tell(control, actor.user_id, "staff:sign-out", row.place, now)


def set_active(control: Session, email: str, *, is_active: bool, now: datetime) -> int:
    """Shut the people with this e-mail address out at once, or let them sign in again; how many there are.

    Every session of theirs ends. Raises NotFound.
    """
    members = control.scalars(select(StaffMember).where(StaffMember.email == email)).all()
    if not members:
        raise NotFound
    for member in members:
        member.is_active = is_active
        _tell(control, member.id, "staff:activate" if is_active else "staff:deactivate", CONSOLE, now)
        if not is_active:
            end_staff_sessions(control, member.id, now=now)
    return len(members)


def end_staff_sessions(control: Session, staff_id: UUID, *, now: datetime) -> None:
    """End every session of somebody who is shut out, and every leave to look inside."""
    still = (StaffSession.staff_id == staff_id) & StaffSession.ended_at.is_(None)
    control.execute(update(StaffSession).where(still).values(ended_at=now, end_reason="deactivated"))
    inside = (StaffEntry.staff_id == staff_id) & StaffEntry.ended_at.is_(None) & (StaffEntry.ends_at > now)
    control.execute(update(StaffEntry).where(inside).values(ended_at=now))


def _known(control: Session, vouched: Vouched, now: datetime) -> StaffMember:
    """The person's row, made at the first sign-in, with what the identity provider says now."""
    said = {"name": vouched.name, "email": vouched.email, "claims": list(vouched.claims), "last_sign_in_at": now}
    key = {"issuer": vouched.issuer, "subject": vouched.subject}
    fresh = {"id": uuid.uuid4(), "is_active": True, "created_at": now, **key, **said}
    statement = insert(StaffMember).values(fresh)
    control.execute(statement.on_conflict_do_update(index_elements=["issuer", "subject"], set_=said))
    return control.execute(select(StaffMember).filter_by(**key).execution_options(populate_existing=True)).scalar_one()


def _roles(
    control: Session, plan: StaffPlan, member: StaffMember, place: str, now: datetime
) -> tuple[tuple[StaffRole, ...], StaffEntry | None]:
    """Roles granted at the place, or else those of the console while an entry into the place is in force."""
    granted = plan.roles(member.claims, place)
    if granted or place == CONSOLE:
        return granted, None
    entry = control.scalar(
        select(StaffEntry)
        .where(
            StaffEntry.staff_id == member.id,
            StaffEntry.slug == place,
            StaffEntry.starts_at <= now,
            StaffEntry.ends_at > now,
            StaffEntry.ended_at.is_(None),
        )
        .order_by(StaffEntry.ends_at.desc())
        .limit(1)
    )
    return (plan.roles(member.claims, CONSOLE), entry) if entry else ((), None)


def _actor(member: StaffMember, roles: tuple[StaffRole, ...]) -> Actor:
    return Actor(ActorKind.STAFF, member.id, member.name, staff_roles=roles)


def _tell_tenant(inside: Session, who: Actor, about: tuple[str, UUID], result: str, now: datetime) -> None:
    record(
        inside,
        actor=who,
        action="session:start",
        object_type=about[0],
        object_id=about[1],
        result=result,
        detail={"roles": " ".join(who.staff_roles)},
        now=now,
    )


def _tell(
    control: Session,
    staff_id: UUID | None,
    action: str,
    place: str,
    now: datetime,
    *,
    result: str = "ok",
    about: UUID | None = None,
) -> None:
    row = StaffEvent(at=now, staff_id=staff_id, action=action, place=place, result=result, about_id=about)
    control.add(row)
