"""Reading cases: Home, lists, the case page. Each reading of PHI is audited in the same transaction.

Knows no page and no form.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import lookups
from app.cases.casefile import DECIDED, case_file, certified, member_card, time_left
from app.cases.drafts import local_day
from app.cases.lookups import CaseFilter, Listed, Window
from app.cases.models import Request
from app.cases.records import CaseFile, CaseRow, HomeCounts, outcome_counts
from app.cases.row_actions import actions_of
from app.domain.access import Actor
from app.domain.fields import service_label
from app.storage import audit
from tenancy.contract import Contract

_CODES_SHOWN = 10
_LONGEST_NUMBER = 40


def home_counts(session: Session, *, actor: Actor, group_id: UUID | None = None) -> HomeCounts:
    """Count the drafts and cases of every group of the actor (HOME-02), or of the one named."""
    groups = [one for one in actor.group_ids if group_id in (None, one)]
    return HomeCounts(*lookups.count_home(session, groups))


def list_rows(
    session: Session,
    contract: Contract,
    asked: CaseFilter,
    window: Window,
    *,
    actor: Actor,
    now: datetime,
    total: int | None = None,
    action: str = "case:list",
) -> tuple[tuple[CaseRow, ...], int]:
    """One page of cases as rows, and how many there are in all; the reading is audited as one list event.

    Drafts are seen by the groups that made them only (HOME-07); submitted cases also by the group that gives
    the care, when the filter asks for servicing requests. ``total`` saves the counting where it is known.
    """
    if total is None:
        total = lookups.count_cases(session, actor, asked)
    found = lookups.list_cases(session, actor, asked, window) if total else ()
    rows = tuple(_row(contract, listed, actor, now) for listed in found)
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="member" if asked.member_id else "case",
        object_id=asked.member_id,
        detail={"rows": str(len(rows))},
        now=now,
    )
    return rows, total


def open_case(session: Session, contract: Contract, number: str, *, actor: Actor, now: datetime) -> CaseFile:
    """Everything a reader may see of a numbered case; raises NotFound alike for foreign and missing ones (S7)."""
    case, member = lookups.get_case(session, actor, number)
    audit.record(session, actor=actor, action="case:read", object_type="case", object_id=case.id, now=now)
    card = member_card(contract, member, today=local_day(contract, now))
    return case_file(contract, case, card, is_own=lookups.is_own(actor, case), now=now)


def requests_of(session: Session, number: str, *, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The requests of a numbered case as id and label; raises NotFound."""
    return tuple((str(row.id), row.label) for row in lookups.get_case(session, actor, number)[0].requests)


def id_of(session: Session, number: str, *, actor: Actor) -> UUID:
    """The id of a numbered case within the actor's reach; raises NotFound."""
    return lookups.get_case(session, actor, number)[0].id


def find_number(session: Session, text: str, *, actor: Actor) -> str | None:
    """The Case ID for a case, programme or authorization number, None when none is within reach (NAV-03)."""
    return lookups.find_case_number(session, actor, text) if 0 < len(text.strip()) <= _LONGEST_NUMBER else None


def groups(session: Session, *, actor: Actor) -> tuple[tuple[UUID, str], ...]:
    """The actor's provider groups by name, for the search context (SRCH-02)."""
    return tuple(sorted(lookups.group_names(session, actor.group_ids).items(), key=lambda group: group[1]))


def _row(contract: Contract, listed: Listed, actor: Actor, now: datetime) -> CaseRow:
    case = listed.case
    lines = [line for request in case.requests for line in request.lines]
    codes, more = lookups.procedure_codes(lines, _CODES_SHOWN)
    first, due_at = case.requests[0], _next_due(case.requests)
    today, is_own = local_day(contract, now), lookups.is_own(actor, case)
    return CaseRow(
        id=case.id,
        number=case.number,
        status=case.status,
        category=case.category,
        member=member_card(contract, listed.member, today=today),
        group_name=listed.group_name,
        modified_at=case.modified_at,
        modified_by=case.modified_by_name,
        submitted_at=case.submitted_at,
        things_left=case.things_left,
        service=_service(contract, first),
        x12_service_type=_x12(contract, first),
        place_code=_place_code(contract, first),
        service_from=first.service_from or first.start_on,
        service_until=case.requests[-1].service_until or case.requests[-1].end_on,
        discharge_on=case.discharge_on,
        procedures=codes,
        more_procedures=more,
        request_labels=tuple(request.label for request in case.requests),
        outcomes=outcome_counts(certified(case.requests)),
        due_at=due_at,
        time_left=time_left(due_at, now) if due_at else "",
        is_late=due_at is not None and due_at < now,
        documents=listed.documents,
        letters=listed.letters,
        messages=listed.messages,
        authorization_number=case.authorization_number or "",
        is_own=is_own,
        actions=actions_of(contract, case, is_own=is_own, on=today),
    )


def _service(contract: Contract, request: Request) -> str:
    service = contract.catalogue.services.get(request.service_type or "")
    return service_label(service) if service else request.service_type or ""


def _x12(contract: Contract, request: Request) -> str:
    service = contract.catalogue.services.get(request.service_type or "")
    return service.x12_service_type if service else ""


def _place_code(contract: Contract, request: Request) -> str:
    place = contract.catalogue.places.get(request.place_of_service or "")
    return place.pos if place else ""


def _next_due(requests: Sequence[Request]) -> datetime | None:
    due = [request.due_at for request in requests if request.due_at and request.status not in DECIDED]
    return min(due, default=None)
