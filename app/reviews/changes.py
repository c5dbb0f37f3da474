"""What a provider does besides using rights: more records, a change, taking back, a discharge. Knows no page."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import deadlines
from app.cases.adding import TypedCodes
from app.cases.clock_models import InformationRequest
from app.cases.documents import Shelf
from app.cases.extending import extend_case
from app.cases.models import Case
from app.domain import typed
from app.domain.access import Actor
from app.domain.calendars import business_calendar
from app.domain.errors import FieldFault, Forbidden, Invalid
from app.domain.lifecycle import CaseStatus, LineStatus, Move, RequestStatus, allowed
from app.reviews.actions import must_be_offered
from app.reviews.added_codes import send_codes
from app.reviews.after_models import Revision
from app.reviews.asking import Asked, Enclosed, keep, must_enclose, provider_desk
from app.reviews.desk import Desk, others
from app.reviews.information import OPEN, WITHDRAWN
from tenancy.contract import Contract
from tenancy.vocabulary import ActionKind

EMPTY = "Write a note or add a document before you send it."
DISPOSITIONS = "discharge_dispositions"


def send_clinical(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    request_id: UUID,
    enclosed: Enclosed,
    *,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Send further clinical information, whatever the status, which stays as it is (CASE-16, ACT-04, DOC-07).

    Raises NotFound, Forbidden, Invalid when nothing is sent, Conflict for a request that was withdrawn.
    """
    desk = provider_desk(session, request_id, actor=actor, now=now)
    offer = must_be_offered(session, contract, desk.case, desk.request, ActionKind.ADDITIONAL_CLINICAL, now=now)
    must_enclose(offer.action, enclosed)
    if not enclosed.files and not enclosed.text.strip():
        raise Invalid((FieldFault("body", EMPTY),))
    is_wordless = not enclosed.text.strip()
    kept = keep(
        contract,
        shelf,
        desk,
        ActionKind.ADDITIONAL_CLINICAL,
        enclosed.text,
        enclosed,
        must_have_file=offer.action.documents_required or is_wordless,
    )
    desk.happened("clinical_information_sent")
    handled = desk.finish("request:send_clinical", detail={"files": str(len(kept))})
    return Asked(request_id, handled.case_number, kept)


def ask_revision(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    request_id: UUID,
    enclosed: Enclosed,
    codes: TypedCodes | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Say what must change; the payer's staff changes it (REV-01), unless the authorization has expired (REV-02).

    Codes to be added become lines of a further request at once, each decided like any other. Raises NotFound,
    Forbidden, Invalid without words or for a code that a draft would not take, Closed once it expired, Conflict.
    """
    desk = provider_desk(session, request_id, actor=actor, now=now)
    offer = must_be_offered(session, contract, desk.case, desk.request, ActionKind.REVISION, now=now)
    must_enclose(offer.action, enclosed)
    if not enclosed.text.strip():
        raise Invalid((FieldFault("body", "Say exactly what must change."),))
    kept = keep(contract, shelf, desk, ActionKind.REVISION, enclosed.text, enclosed)
    if actor.user_id is None:
        raise Forbidden
    revision = Revision(
        id=uuid4(),
        request_id=request_id,
        text=enclosed.text.strip(),
        asked_by=actor.user_id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    session.add(revision)
    desk.happened("revision_requested")
    if codes is not None and codes.rows:
        send_codes(contract, desk, revision, codes)
    handled = desk.finish("request:ask_revision", detail={"files": str(len(kept))})
    return Asked(request_id, handled.case_number, kept)


def withdraw_request(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    request_id: UUID,
    enclosed: Enclosed,
    *,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Take a request back that waits for a decision, with the reason: what is open in it is void, its clocks stop.

    Raises NotFound, Forbidden, Invalid without a reason, Conflict once it is decided.
    """
    desk = provider_desk(session, request_id, actor=actor, now=now)
    must_be_offered(session, contract, desk.case, desk.request, ActionKind.CANCEL, now=now)
    if not enclosed.text.strip():
        raise Invalid((FieldFault("body", "Say why you take it back."),))
    keep(contract, shelf, desk, ActionKind.CANCEL, enclosed.text, enclosed)
    _take_back(desk)
    handled = desk.finish("request:withdraw")
    return Asked(request_id, handled.case_number)


def start_extension(session: Session, contract: Contract, request_id: UUID, *, actor: Actor, now: datetime) -> Asked:
    """Ask for further days: the case is open again as a draft with a further request (EXT-01, EXT-07).

    Raises NotFound, Forbidden, Closed where the contract has none, Conflict when one was started already.
    """
    desk = provider_desk(session, request_id, actor=actor, now=now)
    must_be_offered(session, contract, desk.case, desk.request, ActionKind.EXTENSION, now=now)
    extend_case(session, contract, desk.case, actor=actor, now=now)
    handled = desk.finish("case:extend")
    return Asked(desk.case.id, handled.case_number)


def record_discharge(
    session: Session,
    contract: Contract,
    request_id: UUID,
    day: str,
    disposition: str,
    *,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Record the day the member left and where to (GAP-08). Raises NotFound, Forbidden, Invalid, Conflict."""
    desk = provider_desk(session, request_id, actor=actor, now=now)
    must_be_offered(session, contract, desk.case, desk.request, ActionKind.DISCHARGE, now=now)
    known = contract.catalogue.lists.get(DISPOSITIONS, {})
    left_on, fault = _read_day(contract, desk.case, day, now)
    faults = [FieldFault("discharge_on", fault)] if fault else []
    if disposition not in known:
        faults.append(FieldFault("discharge_to", "Choose where the member went."))
    if faults or left_on is None:
        raise Invalid(tuple(faults))
    desk.case.discharge_on, desk.case.discharge_to = left_on, disposition
    desk.happened("discharge_recorded", detail=f"{typed.day_shown(left_on)}, {known[disposition]}")
    handled = desk.finish("case:discharge")
    return Asked(request_id, handled.case_number)


def _read_day(contract: Contract, case: Case, raw: str, now: datetime) -> tuple[date | None, str]:
    """The day of discharge and what is wrong with it: not ahead, and not before the admission."""
    try:
        left_on = typed.day(raw)
    except typed.Unreadable as reason:
        return None, f"Enter the day of discharge {reason.how}."
    admitted = min((day for one in case.requests if (day := one.admit_on or one.start_on)), default=None)
    if left_on > business_calendar(contract).local_day(now):
        return None, "This day is ahead. Record the discharge once the member has left."
    if admitted is not None and left_on < admitted:
        return None, f"The member was admitted later, on {typed.day_shown(admitted)}."
    return left_on, ""


def _take_back(desk: Desk) -> None:
    """The request is withdrawn; the case is complete when nothing else of it waits."""
    case, request = desk.case, desk.request
    asked = select(InformationRequest).filter_by(request_id=request.id, state=OPEN)
    for row in desk.session.scalars(asked).all():
        row.state, row.resumed_at = WITHDRAWN, desk.now
    for part in desk.parts():
        if allowed(Move.VOID_LINE, part.certify_status or LineStatus.UN_SUBMITTED):
            desk.move_part(part, Move.VOID_LINE)
    desk.move(Move.WITHDRAW_REQUEST)
    deadlines.end_all(desk.session, request, deadlines.STOPPED, now=desk.now)
    closed = {RequestStatus.COMPLETED, RequestStatus.CANCELLED}
    if case.status == CaseStatus.SUBMITTED and all(one.status in closed for one in others(desk)):
        desk.move(Move.COMPLETE_CASE)
