"""Queries behind Home, case search, the case page and the member page. No rule of a contract, no page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.accounts.models import ProviderGroup
from app.cases.gathering import all_revived, many_rows, one_row, revived, whole_row
from app.cases.models import (
    Case,
    CaseEvent,
    CaseProvider,
    Diagnosis,
    Document,
    Note,
    ProcedureLine,
    QuestionnaireResponse,
    Request,
)
from app.cases.records import MOST_COUNTED
from app.directory.models import Member, MemberEligibility
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.notices.models import Letter, Message

LISTED = ("submitted", "completed")
DRAFTS = ("un_submitted",)
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
_INDEXED = frozenset({"modified_at", "submitted_at"})
_NEVER_EMPTY = frozenset({"submitted_at", "number"})
"""Empty for drafts only, which no list mixes with cases: the order of the index can be used as it is."""


Groups = Sequence[UUID] | BindParameter[Any]


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as a list shows it: with its requests, lines and member, its group's name, and what lies there counted."""

    case: Case
    member: Member
    group_name: str
    documents: int
    letters: int
    messages: int


def count_home(session: Session, group_ids: Sequence[UUID]) -> tuple[int, int, int]:
    """Drafts, waiting and decided cases of the groups, the decided ones up to one more than MOST_COUNTED."""
    drafts, waiting, decided = session.execute(_HOME_COUNTS, {"groups": group_ids}).one()
    return drafts, waiting, decided


def count_cases(session: Session, actor: Actor, asked: CaseFilter) -> int:
    """How many cases the filter finds within the actor's reach."""
    return session.scalar(select(func.count()).select_from(Case).where(*_conditions(actor, asked))) or 0


def list_cases(session: Session, actor: Actor, asked: CaseFilter, window: Window) -> list[Listed]:
    """One page of cases with what a row shows, in a stable order."""
    if asked.is_servicing or asked.member_id or window.sort not in _INDEXED:
        return _sorted_page(session, actor, asked, window)
    more = (*_filter_conditions(asked), *_request_conditions(asked))
    put_together = _first_of_each if more else _first_of_each_unfiltered
    statement = put_together(window.sort, window.descending, *more)
    told = {
        "groups": list(actor.group_ids),
        "statuses": list(asked.statuses or LISTED),
        "upto": window.offset + window.limit,
        "skipped": window.offset,
        "shown": window.limit,
    }
    return [_listed(row) for row in session.execute(statement, told)]


def _sorted_page(session: Session, actor: Actor, asked: CaseFilter, window: Window) -> list[Listed]:
    """One page in an order that no index of each group and status gives: first its ids, then its rows."""
    ordered = _ordered(select(Case.id).where(*_conditions(actor, asked)), window)
    ids = list(session.scalars(ordered.offset(window.offset).limit(window.limit)))
    found = {row.id: _listed(row) for row in session.execute(_LISTED.where(Case.id.in_(ids)))} if ids else {}
    return [found[one] for one in ids]


def _first_of_each(sort: str, descending: bool, *conditions: ColumnElement[bool]) -> Select[Any]:
    """One page in the order of an index.

    Each group and status brings its own first rows: sorted all together, every case of a hospital would be read
    for ten of them.
    """
    group = func.unnest(bindparam("groups", type_=ARRAY(Uuid))).table_valued("id").render_derived(name="its")
    status = func.unnest(bindparam("statuses", type_=ARRAY(Text))).table_valued("word").render_derived(name="one")
    key = _SORTS[sort]
    arm = (
        select(Case.id, key.label("key"))
        .where(Case.group_id == group.c.id, Case.status == status.c.word, *conditions)
        .order_by(key.desc() if descending else key.asc(), Case.id)
        .limit(bindparam("upto"))
        .lateral("arm")
    )
    order = arm.c.key.desc() if descending else arm.c.key.asc()
    each = select(arm.c.id, arm.c.key).select_from(group).join(status, true()).join(arm, true())
    page = each.order_by(order, arm.c.id).offset(bindparam("skipped")).limit(bindparam("shown")).subquery("page")
    place = page.c.key.desc() if descending else page.c.key.asc()
    return _LISTED.join(page, page.c.id == Case.id).order_by(place, page.c.id)


_first_of_each_unfiltered = lru_cache(_first_of_each)


def group_names(session: Session, group_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of provider groups, by id."""
    statement = select(ProviderGroup.id, ProviderGroup.name).where(ProviderGroup.id.in_(set(group_ids)))
    return {key: value for key, value in session.execute(statement).all()}  # noqa: C416 - a Result is no iterable of pairs to dict()


def count_cases_of_members(session: Session, actor: Actor, member_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many submitted cases within the actor's reach each member has (CONS-03)."""
    statement = (
        select(Case.member_id, func.count())
        .where(Case.member_id.in_(member_ids), Case.status.in_(LISTED), _within_reach(actor.group_ids))
        .group_by(Case.member_id)
    )
    return {key: value for key, value in session.execute(statement).all()}  # noqa: C416 - a Result is no iterable of pairs to dict()


def get_case(session: Session, actor: Actor, number: str) -> tuple[Case, Member]:
    """A numbered case within the actor's reach with everything its page shows, and its member; raises NotFound."""
    return _whole_case(session.execute(_WHOLE, {"number": number, "groups": actor.group_ids}).one_or_none())


def get_submitted_case(session: Session, number: str) -> tuple[Case, Member]:
    """A submitted case of any group with everything its page shows, for the payer's staff; raises NotFound."""
    return _whole_case(session.execute(_SUBMITTED, {"number": number}).one_or_none())


def _whole_case(found: Any) -> tuple[Case, Member]:
    if found is None:
        raise NotFound
    member = revived(Member, found.member, eligibility=all_revived(MemberEligibility, found.eligibility)[::-1])
    case = revived(
        Case,
        found.case,
        member=member,
        requests=_requests(found.requests, found.lines, found.responses),
        providers=all_revived(CaseProvider, found.providers),
        diagnoses=all_revived(Diagnosis, found.diagnoses),
        documents=all_revived(Document, found.documents),
        notes=all_revived(Note, found.notes),
        events=all_revived(CaseEvent, found.events),
    )
    return case, member


def find_case_number(session: Session, actor: Actor, text: str) -> str | None:
    """The Case ID behind a case, programme or authorization number (NAV-03), None if none is within reach."""
    asked = text.strip()
    return session.scalar(
        select(Case.number)
        .where(
            or_(Case.number == asked, Case.authorization_number == asked, Case.program_case_number == asked),
            _within_reach(actor.group_ids),
        )
        .order_by(Case.submitted_at.desc())
        .limit(1)
    )


def is_own(actor: Actor, case: Case) -> bool:
    """Whether the actor belongs to the group that made the case (else it may only read it)."""
    return case.group_id in actor.group_ids


def _requests(
    found: Sequence[Any], lines: Sequence[Any] | None, responses: Sequence[Any] | None = None
) -> list[Request]:
    """The requests of a case, each with its lines and answered questionnaires."""
    by_request: dict[str, tuple[list[ProcedureLine], list[QuestionnaireResponse]]] = defaultdict(lambda: ([], []))
    for values in lines or ():
        by_request[values["request_id"]][0].append(revived(ProcedureLine, values))
    for values in responses or ():
        by_request[values["request_id"]][1].append(revived(QuestionnaireResponse, values))
    return [
        revived(Request, values, lines=by_request[values["id"]][0], responses=by_request[values["id"]][1])
        for values in found
    ]


def _listed(found: Any) -> Listed:
    case = revived(Case, found.case, requests=_requests(found.requests, found.lines))
    return Listed(
        case,
        revived(Member, found.member, eligibility=[]),
        found.group_name or "",
        found.documents,
        found.letters,
        found.messages,
    )


def _conditions(actor: Actor, asked: CaseFilter) -> list[ColumnElement[bool]]:
    mine = _serviced_by(actor.group_ids) if asked.is_servicing else Case.group_id.in_(actor.group_ids)
    return [mine, Case.status.in_(asked.statuses or LISTED), *_filter_conditions(asked), *_request_conditions(asked)]


def _filter_conditions(asked: CaseFilter) -> list[ColumnElement[bool]]:
    """What narrows a list besides the actor's reach and the status."""
    conditions: list[ColumnElement[bool]] = []
    if asked.category:
        conditions.append(Case.category == asked.category)
    if asked.group_id:
        conditions.append(Case.group_id == asked.group_id)
    if asked.member_id:
        conditions.append(Case.member_id == asked.member_id)
    dated = Case.modified_at if asked.statuses == DRAFTS else Case.submitted_at
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


def _serviced_by(group_ids: Groups) -> ColumnElement[bool]:
    """Cases on which a provider of the groups gives the care, once they are submitted (GAP-09)."""
    own_providers = select(ProviderGroup.provider_id).where(ProviderGroup.id.in_(group_ids))
    return Case.status.in_(LISTED) & exists().where(
        CaseProvider.case_id == Case.id,
        CaseProvider.role.in_(("servicing", "facility")),
        CaseProvider.provider_id.in_(own_providers),
    )


def _within_reach(group_ids: Groups) -> ColumnElement[bool]:
    return or_(Case.group_id.in_(group_ids), _serviced_by(group_ids))


def _ordered(statement: Select[Any], window: Window) -> Select[Any]:
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


def _of_case(columns: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = columns.case_id == Case.id
    return condition


# named, for the case stands two questions further out than SQLAlchemy would look for it
_REQUEST_IDS = select(Request.id).where(Request.case_id == Case.id).correlate(Case)


def _of_request(columns: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = columns.request_id.in_(_REQUEST_IDS)
    return condition


def _counted(of_case: InstrumentedAttribute[UUID], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(of_case == Case.id, *conditions).correlate(Case).scalar_subquery()


_LISTED = select(
    Case.id,
    whole_row(Case).label("case"),
    one_row(Member, "id", Case.member_id.expression).label("member"),
    many_rows(Request, "sequence", _of_case).label("requests"),
    many_rows(ProcedureLine, "position", _of_request).label("lines"),
    select(ProviderGroup.name).where(ProviderGroup.id == Case.group_id).scalar_subquery().label("group_name"),
    _counted(Document.case_id, Document.deactivated_at.is_(None)).label("documents"),
    _counted(Letter.case_id, Letter.state == "issued").label("letters"),
    _counted(Message.case_id).label("messages"),
)
_GROUPS: BindParameter[Any] = bindparam("groups", expanding=True)


def _how_many(status: str, most: int | None = None) -> ScalarSelect[int]:
    those = select(literal(1)).select_from(Case).where(Case.group_id.in_(_GROUPS), Case.status == status).limit(most)
    return select(func.count()).select_from(those.subquery()).scalar_subquery()


_HOME_COUNTS = select(_how_many("un_submitted"), _how_many("submitted"), _how_many("completed", MOST_COUNTED + 1))
_PARTS = select(
    whole_row(Case).label("case"),
    one_row(Member, "id", Case.member_id.expression).label("member"),
    many_rows(MemberEligibility, "starts_on", lambda columns: columns.member_id == Case.member_id).label("eligibility"),
    many_rows(Request, "sequence", _of_case).label("requests"),
    many_rows(ProcedureLine, "position", _of_request).label("lines"),
    many_rows(QuestionnaireResponse, "questionnaire", _of_request).label("responses"),
    many_rows(CaseProvider, "id", _of_case).label("providers"),
    many_rows(Diagnosis, "position", _of_case).label("diagnoses"),
    many_rows(Document, "uploaded_at", _of_case).label("documents"),
    many_rows(Note, "written_at", _of_case).label("notes"),
    many_rows(CaseEvent, "position", _of_case).label("events"),
).where(Case.number == bindparam("number"))
_WHOLE = _PARTS.where(_within_reach(_GROUPS))
_SUBMITTED = _PARTS.where(Case.submitted_at.is_not(None))
"""One statement for the whole page: a dozen of them cost more than everything they ask for."""
