"""Members as the consumer pages show them: found ones with their case counts, one with its programmes.

Knows no page; members themselves are the directory's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import lookups
from app.cases.casefile import member_card
from app.cases.drafts import local_day
from app.cases.lookups import Window
from app.cases.records import MemberCard
from app.directory import service as directory
from app.directory.queries import MemberCriteria
from app.domain import typed
from app.domain.access import Actor
from app.domain.errors import FieldFault, Invalid
from tenancy.contract import Contract


@dataclass(frozen=True, slots=True, repr=False)
class MemberSearch:
    """What was typed into the search for members."""

    member_number: str
    last_name: str
    birth_date: str

    @property
    def is_asked(self) -> bool:
        """Whether anything was typed."""
        return any((self.member_number, self.last_name, self.birth_date))

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> MemberSearch:
        """Read the search from a query string or form."""
        return cls(*(arguments.get(name, "").strip() for name in ("member_number", "last_name", "birth_date")))

    def criteria(self) -> MemberCriteria:
        """What to look for; raises Invalid when the birth date is no date."""
        try:
            born = typed.day(self.birth_date) if self.birth_date else None
        except typed.Unreadable as reason:
            raise Invalid((FieldFault("birth_date", f"Enter the date of birth {reason.how}."),)) from None
        return MemberCriteria(member_number=self.member_number, last_name=self.last_name, birth_date=born)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member found, with how many submitted cases the actor may see (CONS-03)."""

    card: MemberCard
    case_count: int


def search(
    session: Session, contract: Contract, asked: MemberSearch, window: Window, *, actor: Actor, now: datetime
) -> tuple[tuple[MemberRow, ...], int]:
    """One page of the members found and how many there are; audited by the directory. Raises Invalid."""
    found = directory.search_members(
        session, contract, asked.criteria(), offset=window.offset, limit=window.limit, actor=actor, now=now
    )
    counts = lookups.count_cases_of_members(session, actor, [member.id for member in found.members])
    today = local_day(contract, now)
    rows = (MemberRow(member_card(contract, row, today=today), counts.get(row.id, 0)) for row in found.members)
    return tuple(rows), found.total


def open_member(session: Session, contract: Contract, member_id: UUID, *, actor: Actor, now: datetime) -> MemberCard:
    """A member with programmes and dates (CONS-10); audited by the directory. Raises NotFound."""
    member = directory.open_member(session, member_id, actor=actor, now=now)
    return member_card(contract, member, today=local_day(contract, now))
