"""A contract's file while somebody changes it: kept per person, checked at every look, planned before it is proposed.

Must not know requests or pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.console.bench import Bench
from app.console.models import ContractDraft
from app.console.planning import Plan, effects_on_cases, plan_of
from app.domain.access import Actor
from app.domain.errors import FieldFault, Invalid
from tenancy.faults import Fault
from tenancy.loader import LoadedContract
from tenancy.plan import Change, differences
from tenancy.releases import Publication, get_release, newest_publication

LONGEST_TEXT = 400_000
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""What neither a page nor YAML may hold."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The file as it stands; ``base`` is the newest release when its author began, None where none was recorded."""

    text: str
    base: str | None
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Newer:
    """Somebody published since the author began: who and what that changed."""

    publication: Publication
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What looking at a draft gives: every fault; the contract and what it would change when no fault is an error."""

    faults: tuple[Fault, ...]
    loaded: LoadedContract | None
    plan: Plan | None
    newer: Newer | None

    @property
    def errors(self) -> int:
        """How many faults keep it from being proposed."""
        return sum(fault.is_error for fault in self.faults)


def find_draft(bench: Bench, slug: str, *, actor: Actor) -> Draft | None:
    """The person's own draft of a contract."""
    row = bench.control.scalar(_mine(slug, actor.user_id).execution_options(populate_existing=True))
    return Draft(row.text, row.base, row.saved_at) if row else None


def text_in_force(bench: Bench, slug: str) -> str:
    """The contract's own file of the newest release; empty when its files were not kept. Raises NotFound."""
    return bench.texts(slug).get(f"{slug}.yaml", "")


def save_draft(bench: Bench, slug: str, text: str, *, actor: Actor, now: datetime) -> None:
    """Keep the file as it was typed, faults and all.

    Raises Invalid for what is no text at all: empty, too long, or with control characters. Raises NotFound.
    """
    bench.must_know(slug)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Invalid((FieldFault("text", "Paste the contract file, or choose it."),))
    if len(text) > LONGEST_TEXT:
        raise Invalid((FieldFault("text", f"The file is longer than {LONGEST_TEXT:,} characters."),))
    if CONTROL_CHARACTERS.search(text):
        raise Invalid((FieldFault("text", "This is no text file: it holds control characters."),))
    newest = newest_publication(bench.control, slug)
    key = {"slug": slug, "staff_id": actor.user_id}
    fresh = {"base": newest.hash if newest else None, "text": text, "saved_at": now}
    statement = insert(ContractDraft).values({**key, **fresh})
    changed = {"text": text, "saved_at": now}
    bench.control.execute(statement.on_conflict_do_update(index_elements=["slug", "staff_id"], set_=changed))


def drop_draft(bench: Bench, slug: str, *, actor: Actor) -> None:
    """Forget the person's draft; the next one begins from the newest release."""
    mine = (ContractDraft.slug == slug) & (ContractDraft.staff_id == actor.user_id)
    bench.control.execute(delete(ContractDraft).where(mine))


def take_over(bench: Bench, slug: str, *, actor: Actor) -> None:
    """Say that what somebody else published meanwhile was taken over: the draft counts as begun from there."""
    row = bench.control.scalar(_mine(slug, actor.user_id))
    newest = newest_publication(bench.control, slug)
    if row is not None:
        row.base = newest.hash if newest else None


def check_draft(bench: Bench, slug: str, draft: Draft, inside: Session, *, now: datetime) -> Checked:
    """Every fault of a draft with its place, and the plan of what it would change. ``inside`` is the tenant's Session.

    Raises NotFound.
    """
    newest = bench.newest(slug)
    today = now.astimezone(ZoneInfo(newest.contract.identity.time_zone)).date()
    reading = bench.reading(slug, draft.text, today)
    plan = plan_against(newest, reading.loaded, inside, now=now) if reading.loaded else None
    return Checked(reading.faults, reading.loaded, plan, _newer(bench, slug, draft.base))


def plan_against(newest: LoadedContract, wanted: LoadedContract, inside: Session, *, now: datetime) -> Plan:
    """What putting a contract in the newest one's place would change, with figures of open cases."""
    effects = effects_on_cases(inside, newest.contract, wanted.contract, now=now)
    return plan_of(newest.contract, wanted, before=newest, effects=effects)


def _newer(bench: Bench, slug: str, base: str | None) -> Newer | None:
    newest = newest_publication(bench.control, slug)
    if newest is None or newest.hash == base:
        return None
    theirs = get_release(bench.control, slug, newest.hash)
    changes = differences(get_release(bench.control, slug, base), theirs) if base else ()
    return Newer(newest, changes)


def _mine(slug: str, staff_id: UUID | None) -> Select[ContractDraft]:
    return select(ContractDraft).where(ContractDraft.slug == slug, ContractDraft.staff_id == staff_id)
