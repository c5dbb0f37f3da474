"""The clocks of a request as rows: started with the submission, computed again when one stops, runs on or is extended.

Knows no page. What a deadline is comes from app.domain.clock; the rule's figures stand in the row, so that a later edit
of the contract moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.clock_models import InformationRequest, RequestDeadline
from app.cases.models import Request
from app.domain.calendars import business_calendar
from app.domain.clock import Deadline, Pause, Terms, ends_at
from tenancy.contract import Contract
from tenancy.contract.declare import Span
from tenancy.vocabulary import Expiry, SpanUnit

RUNNING, PAUSED, MET, EXPIRED, STOPPED = "running", "paused", "met", "expired", "stopped"
Row = dict[str, object]


def started(deadlines: Sequence[Deadline], request_id: UUID, release: str) -> list[Row]:
    """The rows of the clocks that start with a submission under this release."""
    return [
        {
            "id": uuid4(),
            "request_id": request_id,
            "rule": one.rule_id,
            "release": release,
            "calendar": one.calendar,
            "terms": kept(one.terms),
            "citation": one.citation,
            "reason": one.reason,
            "started_at": one.started_at,
            "due_at": one.due_at,
            "state": RUNNING,
        }
        for one in deadlines
    ]


def list_deadlines(session: Session, request_id: UUID) -> list[RequestDeadline]:
    """Every clock of a request, the earliest first, those that stand still last."""
    order = RequestDeadline.due_at.asc().nullslast()
    return list(session.scalars(select(RequestDeadline).filter_by(request_id=request_id).order_by(order)))


def recompute(session: Session, contract: Contract, request: Request) -> None:
    """Compute every running clock of the request again and keep the earliest with the request.

    Called when a question is asked or answered and when a deadline is extended. What is over stays over.
    """
    calendar = business_calendar(contract)
    pauses = pauses_of(session, request.id)
    rows = list_deadlines(session, request.id)
    for row in rows:
        if row.state in (RUNNING, PAUSED):
            terms = terms_of(row)
            row.due_at = ends_at(
                row.started_at, terms, calendar, pauses=pauses, is_extended=row.extended_at is not None
            )
            row.state = PAUSED if row.due_at is None else RUNNING
            row.calendar = calendar.tables
    keep_first(request, rows)


def end_all(session: Session, request: Request, state: str, *, now: datetime) -> None:
    """End every clock that is not over: ``met`` by the decision, ``stopped`` by a closing without one."""
    for row in list_deadlines(session, request.id):
        if row.state in (RUNNING, PAUSED):
            row.due_at = row.due_at or now
            row.state, row.ended_at = state, now


def keep_first(request: Request, rows: Sequence[RequestDeadline]) -> None:
    """Keep the earliest clock that runs or ran out with the request: it is the one that counts."""
    counting = [row for row in rows if row.due_at is not None and row.state in (RUNNING, EXPIRED)]
    first = min(counting, key=lambda row: row.due_at or row.started_at, default=None)
    request.due_at = first.due_at if first else None
    request.due_rule = first.rule if first else None
    request.due_reason = first.reason if first else None


def pauses_of(session: Session, request_id: UUID) -> tuple[Pause, ...]:
    """When information was awaited for a request, in order."""
    asked = select(InformationRequest).filter_by(request_id=request_id).order_by(InformationRequest.asked_at)
    return tuple(Pause(row.asked_at, row.resumed_at) for row in session.scalars(asked))


def kept(terms: Terms) -> dict[str, Any]:
    """The figures of a rule as the row keeps them."""
    return {
        "length": _kept_span(terms.length),
        "rolls_forward": terms.rolls_forward,
        "pauses": terms.pauses,
        "extension": _kept_span(terms.extension) if terms.extension else None,
        "on_expiry": terms.on_expiry.value,
        "expiry_reason": terms.expiry_reason,
    }


def terms_of(row: RequestDeadline) -> Terms:
    """The figures of the rule that set a deadline, as they were then."""
    kept_terms = row.terms
    return Terms(
        length=_span(kept_terms["length"]),
        rolls_forward=kept_terms["rolls_forward"],
        pauses=kept_terms["pauses"],
        extension=_span(kept_terms["extension"]) if kept_terms["extension"] else None,
        on_expiry=Expiry(kept_terms["on_expiry"]),
        expiry_reason=kept_terms["expiry_reason"],
    )


def _kept_span(span: Span) -> dict[str, Any]:
    return {"amount": span.amount, "unit": span.unit.value}


def _span(kept_span: Mapping[str, Any]) -> Span:
    return Span(amount=kept_span["amount"], unit=SpanUnit(kept_span["unit"]))
