"""Which contract content was in force since when: one row a change, in ``control.release``.

A release is immutable and addressed by the hash of its effective content. Must not know requests or rooms.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from sqlalchemy import text

from tenancy.contract import Contract
from tenancy.scope import ControlSession


class Loaded(Protocol):
    """A contract as the loader gives it: the content and the hash of it."""

    @property
    def contract(self) -> Contract: ...

    @property
    def release(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ReleaseInForce:
    """What was in force for a tenant at an instant."""

    slug: str
    hash: str
    effective_at: datetime


def record_releases(session: ControlSession, loaded: Mapping[str, Loaded], *, now: datetime) -> tuple[str, ...]:
    """Record each contract whose content differs from the tenant's last recorded one; the slugs recorded.

    Called once when a process starts; the same content again adds nothing. The caller commits.
    """
    latest = text("SELECT DISTINCT ON (slug) slug, hash FROM control.release ORDER BY slug, effective_at DESC")
    last: dict[str, str] = {row.slug: row.hash for row in session.execute(latest)}
    changed = tuple(slug for slug, one in loaded.items() if last.get(slug) != one.release)
    for slug in changed:
        values = {
            "id": uuid.uuid4(),
            "slug": slug,
            "hash": loaded[slug].release,
            "content": json.dumps(plain(loaded[slug].contract), sort_keys=True),
            "now": now,
        }
        session.execute(
            text(
                "INSERT INTO control.release (id, slug, hash, content, effective_at)"
                " VALUES (:id, :slug, :hash, CAST(:content AS jsonb), :now)"
            ),
            values,
        )
    return changed


def release_at(session: ControlSession, slug: str, instant: datetime) -> ReleaseInForce | None:
    """The release that was in force for the tenant at the instant; None before its first."""
    row = session.execute(
        text(
            "SELECT slug, hash, effective_at FROM control.release"
            " WHERE slug = :slug AND effective_at <= :instant ORDER BY effective_at DESC LIMIT 1"
        ),
        {"slug": slug, "instant": instant},
    ).first()
    return None if row is None else ReleaseInForce(*row)


def plain(value: Any) -> Any:
    """A contract as JSON can hold it: objects by field name, words as text, dates and times in ISO 8601.

    Raises TypeError for a value no contract may hold.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    return _plain_leaf(value)


def _plain_leaf(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | Decimal):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Iterable):
        return [plain(item) for item in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    raise TypeError(f"a contract cannot hold a {type(value).__name__}")
