"""What the boards show: the tenants' figures from their roll-ups, never from inside. Plain values for templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.console.bench import Bench
from app.console.rollups import Figures, Health, Rollup, health_of, list_rollups
from app.console.saying import moment
from app.domain.errors import NotFound
from app.web.messages import gettext as _
from app.web.paging import ListRequest, Page
from tenancy.saying import spoken


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One tenant of the board over all."""

    slug: str
    name: str
    health: Health
    counted: str
    figures: Figures

    @property
    def totals(self) -> dict[str, int]:
        """The deadlines of all rules."""
        return {name: self.figures.total(name) for name in ("overdue", "in_24_hours", "in_72_hours", "later", "paused")}

    @property
    def letters(self) -> int:
        """Letters that wait for somebody."""
        return len(self.figures.stuck)

    @property
    def failed_checks(self) -> int:
        """Uploads of the last 24 hours whose content failed a check."""
        return sum(self.figures.failed_checks.values())


@dataclass(frozen=True, slots=True)
class StuckLine:
    """A letter or job that ops may drive again; ``id`` is the delivery's, the letter's or the job's."""

    id: str
    what: str
    fault: str
    since: str
    tried: int
    is_held: bool = False
    may_drive: bool = True


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """The clocks of one rule."""

    rule: str
    next: str
    counts: tuple[int, ...]


def board_lines(bench: Bench, *, now: datetime) -> tuple[BoardLine, ...]:
    """Every tenant; one that was never counted shows zeros and says so."""
    known, health = list_rollups(bench.control), health_of(bench.control, bench.slugs(), now=now)
    return tuple(_line(bench, slug, known.get(slug), health[slug]) for slug in bench.slugs())


def sorted_lines(lines: Sequence[BoardLine], asked: ListRequest, health: str) -> Page[BoardLine]:
    """One page of the tenants of that health, of all where none is named, in the order asked for."""
    chosen = [one for one in lines if not health or one.health.state == health]
    chosen.sort(key=lambda one: one.name.casefold())
    chosen.sort(key=SORTS[asked.sort], reverse=asked.descending)
    last = max(1, -(-len(chosen) // asked.size))
    first = (min(asked.number, last) - 1) * asked.size
    return Page(chosen[first : first + asked.size], min(asked.number, last), asked.size, len(chosen))


def totals_of(lines: Sequence[BoardLine]) -> Mapping[str, int]:
    """The figures a manager looks at first, over every tenant."""
    return {
        "overdue": sum(one.totals["overdue"] for one in lines),
        "in_24_hours": sum(one.totals["in_24_hours"] for one in lines),
        "letters": sum(one.letters for one in lines),
        "dead": sum(one.figures.dead for one in lines),
        "failed_checks": sum(one.failed_checks for one in lines),
    }


def _risk(line: BoardLine) -> tuple[int, ...]:
    figures = line.totals
    return SEVERITY.index(line.health.state), figures["overdue"], line.figures.dead, figures["in_24_hours"]


SEVERITY = ("good", "unknown", "warn", "bad")
SORTS: Mapping[str, Callable[[BoardLine], Any]] = MappingProxyType(
    {
        "risk": _risk,
        "name": lambda one: one.name.casefold(),
        "open": lambda one: one.figures.open_requests,
        "overdue": lambda one: one.totals["overdue"],
        "soon": lambda one: one.totals["in_24_hours"],
        "later": lambda one: one.totals["in_72_hours"],
        "letters": lambda one: one.letters,
        "jobs": lambda one: one.figures.dead,
        "files": lambda one: one.failed_checks,
    }
)
CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "mislabelled": _("The content is not what the ending says"),
        "hidden_ending": _("A second ending hides what it is"),
        "unreadable": _("Damaged, or not to be read"),
        "encrypted": _("Locked by a password"),
        "macros": _("Holds macros"),
        "too_many_entries": _("Holds too many parts"),
        "unpacks_too_large": _("Unpacks to far more than its size"),
        "active_content": _("Holds instructions that load other files"),
        "infected": _("Failed the virus check"),
    }
)
"""Checks of an upload's content, as ops read them."""


def check_lines(line: BoardLine) -> tuple[tuple[str, int], ...]:
    """Which checks uploads failed, and how many."""
    return tuple((CHECKS.get(check, check), count) for check, count in line.figures.failed_checks.items())


SCANS: Mapping[str, str] = MappingProxyType(
    {
        "clean": _("Clean"),
        "pending": _("Held until the scanner has looked"),
        "infected": _("Failed; handed out to nobody"),
        "not_scanned": _("Not scanned: the settings name no scanner"),
    }
)
"""How far the virus check of an upload is, as ops read it."""


def scan_lines(line: BoardLine) -> tuple[tuple[str, int], ...]:
    """How many uploads are at each state of the virus check."""
    return tuple((said, line.figures.scans[state]) for state, said in SCANS.items() if state in line.figures.scans)


def board_line(bench: Bench, slug: str, *, now: datetime) -> BoardLine:
    """One tenant. Raises NotFound."""
    bench.must_know(slug)
    return next(one for one in board_lines(bench, now=now) if one.slug == slug)


def zone_of(bench: Bench, slug: str) -> str:
    """The tenant's time zone. Raises NotFound."""
    if slug not in bench.contracts:
        raise NotFound
    return bench.contracts[slug].contract.identity.time_zone


def deadline_lines(line: BoardLine, zone: str) -> tuple[DeadlineLine, ...]:
    """The clocks by rule, those with something over first."""
    rules = sorted(line.figures.deadlines, key=lambda one: (-one.overdue, -one.in_24_hours, one.rule))
    return tuple(
        DeadlineLine(
            spoken(one.rule).capitalize(),
            _moment(one.next_at, zone),
            (one.overdue, one.in_24_hours, one.in_72_hours, one.later, one.paused),
        )
        for one in rules
    )


def letter_lines(line: BoardLine, zone: str) -> tuple[StuckLine, ...]:
    """Letters that wait for somebody."""
    return tuple(
        StuckLine(
            one.delivery_id or one.letter_id,
            " · ".join(spoken(word).capitalize() for word in (one.kind, one.channel) if word),
            one.fault,
            _moment(one.written_at, zone),
            0,
            is_held=not one.delivery_id,
            may_drive=one.may_drive,
        )
        for one in line.figures.stuck
    )


def job_lines(line: BoardLine, zone: str) -> tuple[StuckLine, ...]:
    """Jobs that were given up."""
    return tuple(
        StuckLine(
            one.id, spoken(one.kind).capitalize(), one.fault, _moment(one.finished_at, zone), one.attempts
        )
        for one in line.figures.dead_jobs
    )  # fmt: skip


def _line(bench: Bench, slug: str, found: Rollup | None, health: Health) -> BoardLine:
    identity = bench.contracts[slug].contract.identity
    counted = moment(found.taken_at, identity.time_zone) if found else ""
    return BoardLine(slug, identity.display, health, counted, found.figures if found else Figures())


def _moment(at: str, zone: str) -> str:
    return moment(datetime.fromisoformat(at), zone) if at else ""
