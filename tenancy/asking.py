"""Questions over many contracts: who speaks of something and where, and several contracts side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from tenancy.contract import Contract
from tenancy.plan import WHOLE, Change, differences
from tenancy.reflection import yaml_name
from tenancy.saying import name_of, said, spoken

NOTHING = said(None)
JOINT = " › "


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that speaks of what was asked: where it stands, what it is called, and what it says."""

    slug: str
    path: str
    subject: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """One value of several contracts side by side; a contract that has none says so with an empty text."""

    path: str
    subject: str
    values: Mapping[str, str]
    is_same: bool


def ask(contracts: Mapping[str, Contract], words: str) -> tuple[Finding, ...]:
    """Every value that speaks of all the words, in its key or in its text: ``fax``, ``peer-to-peer window``.

    Upper and lower case are one, so are a hyphen and a space; a word counts inside a longer one. What a whole part of
    the contract is called does not count: nearly everything under it would speak of it.
    """
    wanted = _plain(words).split()
    if not wanted:
        return ()
    return tuple(
        Finding(slug, path, subject, value)
        for slug, contract in contracts.items()
        for path, subject, value in _lines(contract)
        if value != NOTHING and _speaks(_plain(f"{path} {subject.partition(JOINT)[2]} {value}"), wanted)
    )


def split(subject: str) -> tuple[str, str]:
    """What a value stands under, and its own name there: ``Sign-in``, ``lockout attempts``."""
    above, _, name = subject.rpartition(JOINT)
    return above, name


def who_speaks_of(contracts: Mapping[str, Contract], words: str) -> Mapping[str, int]:
    """How many values of each contract speak of the words; contracts that never do are there with 0."""
    counted = dict.fromkeys(contracts, 0)
    for finding in ask(contracts, words):
        counted[finding.slug] += 1
    return counted


def side_by_side(contracts: Mapping[str, Contract], part: str = "") -> tuple[Row, ...]:
    """Several contracts line by line, in the order of the first; ``part`` keeps what lies under a dotted path."""
    known = {slug: {path: (subject, value) for path, subject, value in _lines(one)} for slug, one in contracts.items()}
    paths = dict.fromkeys(path for lines in known.values() for path in lines)
    found = []
    for path in paths:
        if part and path != part and not path.startswith(f"{part}."):
            continue
        subject = next(lines[path][0] for lines in known.values() if path in lines)
        values = {slug: lines[path][1] if path in lines else "" for slug, lines in known.items()}
        found.append(Row(path, subject, values, len({value or NOTHING for value in values.values()}) == 1))
    return tuple(found)


def compared(one: Contract, other: Contract) -> tuple[Change, ...]:
    """What another contract says otherwise, in the words of a plan."""
    return differences(one, other)


def _plain(words: str) -> str:
    return words.replace("_", " ").replace("-", " ").casefold()


def _speaks(text: str, wanted: list[str]) -> bool:
    return all(word in text for word in wanted)


def _lines(contract: Contract) -> Iterator[tuple[str, str, str]]:
    for item in fields(Contract):
        yield from _under(getattr(contract, item.name), (item.name,), (item.metadata["doc"].rstrip("."),))


def _under(value: Any, path: tuple[str, ...], names: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    inside = list(_inside(value))
    if not inside:
        yield ".".join(path), JOINT.join(names), said(value)
    for step, name, inner in inside:
        yield from _under(inner, (*path, step), (*names, name))


def _inside(value: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            step = key.isoformat() if isinstance(key, date) else str(key)
            yield step, name_of(inner, step), inner
    elif is_dataclass(value) and not isinstance(value, WHOLE):
        for item in fields(value):
            yield yaml_name(item), spoken(yaml_name(item)), getattr(value, item.name)
    elif isinstance(value, tuple) and value and all(is_dataclass(row) for row in value):
        for index, row in enumerate(value):
            yield str(index), name_of(row, str(index + 1)), row
