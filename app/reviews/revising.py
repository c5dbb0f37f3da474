"""The staff's answer to a change a provider asked for: new units and days in the authorization, or why not (REV-01).

Knows no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases.models import ProcedureLine
from app.domain import typed
from app.domain.access import Actor, Permission
from app.domain.errors import Conflict, FieldFault, Forbidden, Invalid
from app.domain.wording import counted
from app.reviews.added_codes import get_revision, must_be_decided
from app.reviews.after_models import Revision
from app.reviews.demands import demands_of
from app.reviews.desk import Decidable, Desk, Handled, sit_down
from app.reviews.determinations import FAVOURABLE, field_name
from app.reviews.information import OPEN
from app.reviews.levels import level_of, levels_for, said_levels
from tenancy.contract import Contract
from tenancy.vocabulary import Decision, Event

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Certified:
    """What is certified of a line, or of the stay where ``line_id`` is empty, as it shall be."""

    line_id: UUID | None
    units: int | None
    start_on: date | None
    end_on: date | None


@dataclass(frozen=True, slots=True)
class RevisionAnswer:
    """What the provider is told, whether the change was made, and what is certified from now on."""

    text: str
    is_done: bool
    certified: Sequence[Certified] = ()


def answer_revision(
    session: Session, contract: Contract, revision_id: UUID, answer: RevisionAnswer, *, actor: Actor, now: datetime
) -> Handled:
    """Change units and days of what was certified and tell the provider, or tell why not (staff).

    What was billed stays: units cannot fall below those used (REV-03). Granting less takes a level that may approve in
    part, anything else one that may approve. Raises NotFound, Forbidden, Invalid with every fault, Conflict.
    """
    revision = get_revision(session, revision_id)
    desk = sit_down(session, revision.request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now)
    session.refresh(revision)
    if revision.state != OPEN:
        raise Conflict(f"This change was answered already by {revision.answered_by_name}.")
    if not answer.is_done:
        must_be_decided(desk, revision)
    changed = _changed(desk, answer.certified) if answer.is_done else []
    _must_be_sound(revision, answer, changed)
    for part, wanted in changed:
        _must_be_allowed(contract, desk, part, wanted)
        _change(desk, part, wanted)
    _close(desk, revision, answer)
    return desk.finish(
        "request:answer_revision", detail={"done": str(answer.is_done).lower(), "lines": str(len(changed))}
    )


def certified_parts(parts: Sequence[Decidable]) -> tuple[Decidable, ...]:
    """What a revision may change: everything of a request that was approved, all or in part."""
    return tuple(part for part in parts if part.certify_status in FAVOURABLE)


def line_of(part: Decidable) -> UUID | None:
    """The line's id, None for a stay."""
    return part.id if isinstance(part, ProcedureLine) else None


def _changed(desk: Desk, wanted: Sequence[Certified]) -> list[tuple[Decidable, Certified]]:
    """What is wanted otherwise than it is; a line that is not certified cannot be changed."""
    known = {line_of(part): part for part in certified_parts(desk.parts())}
    if any(one.line_id not in known for one in wanted):
        raise Conflict("A line that is not certified any more was changed. Look at the request as it is now.")
    pairs = [(known[one.line_id], one) for one in wanted]
    return [(part, one) for part, one in pairs if _now(part) != (one.units, one.start_on, one.end_on)]


def _now(part: Decidable) -> tuple[int, date | None, date | None]:
    return part.units_approved, part.certified_start_on, part.certified_end_on


def _must_be_sound(revision: Revision, answer: RevisionAnswer, changed: Sequence[tuple[Decidable, Certified]]) -> None:
    faults = [fault for part, wanted in changed for fault in _faults(revision, part, wanted)]
    if not 0 < len(answer.text.strip()) <= LONGEST:
        faults.append(FieldFault(f"{revision.id}.answer", "Tell the provider what was done, or why not."))
    if faults:
        raise Invalid(tuple(faults))


def _faults(revision: Revision, part: Decidable, wanted: Certified) -> list[FieldFault]:
    name, least, faults = f"{revision.id}.{field_name(wanted.line_id)}", max(1, part.units_used), []
    if wanted.units is None or wanted.units < least:
        billed = f": {counted(part.units_used, 'unit')} were billed already" if part.units_used else ""
        faults.append(FieldFault(f"{name}.units", f"Enter at least {counted(least, 'unit')}{billed}."))
    if wanted.start_on is None or wanted.end_on is None or wanted.end_on < wanted.start_on:
        faults.append(FieldFault(f"{name}.start_on", "Enter the first and the last certified day, in order."))
    return faults


def _must_be_allowed(contract: Contract, desk: Desk, part: Decidable, wanted: Certified) -> None:
    """Granting less than was certified is deciding in part; only a level the contract names may."""
    before = _now(part)
    is_less = (wanted.units or 0) < before[0] or _is_shorter(before, wanted)
    needed = Decision.MODIFY if is_less else Decision.APPROVE
    able = levels_for(contract, needed, demands_of(desk.session, contract, desk.case, desk.request))
    if level_of(desk.actor, able) is None:
        raise Forbidden(f"Only a {said_levels(contract, able)} may change it this way. Send the request up.")


def _is_shorter(before: tuple[int, date | None, date | None], wanted: Certified) -> bool:
    if None in (before[1], before[2], wanted.start_on, wanted.end_on):
        return False
    return wanted.start_on > before[1] or wanted.end_on < before[2]  # type: ignore[operator]


def _change(desk: Desk, part: Decidable, wanted: Certified) -> None:
    code = f"{part.code}: " if isinstance(part, ProcedureLine) else ""
    detail = f"{code}{_said(*_now(part))} → {_said(wanted.units, wanted.start_on, wanted.end_on)}"
    part.units_approved, part.certified_start_on = wanted.units or 0, wanted.start_on
    part.certified_end_on = wanted.end_on
    desk.happened("line_revised", detail=detail, line_id=line_of(part))


def _said(units: int | None, start_on: date | None, end_on: date | None) -> str:
    days = " – ".join(typed.day_shown(day) for day in (start_on, end_on) if day)
    return f"{counted(units or 0, 'unit')}, {days}"


def _close(desk: Desk, revision: Revision, answer: RevisionAnswer) -> None:
    revision.state, revision.answer = "done" if answer.is_done else "declined", answer.text.strip()
    revision.answered_by_name, revision.answered_at = desk.actor.name, desk.now
    desk.happened("revision_done" if answer.is_done else "revision_declined", detail=revision.answer)
    desk.tell(Event.STATUS_CHANGED.value, f"revision:{revision.id}")
