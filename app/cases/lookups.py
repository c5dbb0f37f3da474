"""Queries behind Home, case search, the case page and the member page. No rule of a contract, no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from app.accounts.models import ProviderGroup
from app.cases.models import Case, CaseProvider, Document, ProcedureLine, Request
from app.directory.models import Member
from app.domain.access import Actor
from app.domain.errors import NotFound

LISTED = ("submitted", "completed")
_SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "modified_at": Case.modified_at,
    "submitted_at": Case.submitted_at,
    "number": Case.number,
    "status": Case.status,
    "category": Case.category,
    "member": Member.last_name_key,
    "member_number": Member.member_number_key,
    "birth_date": Member.birth_date,
    "discharge_on": Case.discharge_on,
    "service_from": Request.service_from,
    "service": Request.service_type,
    "due_at": Request.due_at,
}
SORTS = tuple(_SORTS)
_NEVER_EMPTY = frozenset({"submitted_at", "number"})
"""Empty for drafts only, which no list mixes with cases: the order of the index can be used as it is."""
_ROW_PARTS = (selectinload(Case.requests).selectinload(Request.lines),)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list, in which order."""

    offset: int
    limit: int
    sort: str
    descending: bool


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a search by case asks for; every part is optional but the actor's own reach.

    Drafts have no submission date: a search among drafts alone looks at the day they were last changed.
    """

    statuses: tuple[str, ...] = ()
    category: str = ""
    service_type: str = ""
    group_id: UUID | None = None
    member_id: UUID | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    service_from: date | None = None
    service_until: date | None = None
    is_servicing: bool = False


def count_by_status(session: Session, group_ids: Sequence[UUID]) -> dict[str, int]:
    """How many cases of the groups have each status."""
    statement = select(Case.status, func.count()).where(Case.group_id.in_(group_ids)).group_by(Case.status)
    return {key: value for key, value in session.execute(statement).all()}  # noqa: C416 - a Result is no iterable of pairs to dict()


def count_cases(session: Session, actor: Actor, asked: CaseFilter) -> int:
    """How many cases the filter finds within the actor's reach."""
    return session.scalar(select(func.count()).select_from(Case).where(*_conditions(actor, asked))) or 0


def list_cases(session: Session, actor: Actor, asked: CaseFilter, window: Window) -> Sequence[Case]:
    """One page of cases with what a row shows, in a stable order."""
    statement = _ordered(select(Case).where(*_conditions(actor, asked)), window)
    return session.scalars(statement.offset(window.offset).limit(window.limit).options(*_ROW_PARTS)).all()


def members_of(session: Session, cases: Sequence[Case]) -> dict[UUID, Member]:
    """The members of the cases, by id."""
    wanted = {case.member_id for case in cases}
    return {member.id: member for member in session.scalars(select(Member).where(Member.id.in_(wanted)))}


def group_names(session: Session, group_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of provider groups, by id."""
    statement = select(ProviderGroup.id, ProviderGroup.name).where(ProviderGroup.id.in_(set(group_ids)))
    return {key: value for key, value in session.execute(statement).all()}  # noqa: C416 - a Result is no iterable of pairs to dict()


def count_documents(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many documents in force each case has."""
    statement = (
        select(Document.case_id, func.count())
        .where(Document.case_id.in_(case_ids), Document.deactivated_at.is_(None))
        .group_by(Document.case_id)
    )
    return {key: value for key, value in session.execute(statement).all()}  # noqa: C416 - a Result is no iterable of pairs to dict()


def count_cases_of_members(session: Session, actor: Actor, member_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many submitted cases within the actor's reach each member has (CONS-03)."""
    statement = (
        select(Case.member_id, func.count())
        .where(Case.member_id.in_(member_ids), Case.status.in_(LISTED), _within_reach(actor))
        .group_by(Case.member_id)
    )
    return {key: value for key, value in session.execute(statement).all()}  # noqa: C416 - a Result is no iterable of pairs to dict()


def get_case(session: Session, actor: Actor, number: str) -> Case:
    """A numbered case within the actor's reach with everything its page shows; raises NotFound otherwise."""
    statement = (
        select(Case)
        .where(Case.number == number, _within_reach(actor))
        .options(
            selectinload(Case.requests).options(selectinload(Request.lines), selectinload(Request.responses)),
            selectinload(Case.providers),
            selectinload(Case.diagnoses),
            selectinload(Case.documents),
            selectinload(Case.notes),
            selectinload(Case.events),
        )
    )
    case = session.scalar(statement)
    if case is None:
        raise NotFound
    return case


def find_case_number(session: Session, actor: Actor, text: str) -> str | None:
    """The Case ID behind a case, programme or authorization number (NAV-03), None if none is within reach."""
    asked = text.strip()
    return session.scalar(
        select(Case.number)
        .where(
            or_(Case.number == asked, Case.authorization_number == asked, Case.program_case_number == asked),
            _within_reach(actor),
        )
        .order_by(Case.submitted_at.desc())
        .limit(1)
    )


def is_own(actor: Actor, case: Case) -> bool:
    """Whether the actor belongs to the group that made the case (else it may only read it)."""
    return case.group_id in actor.group_ids


def _conditions(actor: Actor, asked: CaseFilter) -> list[ColumnElement[bool]]:
    mine = _serviced_by(actor) if asked.is_servicing else Case.group_id.in_(actor.group_ids)
    return [mine, *_case_conditions(asked), *_request_conditions(asked)]


def _case_conditions(asked: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Case.status.in_(asked.statuses or LISTED)]
    if asked.category:
        conditions.append(Case.category == asked.category)
    if asked.group_id:
        conditions.append(Case.group_id == asked.group_id)
    if asked.member_id:
        conditions.append(Case.member_id == asked.member_id)
    dated = Case.modified_at if asked.statuses == ("un_submitted",) else Case.submitted_at
    if asked.submitted_from:
        conditions.append(dated >= asked.submitted_from)
    if asked.submitted_before:
        conditions.append(dated < asked.submitted_before)
    return conditions


def _request_conditions(asked: CaseFilter) -> list[ColumnElement[bool]]:
    one = aliased(Request)  # the order of a list may join the table itself
    parts: list[ColumnElement[bool]] = []
    if asked.service_type:
        parts.append(one.service_type == asked.service_type)
    if asked.service_until:
        parts.append(one.service_from <= asked.service_until)
    if asked.service_from:
        parts.append(func.coalesce(one.service_until, one.service_from) >= asked.service_from)
    return [exists().where(one.case_id == Case.id, *parts)] if parts else []


def _serviced_by(actor: Actor) -> ColumnElement[bool]:
    """Cases on which a provider of the actor's groups gives the care, once they are submitted (GAP-09)."""
    own_providers = select(ProviderGroup.provider_id).where(ProviderGroup.id.in_(actor.group_ids))
    return Case.status.in_(LISTED) & exists().where(
        CaseProvider.case_id == Case.id,
        CaseProvider.role.in_(("servicing", "facility")),
        CaseProvider.provider_id.in_(own_providers),
    )


def _within_reach(actor: Actor) -> ColumnElement[bool]:
    return or_(Case.group_id.in_(actor.group_ids), _serviced_by(actor))


def _ordered(statement: Select[Case], window: Window) -> Select[Case]:
    """The statement in the window's order; the tables of other parts are joined only where the order needs them."""
    column = _SORTS[window.sort]
    if column.class_ is Member:
        statement = statement.join(Member, Member.id == Case.member_id)
    elif column.class_ is Request:
        statement = statement.outerjoin(Request, (Request.case_id == Case.id) & (Request.sequence == 1))
    order = column.desc() if window.descending else column.asc()
    if column.property.columns[0].nullable and window.sort not in _NEVER_EMPTY:
        order = order.nullslast()
    return statement.order_by(order, Case.id)


def procedure_codes(lines: Sequence[ProcedureLine], shown: int) -> tuple[tuple[str, ...], int]:
    """The first codes of a case and how many more there are (CONS-06 shows the first ten)."""
    codes = [line.code for line in lines]
    return tuple(codes[:shown]), max(0, len(codes) - shown)
