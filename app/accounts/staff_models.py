"""Tables of schema ``control`` about the payer's staff: who they are, where they are signed in, whose door they opened.

Holds no PHI and no password: who somebody is, the identity provider says.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import APPEND_ONLY, ControlBase, uuid_pk


class StaffMember(ControlBase):
    """A person the identity provider vouched for; ``claims`` are the memberships it named at the last sign-in."""

    __tablename__ = "staff_member"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = uuid_pk()
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    claims: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime]

    def __repr__(self) -> str:
        return f"<StaffMember {self.id}>"


class StaffSession(ControlBase):
    """A browser's session at one place, a tenant's slug or the console, known by the SHA-256 of its token."""

    __tablename__ = "staff_session"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_a_reason"),
        Index("ix_staff_session_staff_id", "staff_id"),
    )

    id: Mapped[UUID] = uuid_pk()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(StaffMember.id))
    place: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class StaffEntry(ControlBase):
    """Leave to look inside one tenant for a limited time, with the reason the person gave."""

    __tablename__ = "staff_entry"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="has_a_length"),
        Index("ix_staff_entry_staff_id_slug", "staff_id", "slug"),
    )

    id: Mapped[UUID] = uuid_pk()
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(StaffMember.id))
    slug: Mapped[str]
    reason: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffEvent(ControlBase):
    """What the staff did on the platform's side: sign-ins, entries, being shut out. Never changed or removed."""

    __tablename__ = "staff_event"
    __table_args__ = (Index("ix_staff_event_staff_id_at", "staff_id", "at"), {"info": APPEND_ONLY})

    id: Mapped[UUID] = uuid_pk()
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None]
    action: Mapped[str]
    place: Mapped[str]
    result: Mapped[str]
    about_id: Mapped[UUID | None]
    about: Mapped[str] = mapped_column(default="")
