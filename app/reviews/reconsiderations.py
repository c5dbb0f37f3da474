"""Asking that a decision be looked at again by somebody who had no part in it. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.cases import deadlines
from app.cases.clock_models import RequestDeadline
from app.cases.documents import Shelf
from app.domain.access import Actor
from app.domain.calendars import business_calendar
from app.domain.clock import Deadline, Terms
from app.domain.errors import FieldFault, Forbidden, Invalid
from app.domain.windows import window
from app.reviews.after_models import Reopening
from app.reviews.asking import Asked, Enclosed, action_of, keep, must_enclose, provider_desk
from app.reviews.desk import Desk
from app.reviews.history import history_of
from app.reviews.reopenings import reopen
from app.reviews.rights import RECONSIDERATION, RightNow, must_be_open
from tenancy.contract import Contract
from tenancy.contract.aftercare import Right
from tenancy.vocabulary import ActionKind, Event, Expiry

NO_GROUND = "Choose why you ask for it."
NO_WORDS = "Say why the decision should change."


@dataclass(frozen=True, slots=True)
class ReconsiderationAsked:
    """What a provider sends: one of the contract's grounds by name, words, and documents."""

    ground: str
    enclosed: Enclosed


def ask_reconsideration(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    request_id: UUID,
    asked: ReconsiderationAsked,
    *,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Ask for another look (RCN-01 to RCN-03): what was refused is appealed and the request is in review again.

    Within the contract's window, with words, and with documents where the contract wants them; the physicians have
    it, and whoever refused something may not decide it. Raises NotFound, Forbidden, Invalid, Closed when it is too
    late, and Conflict when the request has no such right now.
    """
    desk = provider_desk(session, request_id, actor=actor, now=now)
    found = must_be_open(session, contract, desk.request, RECONSIDERATION, now=now)
    action, right = action_of(contract, ActionKind.RECONSIDERATION), found.right
    _must_be_reasoned(right, asked)
    must_enclose(action, asked.enclosed, is_wanted=right.documents_required)
    ground = right.grounds.get(asked.ground, "")
    words = f"{ground}\n\n{asked.enclosed.text}" if ground else asked.enclosed.text
    is_wanted = action.documents_required or right.documents_required
    kept = keep(
        contract,
        shelf,
        desk,
        ActionKind.RECONSIDERATION,
        words,
        asked.enclosed,
        must_have_file=is_wanted,
    )
    desk.happened("reconsideration_requested", detail=ground)
    reopen(desk, _reopening(desk, ground))
    _start_clock(contract, desk, found)
    desk.tell(Event.STATUS_CHANGED.value, f"reconsideration:{now.isoformat()}")
    handled = desk.finish("request:ask_reconsideration", detail={"files": str(len(kept))})
    return Asked(request_id, handled.case_number, kept)


def _must_be_reasoned(right: Right, asked: ReconsiderationAsked) -> None:
    faults = []
    if right.grounds and asked.ground not in right.grounds:
        faults.append(FieldFault("ground", NO_GROUND))
    if not asked.enclosed.text.strip():
        faults.append(FieldFault("body", NO_WORDS))
    if faults:
        raise Invalid(tuple(faults))


def _reopening(desk: Desk, ground: str) -> Reopening:
    if desk.actor.user_id is None:
        raise Forbidden
    made = history_of(desk.session, [desk.request.id])[desk.request.id].determinations
    return Reopening(
        id=uuid4(),
        request_id=desk.request.id,
        right=RECONSIDERATION,
        ground=ground,
        act_id=made[-1].act_id if made else None,
        asked_by=desk.actor.user_id,
        asked_by_name=desk.actor.name,
        asked_at=desk.now,
    )


def _start_clock(contract: Contract, desk: Desk, found: RightNow) -> None:
    """The contract's time to decide runs from the asking; without one the request has no deadline."""
    length, request, calendar = found.right.decided_within, desk.request, business_calendar(contract)
    request.due_at = request.due_rule = request.due_reason = None
    if length is None:
        return
    running = window(desk.now, length, calendar, starts="the reconsideration", citation=found.right.citation)
    if running.closes_at is None:
        return
    earlier = len(deadlines.list_deadlines(desk.session, request.id))
    clock = Deadline(
        rule_id=f"rights.{found.name}.{earlier}",
        due_at=running.closes_at,
        reason=running.reason,
        citation=running.citation,
        started_at=desk.now,
        on_expiry=Expiry.ESCALATE,
        calendar=calendar.tables,
        terms=Terms(length, rolls_forward=False, pauses=False, extension=None, on_expiry=Expiry.ESCALATE),
    )
    desk.session.execute(insert(RequestDeadline), deadlines.started([clock], request.id, desk.case.release))
    request.due_at, request.due_rule, request.due_reason = clock.due_at, clock.rule_id, clock.reason
