"""Tables of what leaves on paper: letters as they were worded and printed, and each way one is on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.db import TenantBase, uuid_pk


class Letter(TenantBase):
    """A letter about a request: printed once and kept, or held until staff mend what keeps it from being printed."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'issued', 'withdrawn')", name="state_is_known"),
        CheckConstraint("(state = 'issued') = (sha256 IS NOT NULL)", name="issued_is_printed"),
        CheckConstraint("(state = 'held') = (held_because <> '')", name="held_says_why"),
        UniqueConstraint("file_name"),
        Index("ix_letter_case", "case_id", "written_at"),
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID]
    request_id: Mapped[UUID]
    request_label: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    file_name: Mapped[str]
    state: Mapped[str]
    held_because: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str | None]
    size: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime]
    modified_at: Mapped[datetime]

    deliveries: Mapped[list[LetterDelivery]] = relationship(order_by="LetterDelivery.channel", back_populates="letter")


class LetterDelivery(TenantBase):
    """One way a letter takes: the portal, a fax, the post."""

    __tablename__ = "letter_delivery"
    __table_args__ = (
        CheckConstraint("channel IN ('portal', 'fax', 'mail')", name="channel_is_known"),
        CheckConstraint("state IN ('queued', 'sending', 'delivered', 'unaddressed')", name="state_is_known"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_an_instant"),
        UniqueConstraint("letter_id", "channel"),
        Index("ix_letter_delivery_state", "state"),
    )

    id: Mapped[UUID] = uuid_pk()
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letter.id"))
    channel: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    carrier_id: Mapped[str] = mapped_column(default="")
    outbox_id: Mapped[UUID | None]
    queued_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    letter: Mapped[Letter] = relationship(back_populates="deliveries")


class Message(TenantBase):
    """A message about a case, from a provider's side to the payer's or back. Never changed; read by both sides."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("sender_kind IN ('provider', 'staff')", name="sender_is_known"),
        Index("ix_message_group", "group_id", "sent_at"),
        Index("ix_message_thread", "thread_id", "sent_at"),
        Index("ix_message_sent", "sent_at"),
        Index("ix_message_case", "case_id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = uuid_pk()
    thread_id: Mapped[UUID]
    """The first message of the thread."""
    case_id: Mapped[UUID]
    case_number: Mapped[str]
    group_id: Mapped[UUID]
    provider_user_id: Mapped[UUID | None]
    """Who on the provider's side is told by e-mail: whoever wrote last there, else whoever sent the request."""
    sender_kind: Mapped[str]
    sender_id: Mapped[UUID | None]
    sender_name: Mapped[str]
    recipient_name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    sent_at: Mapped[datetime]


class MessageRead(TenantBase):
    """Somebody has read a message."""

    __tablename__ = "message_read"
    __table_args__ = (UniqueConstraint("user_id", "message_id"),)

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    read_at: Mapped[datetime]
