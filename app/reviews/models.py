"""Tables of the reviewers' room. Knows columns and the laws between them, no rule of a contract."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import INSTANT, one_of
from app.storage.db import TenantBase


class Determination(TenantBase):
    """One decision about one line, or about the stay of an inpatient request (``line_id`` empty). Never changed.

    Decisions taken in one act share ``act_id``. ``round`` is ``initial`` or names the right that led to another look.
    ``trace`` is what a rule that approved by itself looked at, test by test.
    """

    __tablename__ = "determination"
    __table_args__ = (
        CheckConstraint(one_of("decision", "approve", "modify", "deny", "void", "pend"), name="decision"),
        Index("ix_determination_request", "request_id", "decided_at"),
        Index("ix_determination_act", "act_id"),
        Index(
            "ix_determination_first",
            "request_id",
            "decided_at",
            "decision",
            postgresql_where=text("round = 'initial' AND decision <> 'pend'"),
        ),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    act_id: Mapped[UUID] = mapped_column(Uuid)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"))
    line_id: Mapped[UUID | None] = mapped_column(Uuid)
    round: Mapped[str] = mapped_column(Text, default="initial")
    decision: Mapped[str] = mapped_column(Text)
    units: Mapped[int | None] = mapped_column(Integer)
    start_on: Mapped[date | None] = mapped_column(Date)
    end_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    """Name of the reason in the contract."""
    reason_text: Mapped[str] = mapped_column(Text, default="")
    """The reason in words, as the contract said it then."""
    outcome: Mapped[str | None] = mapped_column(Text)
    """adverse_medical, adverse_technical or partial; empty for a favourable decision."""
    criterion: Mapped[str] = mapped_column(Text, default="")
    change: Mapped[str] = mapped_column(Text, default="")
    rationale: Mapped[str] = mapped_column(Text, default="")
    """For the payer's own staff."""
    level: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_by_name: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(INSTANT)
    rule: Mapped[str | None] = mapped_column(Text)
    release: Mapped[str] = mapped_column(Text)
    trace: Mapped[list[Any]] = mapped_column(JSONB, default=list)


class ReviewPin(TenantBase):
    """A request somebody keeps at the top of the worklist."""

    __tablename__ = "review_pin"
    __table_args__ = (UniqueConstraint("user_id", "request_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    pinned_at: Mapped[datetime] = mapped_column(INSTANT)


class ReviewSeen(TenantBase):
    """Up to when somebody has read a request: what happened later is unread."""

    __tablename__ = "review_seen"
    __table_args__ = (UniqueConstraint("user_id", "request_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    seen_version: Mapped[int] = mapped_column(Integer)
    seen_at: Mapped[datetime] = mapped_column(INSTANT)


class SavedView(TenantBase):
    """A set of filters of the worklist under a name."""

    __tablename__ = "review_saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(INSTANT)
