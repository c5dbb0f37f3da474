"""What a person sees of their own account's safety: sessions, devices, factors, what happened; and ending it all.

Must not know pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.devices import list_devices
from app.accounts.memberships import end_sessions
from app.accounts.models import UserSession
from app.accounts.own_factors import HeldFactors, held_factors
from app.accounts.recovery_models import KnownDevice
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.storage.audit import record
from app.storage.models import AuditEvent

_EVENTS = 25


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session in force, with the device it began on."""

    id: UUID
    device: str
    began_at: datetime
    ends_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Safety:
    """Everything the security page shows."""

    sessions: tuple[OpenSession, ...]
    devices: tuple[KnownDevice, ...]
    factors: HeldFactors
    history: tuple[AuditEvent, ...]


def safety_of(session: Session, user_id: UUID, session_id: UUID, *, now: datetime) -> Safety:
    """The person's sessions in force, devices, factors and the last 25 events about signing in."""
    rows = session.execute(
        select(UserSession, KnownDevice.label)
        .outerjoin(KnownDevice, KnownDevice.id == UserSession.device_id)
        .where(
            UserSession.user_id == user_id,
            UserSession.stage == "full",
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
        )
        .order_by(UserSession.created_at.desc())
    )
    sessions = tuple(
        OpenSession(row.id, label or "", row.created_at, row.expires_at, row.id == session_id) for row, label in rows
    )
    mine = (AuditEvent.object_type == "user") & (AuditEvent.object_id == str(user_id)) | (
        AuditEvent.actor_id == user_id
    ) & AuditEvent.object_type.in_(("session", "device"))
    events = select(AuditEvent).where(mine).order_by(AuditEvent.occurred_at.desc()).limit(_EVENTS)
    devices, factors = list_devices(session, user_id), held_factors(session, user_id)
    return Safety(sessions, devices, factors, tuple(session.scalars(events)))


def end_session(session: Session, session_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions. Raises NotFound."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != actor.user_id or row.ended_at is not None:
        raise NotFound
    row.ended_at, row.end_reason = now, "ended by its person"
    record(session, actor=actor, action="session:end", object_type="session", object_id=session_id, now=now)


def sign_out_everywhere(session: Session, *, actor: Actor, now: datetime) -> None:
    """End every session of the actor, this one too."""
    if actor.user_id is None:
        raise NotFound
    end_sessions(session, actor.user_id, "signed out everywhere", now)
    record(session, actor=actor, action="session:end-all", object_type="user", object_id=actor.user_id, now=now)
