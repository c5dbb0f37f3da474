"""Tables of schema ``control`` that the console keeps: drafts of contracts, figures of the tenants. No PHI."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.staff_models import StaffMember
from app.storage.db import ControlBase


class ContractDraft(ControlBase):
    """A contract's file as somebody is changing it; ``base`` is the newest release when they began."""

    __tablename__ = "contract_draft"

    slug: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(StaffMember.id), primary_key=True)
    base: Mapped[str | None]
    text: Mapped[str]
    saved_at: Mapped[datetime]


class TenantRollup(ControlBase):
    """One tenant's figures as the worker last counted them: numbers, kinds and ids, never a case or a person."""

    __tablename__ = "tenant_rollup"

    slug: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
