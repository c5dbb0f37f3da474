"""Tables of schema ``control`` that say which tenants there are, their keys, releases and the case numbers.

Holds no PHI and names no case. Written by ``tenancy`` in plain SQL and declared here for the migrations.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import APPEND_ONLY, ControlBase, uuid_pk


class Tenant(ControlBase):
    """A tenant that exists or, once purged, existed: its name is never used again."""

    __tablename__ = "tenant"

    slug: Mapped[str] = mapped_column(primary_key=True)
    schema_name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]


class TenantKey(ControlBase):
    """A tenant's file key, wrapped by the master key; destroying it shreds the tenant's files."""

    __tablename__ = "tenant_key"
    __table_args__ = (
        CheckConstraint("(wrapped_key IS NULL) = (destroyed_at IS NOT NULL)", name="is_destroyed_or_there"),
    )

    slug: Mapped[str] = mapped_column(primary_key=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class Release(ControlBase):
    """A contract's effective content, canonical JSON addressed by its hash, and the files it was read from."""

    __tablename__ = "release"
    __table_args__ = ({"info": APPEND_ONLY},)

    slug: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    sources: Mapped[dict[str, str]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]


class Publication(ControlBase):
    """From when on a release was in force, who wrote it, who approved it and why; the highest number counts."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint("kind IN ('installed', 'published', 'rolled_back')", name="kind_is_known"),
        CheckConstraint("(kind = 'published') = (approver IS NOT NULL)", name="published_by_two"),
        CheckConstraint("approver IS NULL OR lower(approver) <> lower(author)", name="two_people"),
        Index("ix_publication_slug_number", "slug", "number"),
        {"info": APPEND_ONLY},
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    slug: Mapped[str]
    hash: Mapped[str]
    replaces: Mapped[str | None]
    kind: Mapped[str]
    author: Mapped[str]
    approver: Mapped[str | None]
    reason: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Proposal(ControlBase):
    """A release one person proposes and another has yet to approve; ``base`` is what its author started from."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'approved', 'withdrawn')", name="state_is_known"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_an_instant"),
        Index("ix_proposal_slug_state", "slug", "state"),
    )

    id: Mapped[UUID] = uuid_pk()
    slug: Mapped[str]
    hash: Mapped[str]
    base: Mapped[str | None]
    author: Mapped[str]
    reason: Mapped[str]
    effective_at: Mapped[datetime | None]
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class ToggleChange(ControlBase):
    """A function switched on or off over the release in force: for whom, from when, until when, by whom and why."""

    __tablename__ = "toggle_change"
    __table_args__ = (
        CheckConstraint("share IS NULL OR share BETWEEN 1 AND 99", name="share_is_a_part"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_toggle_change_slug_number", "slug", "number"),
        {"info": APPEND_ONLY},
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    slug: Mapped[str]
    feature: Mapped[str]
    is_on: Mapped[bool]
    groups: Mapped[list[str]] = mapped_column(JSONB)
    share: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    author: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    undoes: Mapped[int | None] = mapped_column(BigInteger)


class Preview(ControlBase):
    """A draft contract shown at an address of its own, with synthetic people, until a set time."""

    __tablename__ = "preview"

    slug: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]
    content: Mapped[str]
    made_by: Mapped[str]
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    is_ready: Mapped[bool]


class ContractVersion(ControlBase):
    """Raised by everything that changes what is in force for a tenant; every process looks at it each second."""

    __tablename__ = "contract_version"

    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class CaseNumberDay(ControlBase):
    """The last number given out on a local day; one sequence for all tenants."""

    __tablename__ = "case_number_day"
    __table_args__ = (CheckConstraint("last >= 1", name="starts_at_one"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
