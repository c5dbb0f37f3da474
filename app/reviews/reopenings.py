"""A decided request is opened again, and closed when it is decided once more. Must not know determinations or pages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.lifecycle import CaseStatus, LineStatus, Move, allowed
from app.reviews.after_models import Reopening
from app.reviews.desk import Desk
from tenancy.vocabulary import ActionKind, ReviewerLevel

RECONSIDERATION = ActionKind.RECONSIDERATION.value


def open_reopening(session: Session, request_id: UUID) -> Reopening | None:
    """Why the request is being looked at again; None if it is not."""
    return session.scalars(select(Reopening).filter_by(request_id=request_id, state="open")).one_or_none()


def reopen(desk: Desk, reopening: Reopening) -> None:
    """Open a decided request: what was refused is appealed, the physicians have it, nobody by name.

    Raises Conflict where the table of moves does not allow it.
    """
    desk.move(Move.REOPEN_REQUEST)
    if desk.case.status == CaseStatus.COMPLETED:
        desk.move(Move.REOPEN_CASE)
    for part in desk.parts():
        if allowed(Move.APPEAL_LINE, part.certify_status or LineStatus.UN_SUBMITTED):
            desk.move_part(part, Move.APPEAL_LINE)
    request = desk.request
    request.decided_at = None
    request.level, request.escalated_at = ReviewerLevel.PHYSICIAN.value, desk.now
    request.assigned_to = request.assigned_name = request.assigned_at = None
    desk.session.add(reopening)
    desk.session.flush()


def close_reopening(desk: Desk, *, changed: bool) -> None:
    """The request is decided once more: keep whether anything changed."""
    reopening = open_reopening(desk.session, desk.request.id)
    if reopening is not None:
        reopening.state, reopening.decided_at = "decided", desk.now
        reopening.outcome = "changed" if changed else "upheld"
