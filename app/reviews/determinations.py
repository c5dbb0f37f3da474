"""Deciding: approve, modify, deny, void or pend each line of a request, and the stay of an inpatient one.

One act may decide several lines. The request is complete once everything in it is decided; the case once every request
is. Knows no page. Nothing here denies by itself: the system may approve by a rule of the contract, never deny.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import deadlines
from app.cases.models import ProcedureLine
from app.domain.access import Actor, ActorKind, Permission
from app.domain.errors import FieldFault, Forbidden, Invalid
from app.domain.lifecycle import CaseStatus, LineStatus, Move, RequestStatus
from app.domain.numbering import authorization_number
from app.reviews.demands import demands_of
from app.reviews.desk import Decidable, Desk, held, others, sit_down
from app.reviews.levels import level_of, levels_for, said_levels
from app.reviews.models import Determination
from app.reviews.reopenings import RECONSIDERATION, close_reopening, open_reopening
from app.reviews.talk_ends import call_off_needless
from tenancy.contract import Contract
from tenancy.contract.aftercare import CertifyReason
from tenancy.loader import LoadedContract
from tenancy.vocabulary import Decision, Event, Outcome, ReviewerLevel

MOVES = {
    Decision.APPROVE: Move.APPROVE_LINE,
    Decision.MODIFY: Move.MODIFY_LINE,
    Decision.DENY: Move.DENY_LINE,
    Decision.VOID: Move.VOID_LINE,
}
ADVERSE = frozenset({Decision.MODIFY, Decision.DENY})
FAVOURABLE = frozenset({LineStatus.APPROVED, LineStatus.MODIFIED})
UNDECIDED = frozenset({LineStatus.PENDING, LineStatus.APPEALED, LineStatus.UN_SUBMITTED})
INITIAL = "initial"
SAME_REVIEWER = (
    "You refused something in this request before. Somebody who had no part in that decision must look at it now."
)
UNFINISHED = {
    "criterion": "Finish the sentence: which criterion is not met in this case?",
    "change": "Finish the sentence: what would change the decision in this case?",
}
LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a reviewer decides about one line; ``line_id`` is empty for the stay.

    An approval grants what was asked: units and dates may be left out. ``reason`` names one of the contract's.
    """

    line_id: UUID | None
    decision: Decision
    reason: str = ""
    units: int | None = None
    start_on: date | None = None
    end_on: date | None = None
    criterion: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Determined:
    """An act of deciding: its id, and where request and case stand after it."""

    act_id: UUID
    request_id: UUID
    case_number: str
    is_complete: bool
    authorization_number: str
    version: int


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what an act of deciding rests besides the reviewer's own words."""

    rationale: str = ""
    round: str = ""
    """The right that led to another look; empty: what the request was reopened for, if it was."""
    rule: str | None = None
    trace: tuple[tuple[str, str, str], ...] = ()


def record_determination(
    session: Session,
    loaded: LoadedContract,
    request_id: UUID,
    decisions: Sequence[LineDecision],
    *,
    version: int,
    grounds: Grounds | None = None,
    actor: Actor,
    now: datetime,
) -> Determined:
    """Decide lines of a request as one act.

    Only a level the contract names may take each decision (42 CFR 438.210(b)(3)); a denial names its reason, the
    criterion that is not met and what would change it (42 CFR 431.80(a)); who denied a line does not decide it
    again. The request is taken into review first if it was not. Raises NotFound, Forbidden, Invalid with every fault,
    and Conflict when the request changed since ``version`` or a move is not allowed.
    """
    desk = sit_down(session, request_id, permission=Permission.REVIEW_DECIDE, actor=actor, now=now, version=version)
    for one in decisions:
        _may_decide(loaded.contract, desk, one)
    _check(loaded.contract, desk, decisions)
    return _decided(loaded, desk, decisions, grounds or Grounds())


def decide_by_rule(
    session: Session,
    loaded: LoadedContract,
    request_id: UUID,
    decision: Decision,
    reason: str,
    grounds: Grounds,
    *,
    actor: Actor,
    now: datetime,
) -> Determined | None:
    """Approve or close everything still open in a request because a rule of the contract says so.

    Never denies: Raises Forbidden for any other decision or a person. None if nothing was open.
    """
    if decision not in (Decision.APPROVE, Decision.VOID) or actor.kind is not ActorKind.SYSTEM:
        raise Forbidden
    desk = held(session, request_id, actor=actor, now=now)
    pending = [part for part in desk.parts() if part.certify_status == LineStatus.PENDING]
    if not pending:
        return None
    wanted = [LineDecision(_line_id(part), decision, reason) for part in pending]
    return _decided(loaded, desk, wanted, grounds)


def outcomes_of(made: Sequence[Determination]) -> frozenset[Outcome]:
    """The kinds of outcome of a request from the latest determination of each line; they open rights.

    Partial when some of it was granted and some was not.
    """
    latest: dict[UUID | None, Determination] = {}
    for row in sorted(made, key=lambda one: one.decided_at):
        if row.decision != Decision.PEND:
            latest[row.line_id] = row
    found = {Outcome(row.outcome) for row in latest.values() if row.outcome}
    granted = any(row.decision in (Decision.APPROVE, Decision.MODIFY) for row in latest.values())
    refused = any(row.decision in ADVERSE for row in latest.values())
    return frozenset(found | ({Outcome.PARTIAL} if granted and refused else set()))


def asked_units(part: Decidable) -> int | None:
    """How many units were asked for: a line's quantity, else days."""
    return part.quantity if part.quantity is not None else part.duration


# ---------------------------------------------------------------- what may be decided


def _may_decide(contract: Contract, desk: Desk, one: LineDecision) -> None:
    able = _able(contract, desk, one.decision)
    if level_of(desk.actor, able) is None:
        raise Forbidden(f"Only a {said_levels(contract, able)} may {one.decision} here. Send the request up.")
    part = _part(desk, one.line_id)
    if part is not None and part.certify_status == LineStatus.APPEALED and _had_a_part(desk):
        raise Forbidden(SAME_REVIEWER)


def _able(contract: Contract, desk: Desk, decision: Decision) -> tuple[ReviewerLevel, ...]:
    return levels_for(contract, decision, demands_of(desk.session, contract, desk.case, desk.request))


def _had_a_part(desk: Desk) -> bool:
    """Whether the reviewer refused anything in this request; after a talk of physicians that is no hindrance."""
    reopening = open_reopening(desk.session, desk.request.id)
    if reopening is not None and reopening.right != RECONSIDERATION:
        return False
    earlier = select(Determination.id).where(
        Determination.request_id == desk.request.id,
        Determination.decided_by == desk.actor.user_id,
        Determination.decision.in_(ADVERSE),
    )
    if reopening is not None:
        earlier = earlier.where(Determination.decided_at <= reopening.asked_at)
    return desk.session.scalars(earlier.limit(1)).first() is not None


def _check(contract: Contract, desk: Desk, decisions: Sequence[LineDecision]) -> None:
    faults = [fault for one in decisions for fault in _faults(contract, desk, one)]
    if not decisions:
        faults.append(FieldFault("", "Choose a decision for at least one line."))
    if faults:
        raise Invalid(tuple(faults))


def _faults(contract: Contract, desk: Desk, one: LineDecision) -> list[FieldFault]:
    part = _part(desk, one.line_id)
    name = field_name(one.line_id)
    if part is None:
        return [FieldFault("", "A line that is not of this request was decided. Open the request again.")]
    if one.decision is Decision.PEND:
        return []
    faults = []
    reason = contract.review.reasons.get(one.reason)
    if reason is None or one.decision not in reason.decisions:
        faults.append(FieldFault(f"{name}.reason", f"Choose the reason to {one.decision}."))
    if one.decision in ADVERSE:
        faults += _unexplained(one, reason, name)
    return faults + (_amounts(part, one, name) if one.decision is Decision.MODIFY else [])


def _unexplained(one: LineDecision, reason: CertifyReason | None, name: str) -> list[FieldFault]:
    """What a refusal leaves unsaid; the words a reason starts with are a sentence to be finished, not the reason."""
    asked = (
        ("criterion", one.criterion, "Say which criterion is not met."),
        ("change", one.change, "Say what would change this decision."),
    )
    starts = {reason.criterion, reason.change} if reason else set()
    faults = [FieldFault(f"{name}.{key}", said) for key, text, said in asked if not text.strip()]
    begun = [key for key, text, _ in asked if text.strip() in starts - {""} and not text.strip().endswith(".")]
    faults += [FieldFault(f"{name}.{key}", UNFINISHED[key]) for key in begun]
    long = [key for key, text, _ in asked if len(text) > LONGEST_TEXT]
    return faults + [FieldFault(f"{name}.{key}", f"Use at most {LONGEST_TEXT:,} characters.") for key in long]


def _amounts(part: Decidable, one: LineDecision, name: str) -> list[FieldFault]:
    """A modification grants something, and not more than was asked."""
    faults, asked = [], asked_units(part)
    if one.units is None or one.units < 1 or (asked is not None and one.units > asked):
        upto = f"from 1 to {asked}" if asked is not None else "of at least 1"
        faults.append(FieldFault(f"{name}.units", f"Enter a number of units {upto}."))
    if one.start_on is None or one.end_on is None or one.end_on < one.start_on:
        faults.append(FieldFault(f"{name}.start_on", "Enter the first and the last certified day, in order."))
    elif one.units == asked and (one.start_on, one.end_on) == (part.start_on, part.end_on):
        faults.append(FieldFault(f"{name}.units", "This grants all that was asked for: approve it instead."))
    return faults


def field_name(line_id: UUID | None) -> str:
    """What the form calls a line."""
    return f"line.{line_id}" if line_id else "stay"


def _part(desk: Desk, line_id: UUID | None) -> Decidable | None:
    return next((part for part in desk.parts() if _line_id(part) == line_id), None)


def _line_id(part: Decidable) -> UUID | None:
    return part.id if isinstance(part, ProcedureLine) else None


# ---------------------------------------------------------------- what a decision changes


def _decided(loaded: LoadedContract, desk: Desk, decisions: Sequence[LineDecision], grounds: Grounds) -> Determined:
    act_id = uuid4()
    reopening = open_reopening(desk.session, desk.request.id)
    grounds = replace(grounds, round=grounds.round or (reopening.right if reopening else INITIAL))
    if desk.request.status == RequestStatus.SUBMITTED:
        desk.move(Move.REVIEW_REQUEST)
    for one in decisions:
        _decide(loaded, desk, one, grounds, act_id)
    is_complete = all(part.certify_status not in UNDECIDED for part in desk.parts())
    if is_complete:
        _complete(desk)
        close_reopening(desk, changed=reopening is not None and _has_changed(desk, reopening.asked_at))
        call_off_needless(desk)
    if any(one.decision is not Decision.PEND for one in decisions):
        desk.tell(Event.STATUS_CHANGED.value, act_id)
    handled = desk.finish("request:decide", detail=_counted(decisions, grounds))
    number = desk.case.authorization_number or ""
    return Determined(act_id, desk.request.id, handled.case_number, is_complete, number, handled.version)


def _decide(loaded: LoadedContract, desk: Desk, one: LineDecision, grounds: Grounds, act_id: UUID) -> None:
    part = _part(desk, one.line_id)
    if part is None:
        raise Invalid((FieldFault("", "A line that is not of this request was decided. Open the request again."),))
    granted = _granted(part, one)
    desk.session.add(_row(loaded, desk, one, granted, grounds, act_id))
    if one.decision is Decision.PEND:
        desk.happened("line_pended", line_id=one.line_id, is_shown=False)
        return
    stay = loaded.contract.intake.length_of_stay.title
    desk.move_part(part, MOVES[one.decision], detail=part.code if isinstance(part, ProcedureLine) else stay)
    reason = loaded.contract.review.reasons.get(one.reason)
    part.certify_reason = reason.label if reason else None
    part.units_approved, part.certified_start_on, part.certified_end_on = granted


def _granted(part: Decidable, one: LineDecision) -> tuple[int, date | None, date | None]:
    """Units and dates a decision certifies: what was asked, what the reviewer grants, or nothing."""
    match one.decision:
        case Decision.APPROVE:
            return asked_units(part) or 0, part.start_on, part.end_on
        case Decision.MODIFY:
            return one.units or 0, one.start_on, one.end_on
        case _:
            return 0, None, None


def _row(
    loaded: LoadedContract,
    desk: Desk,
    one: LineDecision,
    granted: tuple[int, date | None, date | None],
    grounds: Grounds,
    act_id: UUID,
) -> Determination:
    reason = loaded.contract.review.reasons.get(one.reason)
    level = level_of(desk.actor, _able(loaded.contract, desk, one.decision))
    return Determination(
        act_id=act_id,
        request_id=desk.request.id,
        line_id=one.line_id,
        round=grounds.round,
        decision=one.decision.value,
        units=granted[0],
        start_on=granted[1],
        end_on=granted[2],
        reason=one.reason or None,
        reason_text=reason.label if reason else "",
        outcome=reason.outcome.value if reason and reason.outcome and one.decision in ADVERSE else None,
        criterion=one.criterion.strip(),
        change=one.change.strip(),
        rationale=grounds.rationale.strip(),
        level=level.value if level else None,
        decided_by=desk.actor.user_id,
        decided_by_name=desk.actor.name,
        decided_at=desk.now,
        rule=grounds.rule,
        release=loaded.release,
        trace=[list(step) for step in grounds.trace],
    )


def _has_changed(desk: Desk, since: datetime) -> bool:
    """Whether anything is certified otherwise than it was at that instant."""
    made = select(Determination).where(
        Determination.request_id == desk.request.id,
        Determination.decided_at <= since,
        Determination.decision != Decision.PEND.value,
    )
    rows = desk.session.scalars(made.order_by(Determination.decided_at)).all()
    before = {row.line_id: (row.units or 0, row.start_on, row.end_on) for row in rows}
    now = {
        _line_id(part): (part.units_approved, part.certified_start_on, part.certified_end_on) for part in desk.parts()
    }
    return now != before


def _complete(desk: Desk) -> None:
    """Everything in the request is decided: its clocks are met, and the case is complete if nothing else waits."""
    case, request = desk.case, desk.request
    desk.move(Move.COMPLETE_REQUEST)
    request.decided_at = desk.now
    deadlines.end_all(desk.session, request, deadlines.MET, now=desk.now)
    if not case.authorization_number and any(part.certify_status in FAVOURABLE for part in desk.parts()):
        case.authorization_number = authorization_number(int(case.number or "0"))
    closed = {RequestStatus.COMPLETED, RequestStatus.CANCELLED}
    if case.status == CaseStatus.SUBMITTED and all(one.status in closed for one in others(desk)):
        desk.move(Move.COMPLETE_CASE)


def _counted(decisions: Sequence[LineDecision], grounds: Grounds) -> Mapping[str, str]:
    told: dict[str, Any] = {"lines": str(len(decisions)), "round": grounds.round}
    return told | ({"rule": grounds.rule} if grounds.rule else {})
