"""Gathers what the reviewers' pages and the provider's panel show. Each reading of a case is audited.

Knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import deadlines, lookups
from app.cases.casefile import case_file, member_card, time_left
from app.cases.clock_models import InformationRequest, RequestDeadline
from app.cases.drafts import local_day
from app.cases.models import ProcedureLine, Request
from app.cases.reading import open_case as read_case
from app.cases.records import CaseFile
from app.domain.access import Actor
from app.domain.calendars import BusinessCalendar, business_calendar
from app.domain.clock import moment, spoken
from app.domain.errors import NotFound
from app.domain.fields import service_label
from app.reviews import queries
from app.reviews.demands import demands_of
from app.reviews.desk import Decidable
from app.reviews.determinations import asked_units, field_name, outcomes_of
from app.reviews.history import History, history_of
from app.reviews.levels import decisions_of
from app.reviews.models import Determination
from app.reviews.queries import Desk, WorklistFilter
from app.reviews.records import (
    ClockRow,
    InformationRecord,
    LedgerRow,
    RequestView,
    Reviewed,
    WorkRow,
)
from app.storage import audit
from tenancy.contract import Contract
from tenancy.vocabulary import Decision, SpanUnit

STATE_WORDS = {
    "submitted": "New",
    "in_review": "In review",
    "information_requested": "Waiting for information",
    "cancelled": "Withdrawn",
}


def desk_of(contract: Contract, actor: Actor, now: datetime) -> Desk:
    """For whom a worklist is shown and what counts as due soon."""
    span = contract.review.due_soon
    unit = {SpanUnit.MINUTES: "minutes", SpanUnit.HOURS: "hours"}.get(span.unit, "days")
    return Desk(actor.user_id, now, now + timedelta(**{unit: span.amount}))


def worklist(
    session: Session,
    contract: Contract,
    asked: WorklistFilter,
    *,
    offset: int,
    limit: int,
    actor: Actor,
    now: datetime,
) -> tuple[tuple[WorkRow, ...], int]:
    """One page of the worklist, the earliest deadline first, and how many requests there are; audited as a list."""
    desk, calendar = desk_of(contract, actor, now), business_calendar(contract)
    total = queries.count_worklist(session, desk, asked)
    found = queries.list_worklist(session, desk, asked, offset=offset, limit=limit) if total else ()
    rows = tuple(_work_row(contract, calendar, desk, row) for row in found)
    detail = {"rows": str(len(rows))}
    audit.record(
        session, actor=actor, action="worklist:list", object_type="request", object_id=None, detail=detail, now=now
    )
    return rows, total


def count_views(session: Session, contract: Contract, *, actor: Actor, now: datetime) -> dict[str, int]:
    """How many requests each tab of the worklist has, counted up to one more than MOST_COUNTED."""
    return queries.count_views(session, desk_of(contract, actor, now))


def _work_row(
    contract: Contract,
    calendar: BusinessCalendar,
    desk: Desk,
    found: queries.Found,
) -> WorkRow:
    request, case, member, is_pinned, is_unread = found
    due_at = request.due_at
    return WorkRow(
        request_id=request.id,
        number=case.number or "",
        label=request.label,
        member=member.full_name,
        member_number=member.member_number,
        service=_service(contract, request),
        is_expedited=request.urgency == "expedited",
        category=case.category,
        status=request.status,
        status_text=STATE_WORDS.get(request.status, request.status),
        due=moment(due_at, calendar) if due_at else "",
        due_reason=request.due_reason or "",
        time_left=time_left(due_at, desk.now) if due_at else "",
        is_late=due_at is not None and due_at < desk.now,
        is_soon=due_at is not None and desk.now <= due_at < desk.soon,
        level=_level(contract, request),
        assigned=request.assigned_name or "",
        is_pinned=is_pinned,
        is_unread=is_unread,
    )


def open_review(
    session: Session, contract: Contract, number: str, label: str, *, actor: Actor, now: datetime
) -> Reviewed:
    """A submitted request with its whole case, for the payer's staff; the reading is audited. Raises NotFound."""
    request, _ = queries.get_staff_request(session, number, label)
    case, member = lookups.get_submitted_case(session, number)
    audit.record(session, actor=actor, action="review:read", object_type="case", object_id=case.id, now=now)
    card = member_card(contract, member, today=local_day(contract, now))
    shown = case_file(contract, case, card, is_own=False, now=now)
    history = history_of(session, [request.id])[request.id]
    may_decide = decisions_of(contract, actor, demands_of(session, contract, case, request))
    return Reviewed(shown, _view(contract, request, history, now=now), may_decide)


def ledger_of(session: Session, contract: Contract, request_id: UUID, *, now: datetime) -> tuple[LedgerRow, ...]:
    """What is still to be decided in a request. Raises NotFound."""
    request = session.get(Request, request_id)
    if request is None:
        raise NotFound
    today = business_calendar(contract).local_day(now)
    return tuple(row for row in _ledger(contract, request, (), today=today) if row.is_open)


def case_requests(
    contract: Contract, shown: CaseFile, history: Mapping[UUID, History], *, now: datetime
) -> tuple[RequestView, ...]:
    """Every submitted request of a case as shown, whose reading was audited."""
    sent = [request for request in shown.rows.requests if request.id in history]
    return tuple(_view(contract, request, history[request.id], now=now) for request in sent)


def open_question(
    session: Session, contract: Contract, number: str, information_id: UUID, *, actor: Actor, now: datetime
) -> tuple[CaseFile, InformationRecord]:
    """A case of one's own group and what was asked for on it. Raises NotFound, alike for foreign and missing ones."""
    case = read_case(session, contract, number, actor=actor, now=now)
    asked = session.get(InformationRequest, information_id)
    if asked is None or not case.is_own or asked.request_id not in {request.id for request in case.requests}:
        raise NotFound
    return case, _information(asked, business_calendar(contract), now)


def _view(contract: Contract, request: Request, history: History, *, now: datetime) -> RequestView:
    """A request with its clocks, questions, decisions and rights."""
    calendar = business_calendar(contract)
    made, rows = history.determinations, history.deadlines
    due_at = request.due_at if request.status not in ("completed", "cancelled") else None
    ruled = next((one for one in made if one.rule), None)
    counting = next((row for row in rows if row.rule == request.due_rule), None)
    return RequestView(
        id=request.id,
        label=request.label,
        status=request.status,
        status_text=STATE_WORDS.get(request.status, request.status.replace("_", " ").capitalize()),
        version=request.review_version,
        due=moment(due_at, calendar) if due_at else "",
        due_words=spoken(deadlines.terms_of(counting).length) if counting else "",
        time_left=time_left(due_at, now) if due_at else "",
        is_late=due_at is not None and due_at < now,
        clocks=tuple(_clock(row, request, calendar) for row in rows),
        information=tuple(_information(row, calendar, now) for row in history.information),
        ledger=_ledger(contract, request, made, today=calendar.local_day(now)),
        has_rights=request.status == "completed" and bool(outcomes_of(made)),
        assigned_to=request.assigned_to,
        assigned=request.assigned_name or "",
        level=_level(contract, request),
        rule=ruled.rule or "" if ruled else "",
        trace=tuple(tuple(step) for step in ruled.trace) if ruled else (),
    )


def _level(contract: Contract, request: Request) -> str:
    return {level.value: words for level, words in contract.review.levels.items()}.get(request.level or "", "")


def _service(contract: Contract, request: Request) -> str:
    service = contract.catalogue.services.get(request.service_type or "")
    return service_label(service) if service else request.service_type or ""


def _clock(row: RequestDeadline, request: Request, calendar: BusinessCalendar) -> ClockRow:
    terms = deadlines.terms_of(row)
    is_open = row.state in (deadlines.RUNNING, deadlines.PAUSED)
    can_extend = is_open and terms.extension and row.extended_at is None
    return ClockRow(
        due=moment(row.due_at, calendar) if row.due_at and row.state != deadlines.PAUSED else "",
        reason=row.reason,
        citation=row.citation,
        state=row.state,
        counts=row.rule == request.due_rule and row.state != deadlines.PAUSED,
        extension=spoken(terms.extension) if can_extend and terms.extension else "",
    )


def _information(row: InformationRequest, calendar: BusinessCalendar, now: datetime) -> InformationRecord:
    return InformationRecord(
        id=row.id,
        state=row.state,
        items=tuple((words, answer) for words, answer in row.items),
        message=row.message,
        asked_by=row.asked_by_name,
        asked_at=row.asked_at,
        until=moment(row.due_at, calendar),
        time_left=time_left(row.due_at, now),
        is_over=row.due_at < now,
        answer=row.answer,
        answered_by=row.answered_by_name or "",
        answered_at=row.answered_at,
        is_late=row.is_late,
    )


def _ledger(
    contract: Contract, request: Request, made: Sequence[Determination], *, today: date
) -> tuple[LedgerRow, ...]:
    stay: tuple[Decidable, ...] = (request,) if request.certify_status else ()
    latest = {one.line_id: one for one in made if one.decision != Decision.PEND}
    parts: tuple[Decidable, ...] = (*stay, *request.lines)
    return tuple(_ledger_row(contract, part, latest, today) for part in parts)


def _ledger_row(
    contract: Contract, part: Decidable, latest: dict[UUID | None, Determination], today: date
) -> LedgerRow:
    line_id = part.id if isinstance(part, ProcedureLine) else None
    made = latest.get(line_id)
    begins, ends = part.certified_start_on, part.certified_end_on
    soon = today + timedelta(days=contract.review.expiring_days)
    is_running = begins is not None and ends is not None and begins <= today <= ends
    return LedgerRow(
        line_id=line_id,
        field=field_name(line_id),
        code=part.code if isinstance(part, ProcedureLine) else "",
        description=part.description if isinstance(part, ProcedureLine) else contract.intake.length_of_stay.title,
        status=part.certify_status or "",
        requested=asked_units(part),
        approved=part.units_approved,
        used=part.units_used,
        start_on=part.start_on,
        end_on=part.end_on,
        certified_from=begins,
        certified_until=ends,
        is_expiring=is_running and ends is not None and ends <= soon and part.units_approved > part.units_used,
        reason=part.certify_reason or "",
        criterion=made.criterion if made else "",
        change=made.change if made else "",
        decided_by=made.decided_by_name if made else "",
        decided_at=made.decided_at if made else None,
    )
