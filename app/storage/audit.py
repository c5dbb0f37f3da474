"""The audit trail: append-only, hash-chained, written in the transaction of the act it tells of.

Each tenant has a few lanes, each a chain of its own. A transaction collects its events and, just before it
commits, takes a free lane (it never waits while one is free), links the events behind the lane's head and
moves the head. Must not know any room's objects; events carry names and ids, never PHI.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, event, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, SessionTransaction

from app.domain.access import Actor
from app.storage.audit_link import EVENTS, HEADS, linking, parameters_of, text_of
from app.storage.models import AuditEvent, AuditHead
from tenancy.scope import TenantSession

LANES = 8
FIRST_HASH = "0" * 64
_PENDING = "audit_pending"
_PAGE = 2_000
_MAX_DETAIL = 2_000


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A place where the chain does not hold: the lane, the position in it, and what is wrong there."""

    lane: int
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class LaneHead:
    """The end of a lane. Kept outside the database it proves that nothing was cut off or rewritten since."""

    lane: int
    position: int
    hash: str


@dataclass(slots=True)
class _Pending:
    values: dict[str, Any]
    inside: SessionTransaction | None = field(default=None)


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: UUID | str | None,
    result: str = "ok",
    detail: Mapping[str, str] | None = None,
    now: datetime,
) -> None:
    """Tell the trail of one act; the event is written with the Session's commit and vanishes with its rollback.

    ``action`` is ``object:verb`` in the trade's words, ``detail`` holds field names, rule names and ids, never
    values from a record (45 CFR 164.312(b)). Raises ValueError for a naive instant or an overlong detail.
    """
    values = event_of(
        actor=actor, action=action, object_type=object_type, object_id=object_id, result=result, detail=detail, now=now
    )
    remember(session, values)


def event_of(
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: UUID | str | None,
    result: str = "ok",
    detail: Mapping[str, str] | None = None,
    now: datetime,
) -> dict[str, Any]:
    """The event of one act, not yet written; raises as ``record``."""
    if now.tzinfo is None:
        raise ValueError("an audit event needs an aware instant")
    told = dict(detail or {})
    if len(json.dumps(told)) > _MAX_DETAIL:
        raise ValueError("the detail of an audit event is names and ids, not content")
    return {
        "id": uuid.uuid4(),
        "occurred_at": now.astimezone(UTC),
        "actor_kind": actor.kind.value,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "action": action,
        "object_type": object_type,
        "object_id": None if object_id is None else str(object_id),
        "result": result,
        "detail": told,
    }


def remember(session: Session, values: dict[str, Any]) -> None:
    """Leave an event to be written with the Session's commit."""
    session.connection()  # an event belongs to a transaction: open one, so that a rollback forgets it
    session.info.setdefault(_PENDING, []).append(_Pending(values, session.get_nested_transaction()))


@event.listens_for(TenantSession, "before_commit")
def _write_pending(session: Session) -> None:
    pending: list[_Pending] = session.info.get(_PENDING, [])
    if not pending or session.in_nested_transaction():
        return
    session.flush()  # everything else first, so that the lane is held as briefly as can be
    if len(pending) == 1 and session.execute(_LINKING, parameters_of(pending[0].values)).first():
        pending.clear()
        return
    head = _take_lane(session)
    rows = list(_linked(head, [one.values for one in pending]))
    if rows[:-1]:
        session.execute(_APPEND, rows[:-1])
    last = {f"event_{name}": value for name, value in rows[-1].items()}
    moved = {"head_lane": head.lane, "head_position": last["event_position"], "head_hash": last["event_hash"]}
    session.execute(_APPEND_LAST, {**last, **moved})
    pending.clear()


_LINKING = linking()
_MOVED = (
    update(HEADS)
    .where(HEADS.c.lane == bindparam("head_lane"))
    .values(position=bindparam("head_position", type_=Integer), hash=bindparam("head_hash", type_=Text))
    .cte("moved")
)
_APPEND = insert(EVENTS)
_APPEND_LAST = _APPEND.values(
    {column.name: bindparam(f"event_{column.name}", type_=column.type) for column in EVENTS.c}
).add_cte(_MOVED)
"""The last event and the head that points at it, in one message."""
_HEAD = select(HEADS.c.lane, HEADS.c.position, HEADS.c.hash)
_FIRST_FREE_HEAD = _HEAD.order_by(HEADS.c.lane).limit(1).with_for_update(skip_locked=True)
"""Made once, and of the table, not of its objects: every act and every page that shows a record asks it."""


@event.listens_for(TenantSession, "after_soft_rollback")
def _forget_rolled_back(session: Session, previous: SessionTransaction) -> None:
    pending: list[_Pending] = session.info.get(_PENDING, [])
    if not previous.nested:
        pending.clear()
    pending[:] = [one for one in pending if not _is_within(one.inside, previous)]


def _is_within(inside: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inside is not None:
        if inside is outer:
            return True
        inside = inside.parent
    return False


def _take_lane(session: Session) -> LaneHead:
    """The first lane nobody holds; where all are held, wait for one by chance."""
    row = session.execute(_FIRST_FREE_HEAD).first()
    if row is None:
        seeds = [{"lane": lane, "position": 0, "hash": FIRST_HASH} for lane in range(LANES)]
        session.execute(upsert(AuditHead).values(seeds).on_conflict_do_nothing())
        waited_for = _HEAD.where(HEADS.c.lane == uuid.uuid4().int % LANES).with_for_update()
        row = session.execute(_FIRST_FREE_HEAD).first() or session.execute(waited_for).one()
    return LaneHead(*row)


def _linked(head: LaneHead, events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    previous, position = head.hash, head.position
    for values in events:
        position += 1
        row = {**values, "lane": head.lane, "position": position, "previous_hash": previous}
        previous = link_hash(row)
        yield {**row, "hash": previous}


def link_hash(row: Mapping[str, Any]) -> str:
    """The SHA-256 of an event's every column together with the hash before it."""
    return hashlib.sha256(text_of(row).encode()).hexdigest()


def heads(session: Session) -> tuple[LaneHead, ...]:
    """The ends of the tenant's lanes, to be kept where nobody with the database can reach them."""
    rows = session.execute(select(AuditHead.lane, AuditHead.position, AuditHead.hash).order_by(AuditHead.lane))
    return tuple(LaneHead(*row) for row in rows)


def verify(session: Session) -> tuple[BrokenLink, ...]:
    """Walk every lane and name each event that was edited, removed or slipped in; empty when the trail is whole."""
    broken: list[BrokenLink] = []
    ends = {head.lane: head for head in heads(session)}
    lanes = set(ends) | set(session.scalars(select(AuditEvent.lane).distinct()))
    for lane in sorted(lanes):
        broken.extend(_verify_lane(session, lane, ends.get(lane, LaneHead(lane, 0, FIRST_HASH))))
    return tuple(broken)


def _verify_lane(session: Session, lane: int, head: LaneHead) -> Iterator[BrokenLink]:
    position, previous = 0, FIRST_HASH
    for row in _events_of(session, lane):
        for missing in range(position + 1, row["position"]):
            yield BrokenLink(lane, missing, "removed")
        if row["hash"] != link_hash(row):
            yield BrokenLink(lane, row["position"], "edited")
        elif row["position"] == position + 1 and row["previous_hash"] != previous:
            yield BrokenLink(lane, row["position"], "not linked to the event before it")
        position, previous = row["position"], row["hash"]
    for missing in range(position + 1, head.position + 1):
        yield BrokenLink(lane, missing, "removed")
    if position > head.position or (position == head.position and previous != head.hash):
        yield BrokenLink(lane, position, "the lane's head does not know this event")


def _events_of(session: Session, lane: int) -> Iterator[Mapping[str, Any]]:
    position = 0
    while True:
        page = (
            session.execute(
                select(AuditEvent.__table__)
                .where(AuditEvent.lane == lane, AuditEvent.position > position)
                .order_by(AuditEvent.position)
                .limit(_PAGE)
            )
            .mappings()
            .all()
        )
        for row in page:
            yield dict(row)
        if len(page) < _PAGE:
            return
        position = page[-1]["position"]
