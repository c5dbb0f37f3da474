"""Continuing a case: a further request R02, R03, … that is filled in and submitted like the first. Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases.drafts import add_event, remember_left
from app.cases.models import Case, Request
from app.domain.access import Actor
from app.domain.errors import Forbidden
from app.domain.lifecycle import Move, after, event
from tenancy.contract import Contract

CARRIED = (
    "service_type",
    "place_of_service",
    "admission_source",
    "admit_on",
    "urgency",
    "review_kind",
    "other_coverage",
    "contact_name",
    "contact_phone",
    "unit_qualifier",
)


def extend_case(session: Session, contract: Contract, case: Case, *, actor: Actor, now: datetime) -> Request:
    """Open a further request on a submitted case whose row is held (EXT-01 to EXT-03).

    It starts where the last one ends, carries what describes the stay, and needs answers, disclaimer and submission
    of its own; codes, notes and documents stay with the request they came with. Raises Conflict where the table of
    moves does not allow it.
    """
    rule = contract.actions.extension
    stays = [one for one in case.requests if one.revision_id is None]
    last = next((one for one in reversed(stays) if one.status != "cancelled"), stays[-1])
    local = now.astimezone(ZoneInfo(contract.identity.time_zone))
    request = Request(id=uuid4(), sequence=case.requests[-1].sequence + 1, request_type=rule.request_type)
    for column in CARRIED:
        setattr(request, column, getattr(last, column))
    request.notification_on = local.date()
    request.notification_time = local.time().replace(second=0, microsecond=0)
    if rule.start_follows_last_end:
        request.start_on = last.certified_end_on or last.end_on
    request.service_from = request.start_on
    case.status = after(Move.EXTEND_CASE, case.status).value
    case.requests.append(request)
    if actor.user_id is None:
        raise Forbidden
    case.modified_by, case.modified_by_name, case.modified_at = actor.user_id, actor.name, now
    case.disclaimer_version = case.disclaimer_accepted_at = None
    case.submission_key = case.submission_digest = None
    session.flush()
    remember_left(session, contract, case, now=now)
    add_event(session, case, event(Move.EXTEND_CASE), actor=actor, now=now, detail=request.label)
    return request
