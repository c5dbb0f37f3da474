"""A case with all its parts in one question to the database: what submitting reads while it holds the row.

The objects that come back belong to no Session: they are read, never changed; whoever writes says so in statements
of their own. Knows no rule and no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Numeric, ScalarSelect, Table, Time, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.attributes import set_committed_value

from app.cases.models import Case, CaseProvider, Diagnosis, Document, ProcedureLine, QuestionnaireResponse, Request
from app.directory.models import Member, MemberEligibility
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.storage.db import TenantBase

Row = TypeVar("Row", bound=TenantBase)
Values = Mapping[str, Any]

_READERS: Mapping[type, Callable[[Any], Any]] = {
    Uuid: UUID,
    Date: date.fromisoformat,
    DateTime: datetime.fromisoformat,
    Time: time.fromisoformat,
    Numeric: lambda value: Decimal(str(value)),
}


def _one(model: type[TenantBase]) -> ColumnElement[Any]:
    """A row of the table as one JSON object."""
    return func.to_jsonb(table_of(model).table_valued())


def table_of(model: type[TenantBase]) -> Table:
    """The table behind a model."""
    return cast("Table", model.__table__)


def _list(
    model: type[TenantBase], order: InstrumentedAttribute[Any], belongs: ColumnElement[bool]
) -> ScalarSelect[Any]:
    """The rows of the table that belong to the case, as one JSON list."""
    rows = func.jsonb_agg(aggregate_order_by(_one(model), order))
    return select(rows).where(belongs).correlate(Case).scalar_subquery()


_OF_CASE = select(Request.id).where(Request.case_id == Case.id).correlate(Case).scalar_subquery()
_WHOLE = (
    select(
        _one(Case).label("case"),
        select(_one(Member)).where(Member.id == Case.member_id).correlate(Case).scalar_subquery().label("member"),
        _list(MemberEligibility, MemberEligibility.starts_on, MemberEligibility.member_id == Case.member_id),
        _list(Request, Request.sequence, Request.case_id == Case.id),
        _list(ProcedureLine, ProcedureLine.position, ProcedureLine.request_id.in_(_OF_CASE)),
        _list(QuestionnaireResponse, QuestionnaireResponse.id, QuestionnaireResponse.request_id.in_(_OF_CASE)),
        _list(CaseProvider, CaseProvider.role, CaseProvider.case_id == Case.id),
        _list(Diagnosis, Diagnosis.position, Diagnosis.case_id == Case.id),
        _list(Document, Document.uploaded_at, Document.case_id == Case.id),
    )
    .where(Case.id == bindparam("case_id"), Case.group_id.in_(bindparam("group_ids", expanding=True)))
    .with_for_update(of=Case)
)


def get_whole_case(session: Session, case_id: UUID, actor: Actor) -> Case:
    """A case of one of the actor's groups with all its parts, its row held until the transaction ends.

    Raises NotFound for foreign and missing ones alike. Who waited for the row sees the row itself as it is now, its
    parts as they were when the wait began: compare the version, which every change of a part raises.
    """
    found = session.execute(_WHOLE, {"case_id": case_id, "group_ids": list(actor.group_ids)}).one_or_none()
    if found is None:
        raise NotFound
    case, member, periods, requests, lines, responses, providers, diagnoses, documents = found
    whole = _made(Case, case)
    person = _made(Member, member)
    set_committed_value(person, "eligibility", _all(MemberEligibility, periods))
    set_committed_value(whole, "member", person)
    set_committed_value(whole, "providers", _all(CaseProvider, providers))
    set_committed_value(whole, "diagnoses", _all(Diagnosis, diagnoses))
    set_committed_value(whole, "documents", _all(Document, documents))
    made = _all(Request, requests)
    for request in made:
        set_committed_value(request, "lines", _of(request, _all(ProcedureLine, lines)))
        set_committed_value(request, "responses", _of(request, _all(QuestionnaireResponse, responses)))
    set_committed_value(whole, "requests", made)
    return whole


Part = TypeVar("Part", ProcedureLine, QuestionnaireResponse)


def _of(request: Request, parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.request_id == request.id]


def _all(model: type[Row], rows: Iterable[Values] | None) -> list[Row]:
    return [_made(model, values) for values in rows or ()]


def _made(model: type[Row], values: Values) -> Row:
    """An object of no Session from a row in JSON."""
    row, readers = model(), _readers(model)
    vars(row).update(
        {
            name: readers[name](value) if name in readers and value is not None else value
            for name, value in values.items()
        }
    )
    return row


@cache
def _readers(model: type[TenantBase]) -> Mapping[str, Callable[[Any], Any]]:
    """How each column's JSON becomes its value; columns of text, numbers and JSON are what they are."""
    columns = model.__table__.columns
    return {column.name: _READERS[type(column.type)] for column in columns if type(column.type) in _READERS}
