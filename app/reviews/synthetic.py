"""The determinations behind made-up cases that were decided, for demonstrations. Knows no page and no real person."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import ProcedureLine, Request
from app.domain.lifecycle import LineStatus
from app.reviews.desk import Decidable
from app.reviews.determinations import ADVERSE, INITIAL
from app.reviews.models import Determination
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import Decision, ReviewerLevel

DECIDED: Mapping[str, Decision] = {
    LineStatus.APPROVED.value: Decision.APPROVE,
    LineStatus.MODIFIED.value: Decision.MODIFY,
    LineStatus.DENIED.value: Decision.DENY,
    LineStatus.VOID.value: Decision.VOID,
}
REVIEWER = "Reviewer"


def fill_determinations(session: Session, loaded: LoadedContract) -> int:
    """One act of deciding for every decided request that has none; how many requests.

    Reasons and the words they start with are the contract's own.
    """
    made = exists().where(Determination.request_id == Request.id)
    decided = select(Request).where(Request.status == "completed", Request.decided_at.is_not(None), ~made)
    found = session.scalars(decided.options(selectinload(Request.lines), joinedload(Request.case))).all()
    for request in found:
        act_id = uuid4()
        stay: tuple[Decidable, ...] = (request,) if request.certify_status else ()
        for part in (*stay, *request.lines):
            decision = DECIDED.get(part.certify_status or "")
            if decision is not None:
                session.add(_row(loaded.contract, request, part, decision, act_id=act_id))
    session.flush()
    return len(found)


def _row(contract: Contract, request: Request, part: Decidable, decision: Decision, *, act_id: UUID) -> Determination:
    name, reason = next((key, one) for key, one in contract.review.reasons.items() if decision in one.decisions)
    is_adverse = decision in ADVERSE
    return Determination(
        act_id=act_id,
        request_id=request.id,
        line_id=part.id if isinstance(part, ProcedureLine) else None,
        round=INITIAL,
        decision=decision.value,
        units=part.units_approved,
        start_on=part.certified_start_on,
        end_on=part.certified_end_on,
        reason=name,
        reason_text=reason.label,
        outcome=reason.outcome.value if is_adverse and reason.outcome else None,
        criterion=f"{reason.criterion} findings that the records do not show." if is_adverse else "",
        change=f"{reason.change} these findings." if is_adverse else "",
        level=(ReviewerLevel.PHYSICIAN if is_adverse else ReviewerLevel.NURSE).value,
        decided_by_name=REVIEWER,
        decided_at=request.decided_at,
        release=request.case.release,
        trace=[],
    )
