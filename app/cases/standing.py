"""Is every stored status the one its events lead to? Tells what differs, changes nothing. Knows no page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.cases.models import Case, CaseEvent, Request
from app.domain.errors import Conflict
from app.domain.lifecycle import Happened, replay

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A status that is stored otherwise than the events of its case tell. Names no person and no care."""

    case_id: UUID
    number: str
    what: str
    stored: str
    told: str


@dataclass(frozen=True, slots=True)
class Walked:
    """Some cases that were looked at, and what differs in them."""

    count: int
    differences: tuple[Difference, ...]


def walk(session: Session) -> Iterator[Walked]:
    """Every case of the tenant, some at a time.

    A case that seems to differ is looked at once more while its row is held, so that an act under way is no difference.
    """
    last: UUID | None = None
    while batch := _some(session, last):
        events = _events(session, [case.id for case in batch])
        seeming = [case.id for case in batch if differences(case, events[case.id])]
        last = batch[-1].id
        session.expunge_all()
        yield Walked(len(batch), tuple(one for case_id in seeming for one in _held(session, case_id)))


def differences(case: Case, events: Sequence[Happened]) -> tuple[Difference, ...]:
    """What is stored of a case otherwise than its events say, or that the events themselves cannot be."""
    parts = {request.id: _decided(request) for request in case.requests}
    number = case.number or "draft"
    try:
        told = replay(events, parts)
    except Conflict as fault:
        return (Difference(case.id, number, "events", "written", fault.message),)
    found = [("case", case.status, told.case.value)]
    for request in case.requests:
        found.append((f"request {request.label}", request.status, told.requests[request.id].value))
        if request.certify_status:
            found.append((f"stay of {request.label}", request.certify_status, told.lines[request.id].value))
        found += [
            (f"line {line.position} of {request.label}", line.certify_status, told.lines[line.id].value)
            for line in request.lines
        ]
    return tuple(Difference(case.id, number, what, stored, said) for what, stored, said in found if stored != said)


def _decided(request: Request) -> tuple[UUID, ...]:
    """The lines of a request, and its stay under the request's own id."""
    stay = (request.id,) if request.certify_status else ()
    return (*stay, *(line.id for line in request.lines))


_WHOLE = select(Case).options(selectinload(Case.requests).selectinload(Request.lines))


def _some(session: Session, last: UUID | None) -> Sequence[Case]:
    wanted = _WHOLE.order_by(Case.id).limit(AT_ONCE)
    return session.scalars(wanted.where(Case.id > last) if last else wanted).all()


def _held(session: Session, case_id: UUID) -> tuple[Difference, ...]:
    case = session.scalars(_WHOLE.where(Case.id == case_id).with_for_update(read=True, of=Case)).one()
    return differences(case, _events(session, [case_id])[case_id])


def _events(session: Session, case_ids: Collection[UUID]) -> Mapping[UUID, list[Happened]]:
    told = select(CaseEvent.case_id, CaseEvent.kind, CaseEvent.request_id, CaseEvent.line_id)
    found: dict[UUID, list[Happened]] = defaultdict(list)
    for row in session.execute(told.where(CaseEvent.case_id.in_(case_ids)).order_by(CaseEvent.position)):
        found[row.case_id].append(Happened(row.kind, row.request_id, row.line_id))
    return found
