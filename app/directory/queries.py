"""Reading the directory: members, providers, codes. Rows come out as they are; nothing is decided here.

Callers outside the room open members through ``service``, which audits; ``get_member`` is for rows of a case
that is being read anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_LEAST_ALIKE = 0.5


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


def find_members(
    session: Session,
    *,
    member_number: str = "",
    last_name: str = "",
    birth_date: date | None = None,
    offset: int = 0,
    limit: int = 10,
) -> tuple[tuple[Member, ...], int]:
    """A page of the members with this ID, or with this birth date and last name, and how many there are.

    Names compare without case, accents, apostrophes and hyphens; a double-barrelled name is found by each of its
    parts (CONS-01, CONS-04). Without an ID, name and birth date are both needed, else nobody is found.
    """
    if identifier_key(member_number):
        found = find_member_by_number(session, member_number)
        return ((found,), 1) if found else ((), 0)
    key = name_key(last_name)
    if not key or birth_date is None:
        return (), 0
    matching = and_(
        Member.birth_date == birth_date, or_(Member.last_name_key == key, any_(Member.last_name_parts) == key)
    )
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
    usual: list[ColumnElement[bool]] = [Provider.is_active]
    if entity is not None:
        usual.append(Provider.entity == entity)
    key, words = identifier_key(text), folded(text).split()[:_MOST_WORDS]
    if not words:
        return (), 0
    by_number = or_(Provider.npi == key, Provider.state_identifier_key == key)
    by_words = and_(*(Provider.search_text.like(f"% {word}%") for word in words))
    alike = func.word_similarity(folded(text), Provider.search_text)
    by_likeness = and_(Provider.search_text.bool_op("%>")(folded(text)), alike >= _LEAST_ALIKE)
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
