"""The table of answers to "is authorization required": what was asked, what was answered and by which rule."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import INSTANT, one_of
from app.storage.db import TenantBase


class RequirementCheck(TenantBase):
    """An answer that was given, kept as it was: whoever relied on it can show it. Never changed."""

    __tablename__ = "requirement_check"
    __table_args__ = (
        CheckConstraint(one_of("need", "needed", "not_needed", "ask"), name="need"),
        CheckConstraint(one_of("category", "inpatient", "outpatient"), name="category"),
        Index("ix_requirement_check_group", "group_id", "asked_at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    group_id: Mapped[UUID] = mapped_column(Uuid)
    asked_by: Mapped[UUID | None] = mapped_column(Uuid)
    asked_by_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    category: Mapped[str] = mapped_column(Text)
    system: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Text, default="")
    place_label: Mapped[str] = mapped_column(Text, default="")
    service_on: Mapped[date] = mapped_column(Date)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    need: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text, default="")
    release: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The words of the answer, its source, and the version of the code list, as they were then."""
