"""Loading an edition of a code set: what is new comes in, what is gone ends, what is reworded keeps its past.

A system is written anew as a whole, by COPY, because the order of all its codes is part of the search.
Must not know where an edition's rows were read, nor any tenant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.directory.code_packages import Edition, packaged_editions
from app.directory.code_sources import CodeRow, displayed
from app.directory.folding import search_words
from app.directory.models import Code, CodeRelease, CodeWord
from app.directory.places import packed
from app.domain.errors import Conflict
from app.storage.db import copy_rows
from tenancy.vocabulary import CodeSystem

_HEADING_WEIGHT = 1000
_PER_CHARACTER = 10
_LARGEST_USUAL_ENDING = 0.2
_CODE_COLUMNS = (
    "system",
    "code_key",
    "effective_from",
    "effective_until",
    "position",
    "weight",
    "is_billable",
    "code",
    "release",
    "short",
    "long",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: codes of the edition, and how many of them were new, reworded, ended."""

    edition: Edition
    codes: int
    added: int
    reworded: int
    ended: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A code in the words of the release that brought them, and its days."""

    row: CodeRow
    release: str
    starts_on: date
    ends_on: date | None

    @property
    def weight(self) -> int:
        """Hits are listed by it: a billable code before a heading, a short and general one before a long one."""
        return (
            len(self.row.long) + _PER_CHARACTER * len(self.row.key) + (0 if self.row.is_billable else _HEADING_WEIGHT)
        )


def is_loaded(session: Session, edition: Edition) -> bool:
    """Whether this release of the system was loaded before."""
    return session.get(CodeRelease, (edition.system.value, edition.release)) is not None


def load_edition(
    session: Session, edition: Edition, rows: list[CodeRow], *, now: datetime, may_end_many: bool = False
) -> Loaded:
    """Bring the system to this edition, in the caller's transaction.

    A code the edition does not hold (within its scope) ends the day before the edition begins; a reworded one
    ends likewise and starts again in the new words; the others keep theirs. Raises Conflict when the release
    was loaded before, when a newer one is there, or when more than a fifth of the codes in force would end and
    ``may_end_many`` is not set: that is more often a cut-off file than a publisher's decision.
    """
    merged, loaded = _taken_in(session, _held(session, edition.system), edition, rows, may_end_many=may_end_many)
    _write(session, edition.system, merged)
    session.add(_release(edition, len(rows), now))
    session.flush()
    return loaded


def load_packages(session: Session, *, now: datetime, system: CodeSystem | None = None) -> tuple[Loaded, ...]:
    """Load what the packages bring and is not loaded yet, in the caller's transaction. Safe to run again.

    Raises Conflict when a release newer than a package's was loaded from a file, PackageMissing without one.
    """
    done: list[Loaded] = []
    due = [one for one in packaged_editions(system) if not is_loaded(session, one.edition)]
    for each in dict.fromkeys(one.edition.system for one in due):
        held = _held(session, each)
        for one in (one for one in due if one.edition.system is each):
            rows = one.rows()
            held, loaded = _taken_in(session, held, one.edition, rows)
            session.add(_release(one.edition, len(rows), now))
            session.flush()
            done.append(loaded)
        _write(session, each, held)
    return tuple(done)


def _taken_in(
    session: Session, held: list[_Held], edition: Edition, rows: list[CodeRow], *, may_end_many: bool = False
) -> tuple[list[_Held], Loaded]:
    _refuse_out_of_order(session, edition)
    current = {one.row.key: one for one in held if one.ends_on is None and one.row.key.startswith(edition.scope)}
    merged, loaded = _merged(held, current, edition, rows)
    if loaded.ended > _LARGEST_USUAL_ENDING * len(current) and not may_end_many:
        raise Conflict(
            f"This file would end {loaded.ended:,} of {len(current):,} codes. Check that it is complete; "
            "if that is meant, load it with --may-end-many."
        )
    return merged, loaded


def _refuse_out_of_order(session: Session, edition: Edition) -> None:
    if is_loaded(session, edition):
        raise Conflict(f"{edition.system.value} {edition.release} is loaded already.")
    loaded = session.execute(
        select(CodeRelease.scope, CodeRelease.effective_from).where(CodeRelease.system == edition.system.value)
    )
    for scope, effective_from in loaded:
        overlaps = scope.startswith(edition.scope) or edition.scope.startswith(scope)
        if overlaps and effective_from >= edition.effective_from:
            raise Conflict(
                f"A release of {edition.system.value} in force from {effective_from:%m/%d/%Y} is loaded; "
                "releases are loaded in the order of their days."
            )


def _held(session: Session, system: CodeSystem) -> list[_Held]:
    rows = session.execute(
        select(
            Code.code_key,
            Code.short,
            Code.long,
            Code.is_billable,
            Code.release,
            Code.effective_from,
            Code.effective_until,
        ).where(Code.system == system.value)
    )
    return [_Held(CodeRow(*row[:4]), *row[4:]) for row in rows]


def _merged(
    held: list[_Held], current: dict[str, _Held], edition: Edition, rows: Iterable[CodeRow]
) -> tuple[list[_Held], Loaded]:
    """What the system holds with this edition in it, and the count of what it changed."""
    fresh = [row for row in rows if not _is_held(current.get(row.key), row)]
    fresh_keys = {row.key for row in fresh}
    all_keys = {row.key for row in rows}
    ending = {key for key in current if key in fresh_keys or key not in all_keys}
    kept = [_ended(one, edition) if one.ends_on is None and one.row.key in ending else one for one in held]
    new = [_Held(row, edition.release, _first_day(edition, row, current), row.ends_on) for row in fresh]
    reworded = len(fresh_keys & ending)
    return [*kept, *new], Loaded(edition, len(all_keys), len(fresh) - reworded, reworded, len(ending) - reworded)


def _is_held(held: _Held | None, row: CodeRow) -> bool:
    return held is not None and row.ends_on is None and held.row[:4] == row[:4]


def _first_day(edition: Edition, row: CodeRow, current: dict[str, _Held]) -> date:
    """A file may say since when it has a code; new words for a known one begin with the edition."""
    return edition.effective_from if row.starts_on is None or row.key in current else row.starts_on


def _ended(one: _Held, edition: Edition) -> _Held:
    """The last day is the one before the edition, never before the code's own first day."""
    return replace(one, ends_on=max(one.starts_on, edition.effective_from - timedelta(days=1)))


def _write(session: Session, system: CodeSystem, held: list[_Held]) -> None:
    held.sort(key=lambda one: (one.weight, one.row.key, one.starts_on))
    session.execute(delete(CodeWord).where(CodeWord.system == system.value))
    session.execute(delete(Code).where(Code.system == system.value))
    copy_rows(session, Code, _CODE_COLUMNS, _code_values(system, held))
    copy_rows(session, CodeWord, ("system", "word", "uses", "places"), _word_values(system, held))


def _code_values(system: CodeSystem, held: Iterable[_Held]) -> Iterator[tuple[Any, ...]]:
    for position, one in enumerate(held):
        row = one.row
        yield (
            system.value,
            row.key,
            one.starts_on,
            one.ends_on,
            position,
            one.weight,
            row.is_billable,
            displayed(system, row.key),
            one.release,
            row.short,
            row.long,
        )


def _word_values(system: CodeSystem, held: list[_Held]) -> Iterator[tuple[str, str, int, bytes]]:
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(held):
        for word in search_words(f"{one.row.long} {one.row.short}"):
            positions[word].append(position)
    for word, where in positions.items():
        yield system.value, word, len(where), packed(where, len(held))


def _release(edition: Edition, codes: int, now: datetime) -> CodeRelease:
    return CodeRelease(
        system=edition.system.value,
        release=edition.release,
        source=edition.source,
        scope=edition.scope,
        effective_from=edition.effective_from,
        effective_until=edition.effective_until,
        codes=codes,
        loaded_at=now,
    )
