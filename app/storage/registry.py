"""Tables of schema ``control`` that say which tenants there are, their keys, releases and the case numbers.

Holds no PHI and names no case. Written by ``tenancy`` in plain SQL and declared here for the migrations.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
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
    """From when on a contract's effective content, canonical JSON addressed by its hash, was in force."""

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_slug_effective_at", "slug", "effective_at"), {"info": APPEND_ONLY})

    id: Mapped[UUID] = uuid_pk()
    slug: Mapped[str]
    hash: Mapped[str]
    content: Mapped[str]
    effective_at: Mapped[datetime]


class CaseNumberDay(ControlBase):
    """The last number given out on a local day; one sequence for all tenants."""

    __tablename__ = "case_number_day"
    __table_args__ = (CheckConstraint("last >= 1", name="starts_at_one"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
