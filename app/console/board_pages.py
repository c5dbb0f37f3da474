"""What the boards show: the tenants' figures from their roll-ups, never from inside. Plain values for templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.console.bench import Bench
from app.console.rollups import Figures, Health, Rollup, health_of, list_rollups
from app.console.saying import moment
from app.domain.errors import NotFound
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
