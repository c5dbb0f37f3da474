"""Finding codes: by code, by words in any order, by what a misspelt word was probably meant to be.

Reads schema ``control`` only. Must not know any tenant, contract or page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial, reduce
from itertools import islice
from operator import and_ as and_bits
from operator import or_ as or_bits
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from app.directory.abbreviations import ABBREVIATIONS
from app.directory.folding import code_key, search_words
from app.directory.models import Code, CodeRelease, CodeWord
from app.directory.places import lowest, unpacked
from tenancy.vocabulary import CodeSystem

_LONGEST_CODE = 7
_MOST_WORDS = 8
_SHORTEST_BEGINNING = 2
_GUESSES_PER_WORD = 4
_LEAST_ALIKE = 0.34
_SHOWN = (Code.system, Code.code, Code.short, Code.long, Code.is_billable, Code.release)


class Match(StrEnum):
    """Why a code was found."""

    CODE = "code"
    WORDS = "words"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class CodeHit:
    """A code as it is shown; ``short`` is the publisher's short title, the long one where it gives none."""

    system: CodeSystem
    code: str
    short: str
    long: str
    is_billable: bool
    release: str
    match: Match


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """The newest edition of a system that had begun on the day asked about, and whether it had run out by then."""

    system: CodeSystem
    release: str
    effective_from: date
    effective_until: date | None
    is_outdated: bool


def search_codes(
    session: Session, systems: Collection[CodeSystem], text: str, *, on: date, limit: int = 25
) -> tuple[CodeHit, ...]:
    """Codes of the systems in force on the day: the exact code and those that begin so, else those with the words.

    Codes are typed with or without dot, in any case; words in any order, begun words too, without accents or
    plural endings. When no code has all the words, each unknown word is taken for the known ones most like it.
    Among word hits whole words come first, then billable and short ones. A day before the first release that is
    loaded is answered from that release. CPT has no descriptions here and is never found (AMA).
    """
    asked = _Asked(session, tuple(dict.fromkeys(systems)), on, limit)
    if not asked.systems or not text.strip() or limit < 1:
        return ()
    return tuple(_by_code(asked, text) or _by_words(asked, text))[:limit]


def find_code(session: Session, system: CodeSystem, code: str, *, on: date) -> CodeHit | None:
    """The code in the words in force on the day, or None when no loaded release has it then."""
    there = (Code.system == system.value, Code.code_key == code_key(code), _in_force(system, on))
    row = session.execute(select(*_SHOWN).where(*there)).first()
    return None if row is None else _hit(row, Match.CODE)


def list_releases(session: Session) -> tuple[CodeRelease, ...]:
    """Every edition loaded, by system, the newest first."""
    order = (CodeRelease.system, CodeRelease.effective_from.desc())
    return tuple(session.scalars(select(CodeRelease).order_by(*order)))


def list_releases_in_force(session: Session, systems: Collection[CodeSystem], *, on: date) -> tuple[ReleaseNote, ...]:
    """For each system that has one, the newest edition begun by the day, else its first: it answers searches."""
    rows = session.scalars(
        select(CodeRelease)
        .where(CodeRelease.system.in_([one.value for one in systems]))
        .order_by(CodeRelease.system, CodeRelease.effective_from > on, CodeRelease.effective_from.desc())
    )
    newest: dict[str, CodeRelease] = {}
    for row in rows:
        newest.setdefault(row.system, row)
    return tuple(_note(row, on) for row in newest.values())


def _note(row: CodeRelease, on: date) -> ReleaseNote:
    outdated = row.effective_until is not None and row.effective_until < on
    return ReleaseNote(CodeSystem(row.system), row.release, row.effective_from, row.effective_until, outdated)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every step of one search needs."""

    session: Session
    systems: tuple[CodeSystem, ...]
    on: date
    limit: int


def _in_force(system: CodeSystem, on: date) -> ColumnElement[bool]:
    """Valid on the day; a day before the system's first loaded release is taken for that release's first day."""
    first = select(func.min(CodeRelease.effective_from)).where(CodeRelease.system == system.value).scalar_subquery()
    day = func.greatest(literal(on), first)
    return and_(Code.effective_from <= day, or_(Code.effective_until.is_(None), Code.effective_until >= day))


def _by_code(asked: _Asked, text: str) -> list[CodeHit]:
    key = code_key(text)
    if not key or len(key) > _LONGEST_CODE or not any(char.isdigit() for char in key):
        return []
    hits: list[CodeHit] = []
    for system in asked.systems:
        begins = (Code.system == system.value, Code.code_key.like(key + "%"), _in_force(system, asked.on))
        rows = asked.session.execute(select(*_SHOWN).where(*begins).order_by(Code.code_key).limit(asked.limit))
        hits.extend(_hit(row, Match.CODE) for row in rows)
    return hits


def _by_words(asked: _Asked, text: str) -> list[CodeHit]:
    words = search_words(text)[:_MOST_WORDS]
    if not words:
        return []
    index = _read_index(asked, words)
    hits = _with_all(asked, index, [[word] for word in words], Match.WORDS)
    return hits or _guessed(asked, index, words)


def _guessed(asked: _Asked, index: _Index, words: list[str]) -> list[CodeHit]:
    """Hits for what the words were probably meant to be: abbreviations spelt out, then the most similar words.

    A word that resembles none is left out, as long as another one means something.
    """
    spelt = search_words(" ".join(ABBREVIATIONS.get(word, word) for word in words))
    if spelt != words:
        index = _read_index(asked, spelt)
    guesses = [[word] if index.knows(word) else _most_alike(asked, word) for word in spelt]
    meant = [group for group in guesses if group]
    if not meant or meant == [[word] for word in words]:
        return []
    index = _read_index(asked, [word for group in meant for word in group])
    return _with_all(asked, index, meant, Match.GUESS)


@dataclass(frozen=True, slots=True)
class _Index:
    """The places of the words a search needs, by system."""

    places: dict[CodeSystem, dict[str, int]]

    def knows(self, word: str) -> bool:
        """Whether some system has the word or one that begins with it."""
        return any(self.begun(system, word) for system in self.places)

    def whole(self, system: CodeSystem, word: str) -> int:
        """Where the word itself stands."""
        return self.places[system].get(word, 0)

    def begun(self, system: CodeSystem, word: str) -> int:
        """Where the word or one that begins with it stands; a single letter begins nothing."""
        if len(word) < _SHORTEST_BEGINNING:
            return self.whole(system, word)
        return reduce(or_bits, (bits for known, bits in self.places[system].items() if known.startswith(word)), 0)


def _read_index(asked: _Asked, words: list[str]) -> _Index:
    systems = [system.value for system in asked.systems]
    rows = asked.session.execute(
        select(CodeWord.system, CodeWord.word, CodeWord.places).where(
            CodeWord.system.in_(systems), or_(*(_wanted(word) for word in words))
        )
    )
    places: dict[CodeSystem, dict[str, int]] = {system: {} for system in asked.systems}
    for system, word, data in rows:
        places[CodeSystem(system)][word] = unpacked(data)
    return _Index(places)


def _wanted(word: str) -> ColumnElement[bool]:
    """Words are folded to letters and digits before, so none holds a wildcard."""
    return CodeWord.word.like(word + "%") if len(word) >= _SHORTEST_BEGINNING else CodeWord.word == word


def _with_all(asked: _Asked, index: _Index, words: list[list[str]], match: Match) -> list[CodeHit]:
    """Codes that have a word of every group; where whole words are too few, codes with begun ones follow."""
    whole = {system: _all_of(words, partial(index.whole, system)) for system in asked.systems}
    hits = _at(asked, whole, match)
    if len(hits) < asked.limit:
        begun = {system: _all_of(words, partial(index.begun, system)) & ~whole[system] for system in asked.systems}
        hits.extend(_at(asked, begun, match))
    return hits[: asked.limit]


def _all_of(words: list[list[str]], places: Callable[[str], int]) -> int:
    return reduce(and_bits, (reduce(or_bits, (places(word) for word in group)) for group in words))


def _at(asked: _Asked, places: dict[CodeSystem, int], match: Match) -> list[CodeHit]:
    """The best codes in force at the places of each system, in the order of their weight."""
    found = [row for system in asked.systems for row in _first_in_force(asked, system, lowest(places[system]))]
    return [_hit(row, match) for row in sorted(found, key=lambda row: int(row.weight))[: asked.limit]]


def _first_in_force(asked: _Asked, system: CodeSystem, positions: Iterator[int]) -> list[Row[*tuple[Any, ...]]]:
    """Read on until there are enough: a few of the codes have ended by that day, or had not begun."""
    found: list[Row[*tuple[Any, ...]]] = []
    while len(found) < asked.limit and (some := list(islice(positions, asked.limit))):
        there = (Code.system == system.value, Code.position.in_(some), _in_force(system, asked.on))
        found.extend(asked.session.execute(select(Code.weight, *_SHOWN).where(*there).order_by(Code.position)))
    return found[: asked.limit]


def _most_alike(asked: _Asked, word: str) -> list[str]:
    """Known words of about the same length that share most trigrams; what holds a digit is never guessed."""
    if any(char.isdigit() for char in word):
        return []
    alike = func.similarity(CodeWord.word, word)
    of_its_length = func.length(CodeWord.word).between(len(word) - 2, len(word) + 2)
    near = (
        select(CodeWord.system, CodeWord.word)
        .where(of_its_length, CodeWord.word.bool_op("%")(word), alike >= _LEAST_ALIKE)
        .order_by(alike.desc(), CodeWord.uses.desc(), CodeWord.word)
        .limit(_GUESSES_PER_WORD * len(CodeSystem))
    )
    found = [known for system, known in asked.session.execute(near) if CodeSystem(system) in asked.systems]
    return list(dict.fromkeys(found))[:_GUESSES_PER_WORD]


def _hit(row: Row[*tuple[Any, ...]], match: Match) -> CodeHit:
    return CodeHit(
        system=CodeSystem(row.system),
        code=row.code,
        short=row.short or row.long,
        long=row.long,
        is_billable=row.is_billable,
        release=row.release,
        match=match,
    )
