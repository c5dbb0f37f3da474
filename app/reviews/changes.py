"""What a provider does besides using rights: more records, a change, taking back, a discharge. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import deadlines
from app.cases.adding import TypedCodes
from app.cases.clock_models import InformationRequest
from app.cases.documents import Shelf, Uploaded
from app.cases.extending import extend_case
from app.cases.models import Case
from app.domain import typed
from app.domain.access import Actor
from app.domain.calendars import business_calendar
from app.domain.errors import FieldFault, Forbidden, Invalid
from app.domain.lifecycle import CaseStatus, LineStatus, Move, RequestStatus, allowed
from app.reviews.actions import Offer, must_be_offered
from app.reviews.added_codes import send_codes
from app.reviews.after_models import Revision
from app.reviews.asking import Asked, Enclosed, keep, must_enclose, provider_desk
from app.reviews.desk import Desk, others
from app.reviews.information import OPEN, WITHDRAWN
from tenancy.contract import Contract
from tenancy.vocabulary import ActionKind, Event

EMPTY = "Write a note or add a document before you send it."
DISPOSITIONS = "discharge_dispositions"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a provider's act is done: the transaction, the contract, where files go, who acts and when."""

    session: Session
    contract: Contract
    shelf: Shelf
    actor: Actor
    now: datetime

    def offered(self, request_id: UUID, kind: ActionKind) -> tuple[Desk, Offer]:
        """The held request and the act as its contract offers it. Raises NotFound, Forbidden, Closed, Conflict."""
        desk = provider_desk(self.session, request_id, actor=self.actor, now=self.now)
        return desk, must_be_offered(self.session, self.contract, desk.case, desk.request, kind, now=self.now)

    def keep(
        self, desk: Desk, offer: Offer, enclosed: Enclosed, *, must_have_file: bool = False
    ) -> tuple[Uploaded, ...]:
        """Keep what came with the act as its note and documents. Raises Invalid without a document that must come."""
        must_enclose(offer.action, enclosed)
        text = enclosed.text
        return keep(self.contract, self.shelf, desk, offer.kind, text, enclosed, must_have_file=must_have_file)

    def done(self, desk: Desk, action: str, kept: tuple[Uploaded, ...] = ()) -> Asked:
        """Tell whoever is told of changes (NTF-01), write the trail; what became of the act."""
        desk.tell(Event.STATUS_CHANGED.value, f"{action}:{self.now.isoformat()}")
        handled = desk.finish(action, detail={"files": str(len(kept))})
        return Asked(desk.request.id, handled.case_number, kept)


def send_clinical(counter: Counter, request_id: UUID, enclosed: Enclosed) -> Asked:
    """Send further clinical information, whatever the status, which stays as it is (CASE-16, ACT-04, DOC-07).

    Raises NotFound, Forbidden, Invalid when nothing is sent, Conflict for a request that was withdrawn.
    """
    desk, offer = counter.offered(request_id, ActionKind.ADDITIONAL_CLINICAL)
    is_wordless = not enclosed.text.strip()
    if not enclosed.files and is_wordless:
        must_enclose(offer.action, enclosed)
        raise Invalid((FieldFault("body", EMPTY),))
    kept = counter.keep(desk, offer, enclosed, must_have_file=offer.action.documents_required or is_wordless)
    desk.happened("clinical_information_sent")
    return counter.done(desk, "request:send_clinical", kept)


def ask_revision(counter: Counter, request_id: UUID, enclosed: Enclosed, codes: TypedCodes | None = None) -> Asked:
    """Say what must change; the payer's staff changes it (REV-01), unless the authorization has expired (REV-02).

    Codes to be added become lines of a further request at once, each decided like any other. Raises NotFound,
    Forbidden, Invalid without words or for a code that a draft would not take, Closed once it expired, Conflict.
    """
    desk, offer = counter.offered(request_id, ActionKind.REVISION)
    _must_say(enclosed, "Say exactly what must change.")
    kept = counter.keep(desk, offer, enclosed)
    revision = _revision(counter, request_id, enclosed)
    desk.happened("revision_requested")
    if codes is not None and codes.rows:
        send_codes(counter.contract, desk, revision, codes)
    return counter.done(desk, "request:ask_revision", kept)


def withdraw_request(counter: Counter, request_id: UUID, enclosed: Enclosed) -> Asked:
    """Take a request back that waits for a decision, with the reason: what is open in it is void, its clocks stop.

    Raises NotFound, Forbidden, Invalid without a reason, Conflict once it is decided.
    """
    desk, offer = counter.offered(request_id, ActionKind.CANCEL)
    _must_say(enclosed, "Say why you take it back.")
    kept = counter.keep(desk, offer, enclosed)
    _take_back(desk)
    return counter.done(desk, "request:withdraw", kept)


def start_extension(counter: Counter, request_id: UUID) -> Asked:
    """Ask for further days: the case is open again as a draft with a further request (EXT-01, EXT-07).

    Raises NotFound, Forbidden, Closed where the contract has none, Conflict when one was started already.
    """
    desk, _offer = counter.offered(request_id, ActionKind.EXTENSION)
    extend_case(counter.session, counter.contract, desk.case, actor=counter.actor, now=counter.now)
    handled = desk.finish("case:extend")
    return Asked(desk.case.id, handled.case_number)


def record_discharge(counter: Counter, request_id: UUID, day: str, disposition: str) -> Asked:
    """Record the day the member left and where to (GAP-08). Raises NotFound, Forbidden, Invalid, Conflict."""
    desk, _offer = counter.offered(request_id, ActionKind.DISCHARGE)
    known = counter.contract.catalogue.lists.get(DISPOSITIONS, {})
    left_on, fault = _read_day(counter.contract, desk.case, day, counter.now)
    faults = [FieldFault("discharge_on", fault)] if fault else []
    if disposition not in known:
        faults.append(FieldFault("discharge_to", "Choose where the member went."))
    if faults or left_on is None:
        raise Invalid(tuple(faults))
    desk.case.discharge_on, desk.case.discharge_to = left_on, disposition
    desk.happened("discharge_recorded", detail=f"{typed.day_shown(left_on)}, {known[disposition]}")
    return counter.done(desk, "case:discharge")


def _must_say(enclosed: Enclosed, fault: str) -> None:
    if not enclosed.text.strip():
        raise Invalid((FieldFault("body", fault),))


def _revision(counter: Counter, request_id: UUID, enclosed: Enclosed) -> Revision:
    """The change as it is asked for, among the rows to be kept."""
    if counter.actor.user_id is None:
        raise Forbidden
    revision = Revision(
        id=uuid4(),
        request_id=request_id,
        text=enclosed.text.strip(),
        asked_by=counter.actor.user_id,
        asked_by_name=counter.actor.name,
        asked_at=counter.now,
    )
    counter.session.add(revision)
    return revision


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
