"""Linking one event behind a lane's head in a single statement: what nearly every act does.

The database takes the first lane nobody holds, hashes the event behind its head, writes it and moves the head. Where
every lane is held nothing is written and no row comes back: the caller then waits for a lane. Must not know when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any, cast

from sqlalchemy import Insert, Table, Text, bindparam, func, insert, select, update

from app.storage.models import AuditEvent, AuditHead

EVENTS, HEADS = cast("Table", AuditEvent.__table__), cast("Table", AuditHead.__table__)
_GIVEN = (
    "id", "occurred_at", "actor_kind", "actor_id", "actor_name", "action", "object_type", "object_id", "result",
    "detail",
)  # fmt: skip
_LINKED = ("lane", "position", "previous_hash")


def text_of(row: Mapping[str, Any]) -> str:
    """What the hash of an event covers: its every column and the hash before it, in one fixed form."""
    before, between, after, end = pieces_of(row)
    return f"{before}{row['lane']}{between}{row['position']}{after}{row['previous_hash']}{end}"


def pieces_of(event: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """The fixed form, one JSON object with sorted keys, in the pieces between lane, position and previous hash."""
    before = {
        "action": event["action"],
        "actor_id": None if event["actor_id"] is None else str(event["actor_id"]),
        "actor_kind": event["actor_kind"],
        "actor_name": event["actor_name"],
        "detail": event["detail"],
        "id": str(event["id"]),
    }
    between = {
        "object_id": event["object_id"],
        "object_type": event["object_type"],
        "occurred_at": event["occurred_at"].astimezone(UTC).isoformat(),
    }
    return (
        f'{{{_members(before)},"lane":',
        f',{_members(between)},"position":',
        ',"previous_hash":"',
        f'",{_members({"result": event["result"]})}}}',
    )


def _members(part: Mapping[str, Any]) -> str:
    return json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)[1:-1]


def parameters_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What the statement needs for this event."""
    given = {f"event_{name}": event[name] for name in _GIVEN}
    return given | {f"piece_{place}": piece for place, piece in enumerate(pieces_of(event))}


def linking() -> Insert:
    """The statement; other changes may be added to it. It returns the lane, or no row where every lane is held."""
    free = select(HEADS).order_by(HEADS.c.lane).limit(1).with_for_update(skip_locked=True).cte("free_lane")
    position = (free.c.position + 1).label("position")
    before, between, after, end = (bindparam(f"piece_{place}", type_=Text) for place in range(4))
    text = func.concat(before, free.c.lane, between, free.c.position + 1, after, free.c.hash, end)
    digest = func.encode(func.sha256(func.convert_to(text, "UTF8")), "hex").label("hash")
    link = select(free.c.lane, position, free.c.hash.label("previous_hash"), digest).cte("link")
    moved = (
        update(HEADS)
        .where(HEADS.c.lane == link.c.lane)
        .values(position=link.c.position, hash=link.c.hash)
        .cte("moved_head")
    )
    given = [bindparam(f"event_{name}", type_=EVENTS.c[name].type).label(name) for name in _GIVEN]
    names = [*_GIVEN, *_LINKED, "hash"]
    rows = select(*given, *(link.c[name] for name in (*_LINKED, "hash")))
    return insert(EVENTS).from_select(names, rows).add_cte(moved).returning(EVENTS.c.lane)
