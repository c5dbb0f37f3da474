"""The clocks that run for a request, and what stops them. Knows columns and the laws between them, no rule."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import INSTANT, one_of
from app.storage.db import TenantBase


class RequestDeadline(TenantBase):
    """One of the clocks that run for a request, with the rule as it was when the request was sent.

    ``due_at`` is empty while the clock stands still. ``terms`` keeps the rule's figures, so that a later edit of the
    contract moves no deadline; ``calendar`` names the holiday tables it was last computed with.
    """

    __tablename__ = "request_deadline"
    __table_args__ = (
        UniqueConstraint("request_id", "rule"),
        CheckConstraint(one_of("state", "running", "paused", "met", "expired", "stopped"), name="state"),
        CheckConstraint("(state = 'paused') = (due_at IS NULL)", name="paused_has_no_end"),
        Index("ix_request_deadline_due", "due_at", postgresql_where=text("state = 'running'")),
        Index("ix_request_deadline_extended", "request_id", postgresql_where=text("extended_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(Text)
    release: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    citation: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(INSTANT)
    due_at: Mapped[datetime | None] = mapped_column(INSTANT)
    state: Mapped[str] = mapped_column(Text, default="running")
    extended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)


class InformationRequest(TenantBase):
    """What a reviewer asked a provider for, by when, and the answer."""

    __tablename__ = "information_request"
    __table_args__ = (
        CheckConstraint(one_of("state", "open", "answered", "lapsed", "withdrawn"), name="state"),
        Index("ix_information_request_request", "request_id", "asked_at"),
        Index("uq_information_request_open", "request_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_information_request_due", "due_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(Text, default="open")
    items: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    """One pair for each thing asked for: its words, and what the provider answered."""
    message: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[UUID] = mapped_column(Uuid)
    asked_by_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    due_at: Mapped[datetime] = mapped_column(INSTANT)
    due_reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[UUID | None] = mapped_column(Uuid)
    answered_by_name: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(INSTANT)
    is_late: Mapped[bool] = mapped_column(Boolean, default=False)
    resumed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    """When the clocks ran again: the answer, or the end of waiting."""
