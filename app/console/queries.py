"""What the console reads inside one tenant: its provider groups. Names of organisations, never a case or a member."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, ProviderGroup


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A provider group and how many people work in it."""

    id: UUID
    name: str
    people: int


def list_groups(session: Session) -> tuple[GroupLine, ...]:
    """Every active provider group of the tenant, by name."""
    people = (
        select(Membership.group_id, func.count().label("people"))
        .where(Membership.ended_at.is_(None))
        .group_by(Membership.group_id)
        .subquery()
    )
    rows = session.execute(
        select(ProviderGroup.id, ProviderGroup.name, func.coalesce(people.c.people, 0))
        .outerjoin(people, people.c.group_id == ProviderGroup.id)
        .where(ProviderGroup.is_active)
        .order_by(ProviderGroup.name)
    )
    return tuple(GroupLine(*row) for row in rows)
