"""Answers over contracts for their pages: where a value comes from, who speaks of something, two side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from app.console.bench import Bench
from app.console.saying import moment
from app.web.messages import gettext as _
from tenancy.asking import Row, ask, side_by_side, split
from tenancy.contract import Contract
from tenancy.explain import Provenance, UnknownPath
from tenancy.loader import LoadedContract
from tenancy.releases import get_sources
from tenancy.toggles import flips_at, list_toggles, standing, switched

MOST = 200
MOST_EACH = 12


@dataclass(frozen=True, slots=True)
class ExplainLine:
    """A value, where it stands, and the law or guide line its author named."""

    path: str
    subject: str
    value: str
    place: str
    source: str
    switched_by: str


@dataclass(frozen=True, slots=True)
class FoundIn:
    """One contract's answer to a search."""

    slug: str
    name: str
    count: int
    lines: tuple[ExplainLine, ...]


Line = TypeVar("Line", ExplainLine, Row)


def grouped(lines: Sequence[Line]) -> list[tuple[str, list[tuple[str, Line]]]]:
    """The lines under what they stand under, so that each is called by its own short name."""
    return [
        (above, [(split(one.subject)[1], one) for one in under])
        for above, under in groupby(lines, key=lambda one: split(one.subject)[0])
    ]


def effective(bench: Bench, slug: str, now: datetime) -> Contract:
    """The contract in force for everybody, switches included. Raises NotFound."""
    flips = flips_at(list_toggles(bench.control, slug), now)
    return switched(bench.in_force(slug, now).contract, flips)


def explain(bench: Bench, slug: str, path: str, *, now: datetime) -> tuple[ExplainLine, ...]:
    """Every effective value at and under a dotted path, with its file and line. Empty for a path nothing stands at."""
    provenance = _provenance(bench, bench.in_force(slug, now))
    rows = side_by_side({slug: effective(bench, slug, now)}, path.strip(". "))
    switches = _switches(bench, slug, now)
    return tuple(_explained(row, slug, provenance, switches) for row in rows[:MOST])


def suggestion(bench: Bench, slug: str, path: str, *, now: datetime) -> str:
    """What stands in the files instead of a path that nothing stands at."""
    provenance = _provenance(bench, bench.in_force(slug, now))
    if isinstance(provenance, Provenance):
        try:
            provenance.explained(path.strip(". "))
        except UnknownPath as error:
            return str(error)
    return ""


def search(bench: Bench, words: str, *, now: datetime) -> tuple[FoundIn, ...]:
    """Which contracts speak of all the words, and where; those that never do are there with 0."""
    found = []
    for slug in bench.slugs():
        contract = effective(bench, slug, now)
        findings = ask({slug: contract}, words)
        provenance = _provenance(bench, bench.in_force(slug, now)) if findings else {}
        lines = tuple(
            ExplainLine(one.path, one.subject, one.value, *_place(provenance, one.path), "")
            for one in findings[:MOST_EACH]
        )
        found.append(FoundIn(slug, contract.identity.display, len(findings), lines))
    return tuple(found)


def compared(
    bench: Bench, slugs: Iterable[str], part: str, *, is_everything: bool, now: datetime
) -> tuple[tuple[Row, ...], int]:
    """Contracts line by line, and how many lines there are; only what differs unless everything is wanted."""
    rows = side_by_side({slug: effective(bench, slug, now) for slug in slugs}, part.strip(". "))
    wanted = rows if is_everything else tuple(row for row in rows if not row.is_same)
    return wanted[:MOST], len(wanted)


def _provenance(bench: Bench, loaded: LoadedContract) -> Mapping[str, object]:
    if loaded.provenance:
        return loaded.provenance
    sources = get_sources(bench.control, loaded.slug, loaded.release)
    read = bench.reading_of(sources, loaded.slug) if sources else None
    return read.provenance if read is not None and read.release == loaded.release else {}


def _explained(row: Row, slug: str, provenance: Mapping[str, object], switches: Mapping[str, str]) -> ExplainLine:
    return ExplainLine(
        row.path, row.subject, row.values[slug], *_place(provenance, row.path), switches.get(row.path, "")
    )


def _place(provenance: Mapping[str, object], path: str) -> tuple[str, str]:
    """File and line of a value or of the nearest one above it, and the source given there."""
    steps = path.split(".")
    for length in range(len(steps), 0, -1):
        origin = provenance.get(".".join(steps[:length]))
        if origin is not None:
            place = f"{getattr(origin, 'file', '')}:{getattr(origin, 'line', '')}"
            return (
                place if length == len(steps) else _("not written; default beside %(place)s", place=place)
            ), getattr(origin, "source", "")
    return _("the default of the language"), ""


def _switches(bench: Bench, slug: str, now: datetime) -> dict[str, str]:
    zone = bench.in_force(slug, now).contract.identity.time_zone
    return {
        f"features.{one.feature.value}": _(
            "switch %(number)s by %(who)s, %(time)s", number=one.number, who=one.author,
            time=moment(one.starts_at, zone),
        )
        for one in standing(list_toggles(bench.control, slug))
        if one.runs_at(now) and one.is_for_everybody
    }  # fmt: skip
