"""Tables every tenant has besides its rooms': the audit trail with its chain heads, the outbox, outgoing mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import APPEND_ONLY, TenantBase, uuid_pk


class AuditEvent(TenantBase):
    """Who did what to which object, when, with what result. Never PHI; never changed or removed."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("lane", "position"),
        Index("ix_audit_event_object", "object_type", "object_id"),
        Index("ix_audit_event_occurred_at", "occurred_at"),
        CheckConstraint("position >= 1", name="position_counts_from_one"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[UUID] = uuid_pk()
    lane: Mapped[int]
    position: Mapped[int]
    occurred_at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str | None]
    result: Mapped[str]
    detail: Mapped[dict[str, str]] = mapped_column(JSONB)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(TenantBase):
    """The end of one lane of the chain; a transaction that appends locks one free lane until it commits."""

    __tablename__ = "audit_head"

    lane: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    hash: Mapped[str]


class OutboxRow(TenantBase):
    """An effect owed to the outside, written in the transaction that owes it; its id is the idempotency key."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'done', 'dead')", name="state_is_known"),
        CheckConstraint("(state = 'due') = (finished_at IS NULL)", name="finished_has_an_instant"),
        CheckConstraint("(lease_token IS NULL) = (leased_until IS NULL)", name="lease_is_whole"),
        Index("ix_outbox_due", "due_at", postgresql_where=text("state = 'due'")),
    )

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str]
    payload: Mapped[dict[str, object]] = mapped_column(JSONB)
    key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    last_fault: Mapped[str | None]
    finished_at: Mapped[datetime | None]


class TextMessage(TenantBase):
    """A text message or a call as it was worded, recorded before it is sent; a secret body is blanked once sent."""

    __tablename__ = "text_message"
    __table_args__ = (CheckConstraint("channel IN ('sms', 'voice')", name="channel_is_known"),)

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str]
    channel: Mapped[str]
    to_number: Mapped[str]
    body: Mapped[str]
    is_secret: Mapped[bool] = mapped_column(default=False)
    about_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    provider_reference: Mapped[str] = mapped_column(default="")


class MailMessage(TenantBase):
    """An e-mail as it was worded, recorded before it is sent. Never PHI; a secret body is blanked once sent."""

    __tablename__ = "mail_message"
    __table_args__ = (Index("ix_mail_message_about", "about_id"),)

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str]
    to_address: Mapped[str]
    sender: Mapped[str]
    sender_name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    is_secret: Mapped[bool] = mapped_column(default=False)
    about_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
