"""What changed for providers from one release of a contract to the next, in the words of the plan. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tenancy.contract import Contract
from tenancy.in_force import ContractsInForce
from tenancy.plan import Area, Change, differences
from tenancy.releases import Publication, ReleaseUnknown, list_publications
from tenancy.scope import ControlSession
from tenancy.stored import StoredUnreadable

MOST = 10
INSIDE = (
    ("review", "may"),
    ("review", "levels"),
    ("review", "auto_approvals"),
    ("review", "due_soon"),
    ("review", "expiring_days"),
    ("identity", "client_code"),
    ("sample_data",),
    ("waivers",),
    ("brand", "primary"),
    ("brand", "accent"),
)
"""Parts that only the payer's own people work with."""

FOR_REVIEWERS = frozenset({"criterion", "met_when"})
"""Keys, wherever they stand, that only reviewers see."""


@dataclass(frozen=True, slots=True)
class Note:
    """What one release changed, by kind, and since when it is in force."""

    since: datetime
    release: str
    changes: tuple[tuple[Area, tuple[Change, ...]], ...]


def list_notes(
    session: ControlSession, contracts: ContractsInForce, slug: str, *, now: datetime, most: int = MOST
) -> tuple[Note, ...]:
    """The newest releases that changed something for providers, the newest first. ``session`` is control's.

    A release whose predecessor can no longer be read is left out.
    """
    notes: list[Note] = []
    for one in list_publications(session, slug):
        if one.effective_at <= now and one.replaces and (note := _note(session, contracts, one)) is not None:
            notes.append(note)
        if len(notes) == most:
            break
    return tuple(notes)


def notes_between(old: Contract, new: Contract) -> tuple[tuple[Area, tuple[Change, ...]], ...]:
    """What a provider notices of the step from one contract to another, by kind of thing."""
    seen = [one for one in differences(old, new) if not _is_inside(one.path)]
    order = list(Area)
    seen.sort(key=lambda one: order.index(one.area))
    return tuple((area, tuple(changes)) for area, changes in groupby(seen, key=lambda one: one.area))


def _is_inside(path: tuple[str, ...]) -> bool:
    return not FOR_REVIEWERS.isdisjoint(path) or any(path[: len(part)] == part for part in INSIDE)


def _note(session: ControlSession, contracts: ContractsInForce, one: Publication) -> Note | None:
    try:
        old = contracts.release(session, one.slug, one.replaces or "").contract
        new = contracts.release(session, one.slug, one.hash).contract
    except (ReleaseUnknown, StoredUnreadable):
        return None
    changes = notes_between(old, new)
    return Note(one.effective_at, one.hash, changes) if changes else None
