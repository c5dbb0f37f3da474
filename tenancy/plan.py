"""What changes for people when one contract takes another's place: every effective difference, in plain words. Pure.

Two contracts of different content always differ in the list: it is made by walking the same canonical text that a
release is addressed by. Knows no case and no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, FactTest, Not
from tenancy.contract.declare import Span
from tenancy.faults import Fault
from tenancy.reflection import yaml_name
from tenancy.release import Memory, canonical_value
from tenancy.saying import listed, name_of, said, spoken

WHOLE = (FactTest, AnswerTest, All, AnyOf, Not, Span)


class Area(StrEnum):
    """What kind of thing changes, as a contract manager sorts it."""

    TOGGLES = "functions"
    CLOCKS = "clocks"
    RIGHTS = "rights"
    QUESTIONS = "questions"
    DOCUMENTS = "documents"
    LISTS = "lists"
    FIELDS = "fields"
    ACCESS = "sign-in and people"
    TEXTS = "names and texts"
    LETTERS = "letters and notices"


class Reach(StrEnum):
    """Whom a change touches, and from when."""

    EVERYBODY = "everybody, as soon as the release is in force"
    NEW_AND_DRAFTS = "new requests and drafts; submitted cases keep what they were submitted under"
    NEW_CASES = "cases submitted from then on; open cases keep their deadlines, windows and wording"


class ChangeKind(StrEnum):
    """What happens to the value."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Change:
    """One effective difference.

    ``path`` leads to it in YAML's words; ``before`` and ``after`` are the contract's own values (for ``order`` the
    keys); ``sentence`` says it; ``meaning`` explains the key; ``rests_on`` is the law, guide line or source given.
    """

    path: tuple[str, ...]
    area: Area
    reach: Reach
    kind: ChangeKind
    before: Any
    after: Any
    sentence: str
    meaning: str
    rests_on: str = ""

    @property
    def dotted(self) -> str:
        """The path as ``charter contract explain`` takes it."""
        return ".".join(self.path)


PARTS: Mapping[str, tuple[Area, Reach]] = MappingProxyType(
    {
        "features": (Area.TOGGLES, Reach.EVERYBODY),
        "clocks": (Area.CLOCKS, Reach.NEW_CASES),
        "calendar": (Area.CLOCKS, Reach.NEW_CASES),
        "formats": (Area.CLOCKS, Reach.NEW_CASES),
        "rights": (Area.RIGHTS, Reach.NEW_CASES),
        "actions": (Area.RIGHTS, Reach.NEW_CASES),
        "questionnaires": (Area.QUESTIONS, Reach.NEW_AND_DRAFTS),
        "documents": (Area.DOCUMENTS, Reach.NEW_AND_DRAFTS),
        "notes": (Area.DOCUMENTS, Reach.NEW_AND_DRAFTS),
        "catalogue": (Area.LISTS, Reach.NEW_AND_DRAFTS),
        "intake": (Area.FIELDS, Reach.NEW_AND_DRAFTS),
        "members": (Area.FIELDS, Reach.NEW_AND_DRAFTS),
        "letters": (Area.LETTERS, Reach.NEW_CASES),
        "notices": (Area.LETTERS, Reach.EVERYBODY),
        "registration": (Area.ACCESS, Reach.EVERYBODY),
        "terms": (Area.ACCESS, Reach.EVERYBODY),
        "factors": (Area.ACCESS, Reach.EVERYBODY),
        "sign_in": (Area.ACCESS, Reach.EVERYBODY),
        "session": (Area.ACCESS, Reach.EVERYBODY),
        "users": (Area.ACCESS, Reach.EVERYBODY),
        "review": (Area.RIGHTS, Reach.NEW_CASES),
    }
)
OTHERS = (Area.TEXTS, Reach.EVERYBODY)


def differences(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Every effective difference between two contracts, in the order of the contract's parts.

    Empty exactly when both have the same release hash.
    """
    walk = _Walk()
    found: list[Change] = []
    for item in fields(Contract):
        area, reach = PARTS.get(item.name, OTHERS)
        place = _Place((item.name,), (item.metadata["doc"].rstrip("."),), area, reach, item.metadata["doc"])
        found += walk.compare(place, getattr(old, item.name), getattr(new, item.name))
    return tuple(found)


def with_sources(changes: tuple[Change, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes with the source their authors gave: the new contract's, else the old one's.

    ``old`` and ``new`` are the contracts' provenances: path → origin with a ``source``.
    """
    return tuple(_sourced(change, old, new) for change in changes)


def new_warnings(old: tuple[Fault, ...], new: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """What the check warns of now and did not warn of before, wherever it stands in the file."""
    known = {(fault.code, fault.path, fault.reason) for fault in old}
    return tuple(fault for fault in new if (fault.code, fault.path, fault.reason) not in known)


@dataclass(frozen=True, slots=True)
class _Place:
    path: tuple[str, ...]
    names: tuple[str, ...]
    area: Area
    reach: Reach
    meaning: str
    rests_on: str = ""

    def inside(self, step: str, name: str, *, meaning: str = "", rests_on: str = "") -> _Place:
        return _Place(
            (*self.path, step),
            (*self.names, name),
            self.area,
            self.reach,
            meaning or self.meaning,
            rests_on or self.rests_on,
        )

    def change(self, kind: ChangeKind, before: Any, after: Any, sentence: str) -> Change:
        rests_on = getattr(after, "citation", "") or getattr(before, "citation", "") or self.rests_on
        return Change(self.path, self.area, self.reach, kind, before, after, sentence, self.meaning, rests_on)

    @property
    def subject(self) -> str:
        return " › ".join(self.names)


class _Walk:
    """Goes down both contracts side by side; what is written the same is passed over at once."""

    def __init__(self) -> None:
        self.memory: Memory = {}

    def compare(self, place: _Place, old: Any, new: Any) -> Iterator[Change]:
        if self._same(old, new):
            return
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from self._mappings(place, old, new)
        elif _is_part(old) and type(old) is type(new):
            yield from self._parts(place, old, new)
        elif _is_row(old) and _is_row(new) and [_mark(row) for row in old] == [_mark(row) for row in new]:
            for index, (before, after) in enumerate(zip(old, new, strict=True)):
                yield from self.compare(place.inside(str(index), name_of(after, str(index + 1))), before, after)
        else:
            yield place.change(ChangeKind.CHANGED, old, new, f"{place.subject}: {_changed(place, old, new)}")

    def _same(self, old: Any, new: Any) -> bool:
        return old is new or canonical_value(old, self.memory) == canonical_value(new, self.memory)

    def _parts(self, place: _Place, old: Any, new: Any) -> Iterator[Change]:
        cited = getattr(new, "citation", "") or getattr(old, "citation", "")
        for item in fields(old):
            name = yaml_name(item)
            inside = place.inside(name, spoken(name), meaning=item.metadata["doc"], rests_on=cited)
            yield from self.compare(inside, getattr(old, item.name), getattr(new, item.name))

    def _mappings(self, place: _Place, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[Change]:
        for name in old:
            inside = place.inside(_step(name), name_of(new.get(name, old[name]), _step(name)))
            if name not in new:
                sentence = f"{inside.subject} is removed (was {said(old[name])})."
                yield inside.change(ChangeKind.REMOVED, old[name], None, sentence)
            else:
                yield from self.compare(inside, old[name], new[name])
        added = [name for name in new if name not in old]
        for name in added:
            inside = place.inside(_step(name), name_of(new[name], _step(name)))
            yield inside.change(ChangeKind.ADDED, None, new[name], f"{inside.subject} is added: {said(new[name])}.")
        stayed = [name for name in old if name in new]
        if [*stayed, *added] != list(new):
            order = listed(spoken(_step(name)) for name in new)
            sentence = f"{place.subject}: the order is now {said(order)[:300]}."
            yield place.change(ChangeKind.ORDER, tuple(old), tuple(new), sentence)


def _changed(place: _Place, old: Any, new: Any) -> str:
    if place.path[0] == "features" and isinstance(new, bool):
        return f"is switched {'on' if new else 'off'}."
    if isinstance(old, tuple) and isinstance(new, tuple):
        return _rows_changed(old, new)
    return f"was {said(old)}, is now {said(new)}."


def _rows_changed(old: tuple[Any, ...], new: tuple[Any, ...]) -> str:
    added, gone = [row for row in new if row not in old], [row for row in old if row not in new]
    words = [f"{said(tuple(added))} is added"] if added else []
    words += [f"{said(tuple(gone))} is removed"] if gone else []
    return f"{'; '.join(words) or 'the order changes'}; it is now {said(new)}."


def _step(name: Any) -> str:
    return name.isoformat() if hasattr(name, "isoformat") else str(name)


def _is_part(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, WHOLE)


def _is_row(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(_is_part(row) for row in value)


def _mark(row: Any) -> Any:
    """What tells one row of a list from its neighbours: its first key."""
    return getattr(row, fields(row)[0].name)


def _sourced(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    origin = new.get(change.dotted) or old.get(change.dotted)
    source = getattr(origin, "source", "")
    if not source or source in change.rests_on:
        return change
    rests_on = f"{change.rests_on}; {source}" if change.rests_on else source
    return Change(
        change.path, change.area, change.reach, change.kind, change.before, change.after, change.sentence,
        change.meaning, rests_on,
    )  # fmt: skip


__all__ = ["Area", "Change", "ChangeKind", "Reach", "differences", "new_warnings", "with_sources"]
