"""Earlier requests for the same member that look like the draft at hand, said while it is made. Knows no page.

Only cases within the actor's groups are named: another provider's requests are nobody's business here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.cases.models import Case, ProcedureLine, Request
from app.cases.page_values import Overlap
from app.domain.access import Actor
from app.domain.fields import service_label
from tenancy.contract import Contract

SHOWN = 5


def list_overlaps(session: Session, contract: Contract, draft: Case, actor: Actor) -> list[Overlap]:
    """Submitted cases with the same service or a same code whose days overlap the draft's; dates not known overlap.

    Nothing is said before a service or a code was chosen.
    """
    mine = draft.requests[-1]
    alike = _alike(mine)
    if alike is None:
        return []
    statement = (
        select(Case)
        .join(Request, Request.case_id == Case.id)
        .where(
            Case.member_id == draft.member_id,
            Case.id != draft.id,
            Case.group_id.in_(actor.group_ids),
            Case.status.in_(("submitted", "completed")),
            alike,
            _overlapping(mine.service_from, mine.service_until),
        )
        .order_by(Case.submitted_at.desc())
        .limit(SHOWN)
        .options(selectinload(Case.requests).selectinload(Request.lines))
    )
    return [_overlap(contract, case) for case in session.scalars(statement).unique()]


def _alike(mine: Request) -> ColumnElement[bool] | None:
    codes = [line.code for line in mine.lines]
    parts: list[ColumnElement[bool]] = []
    if mine.service_type and not codes:
        parts.append(Request.service_type == mine.service_type)
    if codes:
        parts.append(exists().where(ProcedureLine.request_id == Request.id, ProcedureLine.code.in_(codes)))
    return or_(*parts) if parts else None


def _overlapping(first: date | None, last: date | None) -> ColumnElement[bool]:
    theirs_last = func.coalesce(Request.service_until, Request.service_from)
    parts: list[ColumnElement[bool]] = []
    if first is not None:
        parts.append(or_(theirs_last.is_(None), theirs_last >= first))
    if last is not None or first is not None:
        parts.append(or_(Request.service_from.is_(None), Request.service_from <= (last or first)))
    return and_(True, *parts)


def _overlap(contract: Contract, case: Case) -> Overlap:
    request = case.requests[0]
    service = contract.catalogue.services.get(request.service_type or "")
    codes: Sequence[str] = [line.code for one in case.requests for line in one.lines]
    label = service_label(service) if service else request.service_type or ""
    return Overlap(case.number or "", label, request.service_from, case.requests[-1].service_until, codes[:5])
