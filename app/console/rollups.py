"""Each tenant's figures for the boards: counted inside the tenant by the worker, kept in ``control``, read by ops.

Numbers, kinds and ids only: no case number, no name, nothing of a member. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.cases.clock_models import RequestDeadline
from app.cases.documents import count_failed_checks
from app.cases.models import OPEN_STATUSES, Request
from app.cases.scanning import count_scans
from app.console.models import TenantRollup
from app.domain.wording import counted
from app.notices.letters import LetterRecord, list_stuck
from app.storage.models import OutboxRow
from app.storage.outbox import count_by_state
from tenancy.scope import ControlSession

STALE = timedelta(minutes=5)
SOON = timedelta(hours=24)
LATER = timedelta(hours=72)
MOST_LISTED = 50
OLD = timedelta(minutes=15)
"""What is owed longer than this without being done is worth a look."""


@dataclass(frozen=True, slots=True)
class DeadlineFigures:
    """Running clocks of open requests under one rule: over, within 24 hours, within 72 hours, later; standing still."""

    rule: str
    overdue: int = 0
    in_24_hours: int = 0
    in_72_hours: int = 0
    later: int = 0
    paused: int = 0
    next_at: str = ""


@dataclass(frozen=True, slots=True)
class StuckLetter:
    """A way of a letter that failed, or a letter that is held (``delivery_id`` empty)."""

    letter_id: str
    delivery_id: str
    kind: str
    channel: str
    fault: str
    written_at: str
    may_drive: bool


@dataclass(frozen=True, slots=True)
class DeadJob:
    """An effect that was given up: its kind, the name of the fault, how often it was tried."""

    id: str
    kind: str
    fault: str
    attempts: int
    finished_at: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the boards show of one tenant."""

    open_requests: int = 0
    deadlines: tuple[DeadlineFigures, ...] = ()
    due: int = 0
    done: int = 0
    dead: int = 0
    oldest_due_at: str = ""
    stuck: tuple[StuckLetter, ...] = ()
    dead_jobs: tuple[DeadJob, ...] = ()
    failed_checks: Mapping[str, int] = field(default_factory=dict)
    """Uploads of the last 24 hours whose content failed a check, by the check."""
    scans: Mapping[str, int] = field(default_factory=dict)
    """Uploads of the last 24 hours and all that are held, by how far their virus check is."""

    def total(self, name: str) -> int:
        """One figure of the deadlines, over all rules."""
        return sum(getattr(one, name) for one in self.deadlines)


@dataclass(frozen=True, slots=True)
class Rollup:
    """The figures of one tenant, and when they were counted."""

    slug: str
    taken_at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Health:
    """How a tenant is: ``good``, ``warn``, ``bad`` or ``unknown``, and why when it is not good."""

    state: str
    reasons: tuple[str, ...] = field(default=())


def count_figures(session: Session, *, now: datetime) -> Figures:
    """Count what the boards show, inside one tenant."""
    states = count_by_state(session)
    oldest = session.scalar(select(func.min(OutboxRow.created_at)).where(OutboxRow.state == "due"))
    open_requests = session.scalar(select(func.count()).where(Request.status.in_(OPEN_STATUSES)))
    return Figures(
        open_requests=open_requests or 0,
        deadlines=tuple(_deadlines(session, now)),
        due=states.due,
        done=states.done,
        dead=states.dead,
        oldest_due_at=oldest.isoformat() if oldest else "",
        stuck=tuple(_stuck(list_stuck(session, limit=MOST_LISTED))),
        dead_jobs=_dead_jobs(session),
        failed_checks=count_failed_checks(session, since=now - SOON),
        scans=count_scans(session, since=now - SOON),
    )


def keep_figures(control: ControlSession, slug: str, figures: Figures, *, now: datetime) -> None:
    """Keep a tenant's figures in place of the earlier ones."""
    values = {"taken_at": now, "figures": asdict(figures)}
    statement = insert(TenantRollup).values(slug=slug, **values)
    control.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=values))


def list_rollups(control: ControlSession) -> Mapping[str, Rollup]:
    """The last figures of every tenant that was counted."""
    rows = control.scalars(select(TenantRollup).execution_options(populate_existing=True))
    return {row.slug: Rollup(row.slug, row.taken_at, _figures(row.figures)) for row in rows}


def health_of(control: ControlSession, slugs: Iterable[str], *, now: datetime) -> Mapping[str, Health]:
    """How each tenant is, judged by its last figures."""
    known = list_rollups(control)
    return {slug: _health(known.get(slug), now) for slug in slugs}


def _health(found: Rollup | None, now: datetime) -> Health:
    if found is None:
        return Health("unknown", ("not counted yet",))
    figures, bad, warn = found.figures, [], []
    if now - found.taken_at > STALE:
        bad.append("the worker has not counted for a while")
    if figures.total("overdue"):
        bad.append(f"{counted(figures.total('overdue'), 'deadline')} over")
    if figures.dead:
        bad.append(f"{counted(figures.dead, 'job')} given up")
    if figures.stuck:
        warn.append(f"{counted(len(figures.stuck), 'letter')} stuck")
    if figures.oldest_due_at and found.taken_at - datetime.fromisoformat(figures.oldest_due_at) > OLD:
        warn.append("jobs wait for longer than 15 minutes")
    if figures.total("in_24_hours"):
        warn.append(f"{counted(figures.total('in_24_hours'), 'deadline')} within 24 hours")
    return Health("bad" if bad else "warn" if warn else "good", (*bad, *warn))


def _deadlines(session: Session, now: datetime) -> Iterable[DeadlineFigures]:
    due = RequestDeadline.due_at
    rows = session.execute(
        select(
            RequestDeadline.rule,
            func.count().filter(due < now).label("overdue"),
            func.count().filter(due >= now, due < now + SOON).label("in_24_hours"),
            func.count().filter(due >= now + SOON, due < now + LATER).label("in_72_hours"),
            func.count().filter(due >= now + LATER).label("later"),
            func.count().filter(RequestDeadline.state == "paused").label("paused"),
            func.min(due).label("next_at"),
        )
        .join(Request, Request.id == RequestDeadline.request_id)
        .where(RequestDeadline.state.in_(("running", "paused")), Request.status.in_(OPEN_STATUSES))
        .group_by(RequestDeadline.rule)
        .order_by(RequestDeadline.rule)
    ).mappings()
    for row in rows:
        yield DeadlineFigures(**{**row, "next_at": row["next_at"].isoformat() if row["next_at"] else ""})


def _stuck(letters: Iterable[LetterRecord]) -> Iterable[StuckLetter]:
    for letter in letters:
        about = {"letter_id": str(letter.id), "kind": letter.kind.value, "written_at": letter.written_at.isoformat()}
        if letter.state == "held":
            yield StuckLetter(**about, delivery_id="", channel="", fault=letter.held_because, may_drive=True)
        for way in letter.deliveries:
            if way.state == "failed":
                yield StuckLetter(
                    **about, delivery_id=str(way.id), channel=way.channel.value, fault=way.fault,
                    may_drive=way.attempts > 0,
                )  # fmt: skip


def _dead_jobs(session: Session) -> tuple[DeadJob, ...]:
    rows = session.scalars(
        select(OutboxRow).where(OutboxRow.state == "dead").order_by(OutboxRow.finished_at).limit(MOST_LISTED)
    )
    return tuple(
        DeadJob(
            str(row.id), row.kind, row.last_fault or "", row.attempts,
            row.finished_at.isoformat() if row.finished_at else "",
        )
        for row in rows
    )  # fmt: skip


def _figures(kept: Mapping[str, Any]) -> Figures:
    return Figures(
        **{
            **kept,
            "deadlines": tuple(DeadlineFigures(**one) for one in kept.get("deadlines", ())),
            "stuck": tuple(StuckLetter(**one) for one in kept.get("stuck", ())),
            "dead_jobs": tuple(DeadJob(**one) for one in kept.get("dead_jobs", ())),
        }
    )
