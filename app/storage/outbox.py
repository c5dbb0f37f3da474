"""Effects owed to the outside, kept in PostgreSQL until they are done.

A row is written in the transaction that owes it. Whoever drains leases one row at a time, acts in a fresh
Session and writes the result only while the lease is still its own. Redis is never asked. Must not know what
any kind of effect does.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Table, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.storage.db import Databases
from app.storage.models import OutboxRow
from app.storage.transaction import tenant_transaction
from tenancy.contract import Contract

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)
MOST_ATTEMPTS = 20
BATCH = 50

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A leased row as its handler sees it; ``id`` is the idempotency key for the outside."""

    id: UUID
    kind: str
    payload: Mapping[str, object]
    attempts: int
    lease_token: UUID


Handler = Callable[[Session, Contract, DueRow, datetime], None]
"""Does the effect, given (session, contract, row, now), and leaves the commit to the caller."""


class Undeliverable(Exception):
    """A handler says that trying again is useless; the row is dead at once. The text must hold no PHI."""


class LeaseLost(Exception):
    """Another drain took the row over; what this one changed in the database is rolled back."""


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many rows of a tenant are due, done and dead."""

    due: int
    done: int
    dead: int


_ROWS = cast("Table", OutboxRow.__table__)
_WRITTEN = ("id", "kind", "payload", "key", "created_at", "due_at", "state", "attempts")
_ENQUEUE = insert(_ROWS).on_conflict_do_nothing(index_elements=["key"]).returning(_ROWS.c.id)
"""Made once: every mail says it."""

OWED = (
    insert(_ROWS)
    .values({name: bindparam(f"owed_{name}", type_=_ROWS.c[name].type) for name in _WRITTEN})
    .on_conflict_do_nothing(index_elements=["key"])
    .cte("owed")
)
"""The same as a part of another statement, which then takes :func:`owed` among its parameters."""


def owed(*, kind: str, payload: Mapping[str, object], now: datetime, key: str) -> dict[str, object]:
    """The parameters of :data:`OWED`: an effect owed by the statement that holds it; otherwise as :func:`enqueue`."""
    return {f"owed_{name}": value for name, value in _row(kind, payload, key, now, now).items()}


def enqueue(
    session: Session,
    *,
    kind: str,
    payload: Mapping[str, object],
    now: datetime,
    key: str | None = None,
    due_at: datetime | None = None,
) -> UUID:
    """Owe an effect in the Session's own transaction and return its id.

    ``payload`` holds ids only. With a ``key`` that was used before, nothing is added and the earlier id comes back.
    """
    added: UUID | None = session.execute(_ENQUEUE, _row(kind, payload, key, now, due_at or now)).scalar()
    return added or session.execute(select(OutboxRow.id).where(OutboxRow.key == key)).scalar_one()


def _row(
    kind: str, payload: Mapping[str, object], key: str | None, now: datetime, due_at: datetime
) -> dict[str, object]:
    what = {"id": uuid.uuid4(), "kind": kind, "payload": dict(payload), "key": key}
    return {**what, "created_at": now, "due_at": due_at, "state": "due", "attempts": 0}


def drain(
    databases: Databases,
    slug: str,
    *,
    contract: Contract,
    now: datetime,
    handlers: Mapping[str, Handler],
    limit: int = BATCH,
) -> int:
    """Do what is due in the tenant, up to ``limit`` rows, and return how many were done.

    Rows another drain holds are skipped, rows whose lease ran out are taken over. A handler that raises puts
    its row off (5 s doubling to 30 min, with jitter); after 20 attempts, or Undeliverable, the row is dead and
    stays visible. Time passes inside: ``now`` is the instant the drain began.
    """
    began = time.monotonic()

    def current() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    done = 0
    for _ in range(limit):
        row = _lease_next(databases, slug, current())
        if row is None:
            break
        done += _work_off(databases, slug, contract, row, current, handlers.get(row.kind))
    return done


def _lease_next(databases: Databases, slug: str, now: datetime) -> DueRow | None:
    token = uuid.uuid4()
    is_free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < now)
    with tenant_transaction(databases.app, slug) as session:
        chosen = session.execute(
            select(OutboxRow.id, OutboxRow.kind, OutboxRow.payload, OutboxRow.attempts)
            .where(OutboxRow.state == "due", OutboxRow.due_at <= now, is_free)
            .order_by(OutboxRow.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if chosen is None:
            return None
        row = DueRow(chosen.id, chosen.kind, dict(chosen.payload), chosen.attempts + 1, token)
        _update(session, OutboxRow.id == row.id, attempts=row.attempts, lease_token=token, leased_until=now + LEASE)
    return row


def _work_off(
    databases: Databases,
    slug: str,
    contract: Contract,
    row: DueRow,
    current: Callable[[], datetime],
    handler: Handler | None,
) -> int:
    try:
        with tenant_transaction(databases.app, slug) as session:
            if handler is None:
                raise Undeliverable("nothing here handles this kind")
            handler(session, contract, row, current())
            if not _settle(session, row, current(), "done"):
                raise LeaseLost
    except LeaseLost:
        log.warning("outbox_lease_lost", tenant=slug, row=str(row.id))
        return 0
    except Exception as error:  # noqa: BLE001 - whatever the outside does, the row must be put off and told of
        _put_off(databases, slug, row, error, current())
        return 0
    return 1


def _put_off(databases: Databases, slug: str, row: DueRow, error: Exception, now: datetime) -> None:
    fault = type(error).__name__
    is_dead = isinstance(error, Undeliverable) or row.attempts >= MOST_ATTEMPTS
    log.warning("outbox_put_off", tenant=slug, row=str(row.id), fault=fault, attempts=row.attempts, is_dead=is_dead)
    with tenant_transaction(databases.app, slug) as session:
        if is_dead:
            _settle(session, row, now, "dead", fault)
        else:
            _release(session, row, now + wait_after(row.attempts), fault)


def wait_after(attempts: int) -> timedelta:
    """How long a row rests after its n-th failed attempt: 5 s doubling to 30 min, less up to a fifth by chance."""
    doublings: int = 2 ** min(attempts - 1, 20)
    longest = min(FIRST_WAIT * doublings, LONGEST_WAIT)
    return longest * (1 - random.random() / 5)  # noqa: S311 - spreads retries, keeps no secret


def _settle(session: Session, row: DueRow, now: datetime, state: str, fault: str | None = None) -> bool:
    mine = (OutboxRow.id == row.id) & (OutboxRow.lease_token == row.lease_token) & (OutboxRow.state == "due")
    values = {"state": state, "finished_at": now, "last_fault": fault, "lease_token": None, "leased_until": None}
    return _update(session, mine, **values)


def _release(session: Session, row: DueRow, due_at: datetime, fault: str) -> None:
    mine = (OutboxRow.id == row.id) & (OutboxRow.lease_token == row.lease_token)
    _update(session, mine, due_at=due_at, last_fault=fault, lease_token=None, leased_until=None)


def _update(session: Session, where: ColumnElement[bool], **values: object) -> bool:
    statement = update(OutboxRow).where(where).values(**values).returning(OutboxRow.id)
    return session.execute(statement.execution_options(synchronize_session=False)).first() is not None


def count_by_state(session: Session) -> OutboxCounts:
    """How many rows are due, done and dead, for the boards of those who keep watch."""
    rows = session.execute(select(OutboxRow.state, func.count().label("rows")).group_by(OutboxRow.state))
    found: dict[str, int] = {row.state: row.rows for row in rows}
    return OutboxCounts(found.get("due", 0), found.get("done", 0), found.get("dead", 0))


def revive(session: Session, row_id: UUID, *, now: datetime) -> bool:
    """Make a dead row due again; False when there is no dead row of this id."""
    dead = (OutboxRow.id == row_id) & (OutboxRow.state == "dead")
    return _update(session, dead, state="due", finished_at=None, attempts=0, due_at=now.astimezone(UTC))
