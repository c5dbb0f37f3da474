"""Reading the directory: members, providers, codes. Rows come out as they are; nothing is decided here.

Callers outside the room open members through ``service``, which audits; ``get_member`` is for rows of a case
that is being read anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, func, or_, select
from sqlalchemy.orm import Session

from app.directory.code_search import (
    CodeHit,
    Match,
    ReleaseNote,
    find_code,
    list_releases,
    list_releases_in_force,
    search_codes,
)
from app.directory.folding import folded, identifier_key, name_key
from app.directory.models import Member, Provider
from app.domain.errors import NotFound

__all__ = [
    "CodeHit",
    "Match",
    "MemberCriteria",
    "ReleaseNote",
    "find_code",
    "find_member_by_number",
    "find_members",
    "find_provider",
    "get_member",
    "get_provider",
    "list_releases",
    "list_releases_in_force",
    "search_codes",
    "search_providers",
]

_MOST_WORDS = 6
_LEAST_ALIKE = 0.42


def get_member(session: Session, member_id: UUID) -> Member:
    """The member. Raises NotFound."""
    found = session.get(Member, member_id)
    if found is None:
        raise NotFound
    return found


def find_member_by_number(session: Session, member_number: str) -> Member | None:
    """The member with this ID, however it is spaced or capitalised, or None."""
    key = identifier_key(member_number)
    return session.scalar(select(Member).where(Member.member_number_key == key)) if key else None


@dataclass(frozen=True, slots=True, repr=False)
class MemberCriteria:
    """What members are looked up by: an ID, or a last name together with a birth date (CONS-01)."""

    member_number: str = ""
    last_name: str = ""
    birth_date: date | None = None

    @property
    def is_by_number(self) -> bool:
        """Whether an ID was typed; it then decides alone."""
        return bool(identifier_key(self.member_number))

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that must still be filled: none, the other half of name and date, or the ID."""
        has_name, has_date = bool(name_key(self.last_name)), self.birth_date is not None
        if self.is_by_number or (has_name and has_date):
            return ()
        if has_name or has_date:
            return ("birth_date",) if has_name else ("last_name",)
        return ("member_number",)


def find_members(
    session: Session, criteria: MemberCriteria, *, offset: int = 0, limit: int = 10
) -> tuple[tuple[Member, ...], int]:
    """A page of the members that meet the criteria, and how many there are; nobody when they are incomplete.

    Names compare without case, accents, apostrophes and hyphens; a double-barrelled name is found by each of its
    parts (CONS-04).
    """
    if criteria.is_by_number:
        found = find_member_by_number(session, criteria.member_number)
        return ((found,), 1) if found else ((), 0)
    if criteria.missing:
        return (), 0
    key = name_key(criteria.last_name)
    has_name = or_(Member.last_name_key == key, any_(Member.last_name_parts) == key)
    matching = and_(Member.birth_date == criteria.birth_date, has_name)
    total = session.scalar(select(func.count()).select_from(Member).where(matching)) or 0
    order = (Member.last_name_key, func.lower(Member.first_name), Member.member_number_key)
    rows = session.scalars(select(Member).where(matching).order_by(*order).offset(offset).limit(limit))
    return tuple(rows), total


def get_provider(session: Session, provider_id: UUID) -> Provider:
    """The provider, active or not. Raises NotFound."""
    found = session.get(Provider, provider_id)
    if found is None:
        raise NotFound
    return found


def find_provider(session: Session, *, npi: str = "", state_identifier: str = "") -> Provider | None:
    """The active provider that has every identifier given, or None; the proof of a registration (REG-05, REG-06).

    Identifiers compare without case, spaces and dashes. Without any identifier there is none.
    """
    wanted: list[ColumnElement[bool]] = []
    if npi_key := identifier_key(npi):
        wanted.append(Provider.npi == npi_key)
    if state_key := identifier_key(state_identifier):
        wanted.append(Provider.state_identifier_key == state_key)
    if not wanted:
        return None
    order = (Provider.npi.nulls_last(), Provider.id)
    return session.scalars(select(Provider).where(*wanted, Provider.is_active).order_by(*order).limit(1)).first()


def search_providers(
    session: Session, text: str, *, entity: str | None = None, offset: int = 0, limit: int = 25
) -> tuple[tuple[Provider, ...], int]:
    """A page of the active providers with this NPI, state identifier or name, and how many there are.

    A name is typed in any order, in part, without accents; when nobody has all of its words, those with the most
    similar names are shown. ``entity`` narrows to ``individual`` or ``organization``.
    """
    usual: list[ColumnElement[bool]] = [Provider.is_active.is_(True)]
    if entity is not None:
        usual.append(Provider.entity == entity)
    key, words = identifier_key(text), folded(text).split()[:_MOST_WORDS]
    if not words:
        return (), 0
    by_number = or_(Provider.npi == key, Provider.state_identifier_key == key)
    by_words = and_(*(Provider.search_text.like(f"% {word}%") for word in words))
    name = folded(text)
    alike = func.greatest(func.word_similarity(name, Provider.search_text), func.similarity(Provider.search_text, name))
    resembles = or_(Provider.search_text.bool_op("%>")(name), Provider.search_text.bool_op("%")(name))
    by_likeness = and_(resembles, alike >= _LEAST_ALIKE)
    for matching, order in (
        (by_number, (Provider.name, Provider.id)),
        (by_words, (func.lower(Provider.name), Provider.id)),
        (by_likeness, (alike.desc(), func.lower(Provider.name), Provider.id)),
    ):
        rows, total = _page(session, [*usual, matching], order, offset, limit)
        if total:
            return rows, total
    return (), 0


def _page(
    session: Session, matching: Sequence[ColumnElement[bool]], order: Sequence[object], offset: int, limit: int
) -> tuple[tuple[Provider, ...], int]:
    total = session.scalar(select(func.count()).select_from(Provider).where(*matching)) or 0
    if not total:
        return (), 0
    rows = session.scalars(select(Provider).where(*matching).order_by(*order).offset(offset).limit(limit))  # type: ignore[arg-type]
    return tuple(rows), total
