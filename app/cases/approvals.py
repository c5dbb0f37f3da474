"""What was approved for a member before, whoever asked for it: rules count it, nobody reads it. Knows no page."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Text, literal, select, union_all
from sqlalchemy.orm import Session

from app.cases.models import Case, ProcedureLine, Request
from app.cases.snapshot import draft_of
from app.domain.conditions import facts_used
from app.domain.draft import Approval, Draft
from app.domain.earlier import EARLIER_FACTS
from app.domain.lifecycle import LineStatus
from tenancy.checks.walk import conditions_in
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import DecidingDate, WindowStart

GRANTED = (LineStatus.APPROVED.value, LineStatus.MODIFIED.value)


def list_approvals(session: Session, case: Case, request: Request | None = None) -> tuple[Approval, ...]:
    """Everything granted to the case's member but in this request, its last one unless another is given.

    Caps and prerequisites are about the member, so other providers' approvals count as well.
    """
    here = request or case.requests[-1]
    lines = _granted(ProcedureLine, ProcedureLine.code.expression).join(ProcedureLine.request).join(Request.case)
    stays = _granted(Request, literal("", Text)).join(Request.case)
    mine = (Case.member_id == case.member_id, Request.id != here.id)
    return tuple(
        Approval(
            numbers=tuple(number for number in (row.number, row.authorization_number) if number),
            service=row.service_type or "",
            code=row.code,
            units=row.units_approved,
            starts_on=row.certified_start_on,
            ends_on=row.certified_end_on,
            is_of_this_case=row.id == case.id,
        )
        for row in session.execute(union_all(lines.where(*mine), stays.where(*mine)))
    )


def _granted(part: type[ProcedureLine | Request], code: ColumnElement[str]) -> Any:
    return select(
        Case.id,
        Case.number,
        Case.authorization_number,
        Request.service_type,
        code.label("code"),
        part.units_approved,
        part.certified_start_on,
        part.certified_end_on,
    ).where(part.certify_status.in_(GRANTED))


def list_asked_approvals(session: Session, loaded: LoadedContract, case: Case) -> tuple[Approval, ...] | None:
    """The same, but ``None`` without a look where nothing in the contract asks for it."""
    return list_approvals(session, case) if _asks(loaded) else None


def _asks(loaded: LoadedContract) -> bool:
    """Whether a rule, a window or the day that decides about rules looks at earlier approvals; found out once."""
    if loaded not in _asking:
        intake = loaded.contract.intake
        counted = {one.window_starts for one in intake.request_types.values()}
        _asking[loaded] = (
            any(EARLIER_FACTS & facts_used(condition) for _, condition in conditions_in(loaded.contract))
            or intake.rules_decided_by is DecidingDate.EARLIER_END
            or WindowStart.EARLIER_END in counted
        )
    return _asking[loaded]


_asking: WeakKeyDictionary[LoadedContract, bool] = WeakKeyDictionary()


def draft_seen(session: Session, contract: Contract, case: Case, request: Request | None = None) -> Draft:
    """A request as its rules see it, with what was approved before; notes are not counted, no rule asks for them."""
    earlier = list_approvals(session, case, request)
    return draft_of(contract, case, case.member, note_count=0, request=request, earlier=earlier)
