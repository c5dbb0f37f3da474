"""What runs without anybody: a new request is looked at, silence is noticed, a deadline that passed has its effect.

A sweep of one tenant, each thing in a transaction of its own. Nothing here denies. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import deadlines
from app.cases.approvals import list_approvals
from app.cases.clock_models import InformationRequest, RequestDeadline
from app.cases.models import OPEN_STATUSES, Case, Request
from app.cases.snapshot import draft_of
from app.domain.access import SYSTEM
from app.domain.calendars import business_calendar
from app.domain.clock import moment
from app.domain.conditions import Unanswerable, holds, told
from app.domain.effective import those_in_force
from app.domain.errors import DomainError
from app.domain.facts import facts_of
from app.domain.lifecycle import Move, RequestStatus
from app.reviews.desk import Desk, held
from app.reviews.determinations import Grounds, decide_by_rule
from app.reviews.information import LAPSED, stop_waiting
from app.reviews.queries import list_open_information
from app.storage.db import Databases
from app.storage.keeping import ForRelease
from app.storage.transaction import tenant_transaction
from tenancy.loader import LoadedContract
from tenancy.vocabulary import Decision, Event, Expiry, ReviewerLevel, Silence

AT_ONCE = 200

Act = Callable[[Session, ForRelease, UUID, datetime], None]


def sweep(
    databases: Databases, slug: str, loaded: LoadedContract, *, now: datetime, under: ForRelease | None = None
) -> int:
    """Look at what is due in a tenant once and return how many things were done.

    ``under`` finds the contract of a case by the release it was submitted under. A thing that cannot be done now is
    left for the next sweep; it never stops the others.
    """
    done = 0
    finds = under or (lambda _release: loaded)
    for found, act in ((_unrouted, route), (_silent, lapse), (_expired, expire)):
        with databases.app.session(slug) as session:
            due = found(session, now)
        done += sum(_one(databases, slug, finds, act, one, now) for one in due)
    return done


def _one(databases: Databases, slug: str, under: ForRelease, act: Act, found: UUID, now: datetime) -> int:
    try:
        with tenant_transaction(databases.app, slug) as session:
            act(session, under, found, now)
    except DomainError:
        return 0
    return 1


def _unrouted(session: Session, _now: datetime) -> Iterable[UUID]:
    new = select(Request.id).where(Request.status == "submitted", Request.routed_at.is_(None))
    return session.scalars(new.order_by(Request.submitted_at).limit(AT_ONCE)).all()


def _silent(session: Session, now: datetime) -> Iterable[UUID]:
    return list_open_information(session, before=now, limit=AT_ONCE)


def _expired(session: Session, now: datetime) -> Iterable[UUID]:
    due = (
        select(RequestDeadline.id)
        .join(Request, Request.id == RequestDeadline.request_id)
        .where(RequestDeadline.state == "running", RequestDeadline.due_at < now, Request.status.in_(OPEN_STATUSES))
    )
    return session.scalars(due.order_by(RequestDeadline.due_at).limit(AT_ONCE)).all()


# ---------------------------------------------------------------- a new request


def route(session: Session, under: ForRelease, request_id: UUID, now: datetime) -> None:
    """Give a new request to the lowest level, or approve it at once if a rule of the contract says so.

    Rules of another release than the one it was sent under do not touch it. A rule that cannot be answered approves
    nothing. Source: 42 CFR 438.210(b)(3): only people deny.
    """
    desk = held(session, request_id, actor=SYSTEM, now=now)
    if desk.request.routed_at is not None:
        return
    loaded = under(desk.case.release)
    desk.request.routed_at = now
    desk.request.level = next(iter(ReviewerLevel)).value
    session.flush()
    grounds = _approving(loaded, desk) if desk.case.release == loaded.release else None
    if grounds is not None and grounds.rule:
        reason = loaded.contract.review.auto_approvals[grounds.rule].reason
        decide_by_rule(session, loaded, request_id, Decision.APPROVE, reason, grounds, actor=SYSTEM, now=now)


def _approving(loaded: LoadedContract, desk: Desk) -> Grounds | None:
    """The first rule in force that approves the request, with what it looked at."""
    contract = loaded.contract
    if not contract.review.auto_approvals or len(desk.case.requests) > 1:
        return None
    sent_at = desk.request.submitted_at or desk.now
    received_on = business_calendar(contract).local_day(sent_at)
    case = desk.session.get_one(Case, desk.case.id)
    earlier = list_approvals(desk.session, case, desk.request)
    draft = draft_of(contract, case, case.member, note_count=len(case.notes), earlier=earlier)
    facts = facts_of(draft, received_on=received_on)
    for name, rule in those_in_force(contract.review.auto_approvals, received_on):
        try:
            if holds(rule.when, facts):
                return Grounds(rationale=rule.citation, rule=name, trace=told(rule.when, facts))
        except Unanswerable:
            continue
    return None


# ---------------------------------------------------------------- silence


def lapse(session: Session, under: ForRelease, information_id: UUID, now: datetime) -> None:
    """No answer came in time: review goes on, the request is closed, or waiting goes on, as the contract says."""
    asked = session.get_one(InformationRequest, information_id)
    desk = held(session, asked.request_id, actor=SYSTEM, now=now)
    loaded = under(desk.case.release)
    rule = loaded.contract.review.information
    if rule.on_silence is Silence.WAIT:
        return
    stop_waiting(loaded.contract, desk, asked, LAPSED, Move.STOP_WAITING)
    desk.tell(Event.STATUS_CHANGED.value, str(asked.id))
    desk.finish("request:lapse_information")
    if rule.on_silence is Silence.VOID:
        grounds = Grounds(rationale=rule.citation, rule="review.information")
        decide_by_rule(
            session, loaded, asked.request_id, Decision.VOID, rule.silence_reason, grounds, actor=SYSTEM, now=now
        )


# ---------------------------------------------------------------- a deadline that passed


def expire(session: Session, under: ForRelease, deadline_id: UUID, now: datetime) -> None:
    """A clock ran out: the request goes up, counts as approved, or is closed, as its rule said when it was sent."""
    found = session.get_one(RequestDeadline, deadline_id)
    desk = held(session, found.request_id, actor=SYSTEM, now=now)
    session.refresh(found)
    if found.state != deadlines.RUNNING or found.due_at is None or found.due_at >= now:
        return
    loaded = under(desk.case.release)
    found.state, found.ended_at = deadlines.EXPIRED, now
    terms = deadlines.terms_of(found)
    shown = moment(found.due_at, business_calendar(loaded.contract))
    desk.happened("deadline_missed", detail=f"{shown}: {found.reason}")
    if terms.on_expiry is Expiry.ESCALATE:
        desk.request.escalated_at = now
        desk.finish("request:miss_deadline", detail={"rule": found.rule})
        return
    if desk.request.status == RequestStatus.INFORMATION_REQUESTED:
        _stop_asking(loaded, desk)
    decision = Decision.APPROVE if terms.on_expiry is Expiry.DEEMED_APPROVED else Decision.VOID
    grounds = Grounds(rationale=found.citation, rule=f"clocks.{found.rule}")
    decide_by_rule(session, loaded, found.request_id, decision, terms.expiry_reason, grounds, actor=SYSTEM, now=now)


def _stop_asking(loaded: LoadedContract, desk: Desk) -> None:
    asked = select(InformationRequest).filter_by(request_id=desk.request.id, state="open")
    for row in desk.session.scalars(asked).all():
        stop_waiting(loaded.contract, desk, row, LAPSED, Move.STOP_WAITING)
