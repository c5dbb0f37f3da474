"""Which contract content was in force since when: one row a change, in ``control.release``.

A release is immutable and addressed by the hash of its effective content, which is kept in the form it is
hashed in, so that a stored release can be checked against its own name.
Must not know requests or rooms.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import text

from tenancy.contract import Contract
from tenancy.release import canonical_text
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
            "content": canonical_text(loaded[slug].contract),
            "now": now,
        }
        session.execute(
            text(
                "INSERT INTO control.release (id, slug, hash, content, effective_at)"
                " VALUES (:id, :slug, :hash, :content, :now)"
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
