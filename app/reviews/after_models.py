"""Tables of what follows a decision: another look, talks between physicians, changes asked for. Knows no rule."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import INSTANT, one_of
from app.storage.db import TenantBase

QUARTER_SECONDS = 900
ACTIVE_TALKS = ("requested", "booked")


class Reopening(TenantBase):
    """Why a decided request is looked at again: the right that was used, on which grounds, and what came of it.

    ``act_id`` is the act of deciding that is questioned; ``round`` of the new determinations is ``right``.
    """

    __tablename__ = "request_reopening"
    __table_args__ = (
        CheckConstraint(one_of("state", "open", "decided"), name="state"),
        CheckConstraint(one_of("outcome", "upheld", "changed"), name="outcome"),
        CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_at_some_time"),
        Index("uq_request_reopening_open", "request_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_request_reopening_request", "request_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    right: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    ground: Mapped[str] = mapped_column(Text, default="")
    """The ground in words, as the contract said it then."""
    act_id: Mapped[UUID | None] = mapped_column(Uuid)
    asked_by: Mapped[UUID] = mapped_column(Uuid)
    asked_by_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    outcome: Mapped[str | None] = mapped_column(Text)


class PeerToPeer(TenantBase):
    """A talk between a provider's clinician and a physician of the payer: times offered, booked, held or not."""

    __tablename__ = "peer_to_peer"
    __table_args__ = (
        CheckConstraint(one_of("state", "requested", "booked", "held", "cancelled", "missed"), name="state"),
        CheckConstraint(one_of("outcome", "stands", "changed", "more_information"), name="outcome"),
        CheckConstraint("(state = 'held') = (outcome IS NOT NULL)", name="held_has_an_outcome"),
        CheckConstraint(
            "state <> 'booked' OR (physician_id IS NOT NULL AND starts_at IS NOT NULL AND ends_at > starts_at)",
            name="booked_with_somebody",
        ),
        Index(
            "uq_peer_to_peer_active",
            "request_id",
            unique=True,
            postgresql_where=text(one_of("state", *ACTIVE_TALKS)),
        ),
        Index("ix_peer_to_peer_open", "asked_at", postgresql_where=text(one_of("state", *ACTIVE_TALKS))),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(Text, default="requested")
    clinician: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(Text)
    """The clinician's time zone, as the tz database names it."""
    slots: Mapped[list[Any]] = mapped_column(JSONB)
    """When the clinician could talk, as instants in UTC, the earliest first."""
    asked_by: Mapped[UUID] = mapped_column(Uuid)
    asked_by_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    physician_id: Mapped[UUID | None] = mapped_column(Uuid)
    physician_name: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ends_at: Mapped[datetime | None] = mapped_column(INSTANT)
    booked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    outcome: Mapped[str | None] = mapped_column(Text)
    ended_because: Mapped[str] = mapped_column(Text, default="")
    """What the physician wrote about the talk, or why there was none."""
    ended_by_name: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    version: Mapped[int] = mapped_column(Integer, default=1)
    """Raised by every act; also the number of the calendar entry's edition."""


class ReservedQuarter(TenantBase):
    """A quarter of an hour of a physician that a booked talk takes: nobody can be booked twice at once."""

    __tablename__ = "reserved_quarter"
    __table_args__ = (
        UniqueConstraint("physician_id", "begins_at"),
        CheckConstraint(f"mod(EXTRACT(EPOCH FROM begins_at), {QUARTER_SECONDS}) = 0", name="on_the_quarter"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    physician_id: Mapped[UUID] = mapped_column(Uuid)
    begins_at: Mapped[datetime] = mapped_column(INSTANT)
    peer_to_peer_id: Mapped[UUID] = mapped_column(ForeignKey("peer_to_peer.id", ondelete="CASCADE"), index=True)


class Revision(TenantBase):
    """A change of an authorization that a provider asked for, and what the payer's staff answered."""

    __tablename__ = "revision"
    __table_args__ = (
        CheckConstraint(one_of("state", "open", "done", "declined"), name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_once_closed"),
        Index("ix_revision_request", "request_id", "asked_at"),
        Index("ix_revision_open", "asked_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(Text, default="open")
    text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID] = mapped_column(Uuid)
    asked_by_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_name: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(INSTANT)
