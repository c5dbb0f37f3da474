"""Who has a request: taking it, giving it to somebody, sending it up, extending its deadline. Knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.cases import deadlines
from app.domain.access import Actor, Permission, may
from app.domain.clock import spoken
from app.domain.errors import Closed, Conflict, FieldFault, Forbidden, Invalid
from app.domain.lifecycle import Move, RequestStatus
from app.reviews.desk import NOT_YOURS, Handled, sit_down
from app.reviews.levels import levels_of
from tenancy.contract import Contract
from tenancy.vocabulary import Event, ReviewerLevel

LONGEST_REASON = 500
NO_EXTENSION = "No deadline of this request can be extended: the contract allows none, or it was extended before."
TOO_LATE = "The deadline has passed, so it can no longer be extended."


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person requests may be given to."""

    user_id: UUID
    name: str
    level: str = ""


def reviewers_among(contract: Contract, colleagues: Sequence[Actor], actor: Actor) -> tuple[Reviewer, ...]:
    """Whom of the staff a request may be given to: those who review at some level, by name; the actor too if she does.

    ``level`` is the highest level in the contract's words.
    """
    known = {one.user_id: one for one in (*colleagues, actor)}
    found = [
        Reviewer(user_id, one.name, contract.review.levels[levels_of(one)[-1]])
        for user_id, one in known.items()
        if user_id is not None and levels_of(one)
    ]
    return tuple(sorted(found, key=lambda one: one.name))


def assign(
    session: Session,
    request_id: UUID,
    to: Reviewer | None,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Handled:
    """Give a request to a reviewer, or back to the team with ``None``.

    A reviewer may take one for herself and give it back; giving it to others takes ``review:assign``. Taking a
    submitted request starts its review. Raises NotFound, Forbidden, and Conflict when somebody else has it by now.
    """
    desk = sit_down(session, request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now, version=version)
    request = desk.request
    own = to is None or to.user_id == actor.user_id
    if not own and not may(actor, Permission.REVIEW_ASSIGN):
        raise Forbidden(NOT_YOURS)
    if request.assigned_to not in (None, actor.user_id) and not may(actor, Permission.REVIEW_ASSIGN):
        raise Conflict(f"{request.assigned_name} has this request now.", {"assigned_to": request.assigned_name or ""})
    request.assigned_to, request.assigned_name = (to.user_id, to.name) if to else (None, None)
    request.assigned_at = now if to else None
    if to and to.user_id == actor.user_id:
        request.level = _level_with(actor, request.level)
    if to and request.status == RequestStatus.SUBMITTED:
        desk.move(Move.REVIEW_REQUEST)
    desk.happened("request_assigned" if to else "request_given_back", detail=to.name if to else "")
    return desk.finish("request:assign")


def _level_with(actor: Actor, level: str | None) -> str | None:
    """The level that has a request somebody takes: as it was, unless that is not among hers."""
    own = [one.value for one in levels_of(actor)]
    return own[-1] if own and level not in own else level


def take(session: Session, request_id: UUID, *, version: int | None = None, actor: Actor, now: datetime) -> Handled:
    """Take a request for oneself (see :func:`assign`)."""
    if actor.user_id is None:
        raise Forbidden(NOT_YOURS)
    return assign(session, request_id, Reviewer(actor.user_id, actor.name), version=version, actor=actor, now=now)


def escalate(
    session: Session, contract: Contract, request_id: UUID, reason: str, *, version: int, actor: Actor, now: datetime
) -> Handled:
    """Send a request up to the physicians, with the reason; nobody has it until one of them takes it.

    Raises NotFound, Forbidden, Invalid without a reason, Conflict when it is with them or completed already.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid((FieldFault("escalation", f"Say why, in at most {LONGEST_REASON} characters."),))
    desk = sit_down(session, request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now, version=version)
    if desk.request.status == RequestStatus.SUBMITTED:
        desk.move(Move.REVIEW_REQUEST)
    if desk.request.status != RequestStatus.IN_REVIEW:
        raise Conflict("Only a request in review can be sent up.", {"status": desk.request.status})
    if desk.request.level == ReviewerLevel.PHYSICIAN:
        raise Conflict(f"It is with the {contract.review.levels[ReviewerLevel.PHYSICIAN]}s already.")
    desk.request.level, desk.request.escalated_at = ReviewerLevel.PHYSICIAN.value, now
    if ReviewerLevel.PHYSICIAN not in levels_of(actor):
        desk.request.assigned_to = desk.request.assigned_name = desk.request.assigned_at = None
    desk.happened("request_escalated", detail=contract.review.levels[ReviewerLevel.PHYSICIAN])
    return desk.finish("request:escalate")


def extend_deadline(
    session: Session, contract: Contract, request_id: UUID, reason: str, *, version: int, actor: Actor, now: datetime
) -> Handled:
    """Extend every clock of a request that the contract lets be extended, once, with a notice to the provider.

    ``reason`` is told to the provider. Source: 42 CFR 440.230(e)(1). Raises NotFound, Forbidden, Invalid, Conflict,
    and Closed when the deadline has passed or nothing can be extended.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid((FieldFault("extension", f"Say why, in at most {LONGEST_REASON} characters."),))
    desk = sit_down(session, request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now, version=version)
    rows = deadlines.list_deadlines(session, request_id)
    open_rows = [row for row in rows if row.state in (deadlines.RUNNING, deadlines.PAUSED)]
    extensible = [row for row in open_rows if deadlines.terms_of(row).extension and row.extended_at is None]
    if not extensible:
        raise Closed(NO_EXTENSION)
    if any(row.due_at is not None and row.due_at < now for row in extensible):
        raise Closed(TOO_LATE)
    for row in extensible:
        length = deadlines.terms_of(row).extension
        row.extended_at = now
        row.reason += f", extended by {spoken(length)}" if length else ""
    session.flush()
    deadlines.recompute(session, contract, desk.request)
    desk.happened("deadline_extended", detail=reason.strip())
    desk.tell(Event.STATUS_CHANGED.value, str(uuid4()))
    return desk.finish("request:extend_deadline")
