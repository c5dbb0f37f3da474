"""How every act of a reviewer begins and ends: the case's row is held, the version compared, the trail written.

Knows no page and no rule about decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, CaseEvent, ProcedureLine, Request
from app.domain.access import Actor, ActorKind, Permission, may
from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.lifecycle import CaseStatus, LineStatus, Move, RequestStatus, after, event
from app.storage import audit, outbox

MEANWHILE = "Somebody else changed this request after you opened it. Look at it as it is now, then decide."
NOT_YOURS = "Your role does not allow this."
TOLD = "review_told"
"""Outbox kind: something changed that the submitter is told of. Payload: case_id, request_id, event, occasion."""

WRITE = "review_letter"
"""Outbox kind: an act may call for a letter. The same payload."""

Decidable = ProcedureLine | Request
"""What is decided: a procedure line, or a request that stands for its stay."""


@dataclass(frozen=True, slots=True)
class Handled:
    """An act on a request: where the request stands afterwards and its version."""

    request_id: UUID
    case_number: str
    status: str
    version: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A case whose row is held, one request of it, who acts and when."""

    session: Session
    case: Case
    request: Request
    actor: Actor
    now: datetime

    def happened(self, kind: str, *, detail: str = "", line_id: UUID | None = None, is_shown: bool = True) -> None:
        """Write a line of the timeline; what is not shown is for the staff alone."""
        self.session.add(
            CaseEvent(
                case_id=self.case.id,
                request_id=self.request.id,
                line_id=line_id,
                kind=kind,
                happened_at=self.now,
                actor_id=self.actor.user_id,
                actor_name=self.actor.name,
                detail=detail,
                is_shown=is_shown,
            )
        )

    def move(self, move: Move, *, detail: str = "") -> None:
        """Move the request or the case, with its event. Raises Conflict where the table does not allow it."""
        if move.startswith("case:"):
            self.case.status = CaseStatus(after(move, self.case.status)).value
        else:
            self.request.status = RequestStatus(after(move, self.request.status)).value
        self.happened(event(move), detail=detail)

    def move_part(self, part: Decidable, move: Move, *, detail: str = "") -> None:
        """Move a line or the stay, with its event. Raises Conflict where the table does not allow it."""
        part.certify_status = LineStatus(after(move, part.certify_status or LineStatus.UN_SUBMITTED)).value
        self.happened(event(move), detail=detail, line_id=part.id if isinstance(part, ProcedureLine) else None)

    def parts(self) -> tuple[Decidable, ...]:
        """Everything that is decided in this request: its stay first, then its lines."""
        stay = (self.request,) if self.request.certify_status else ()
        return (*stay, *self.request.lines)

    def tell(self, about: str, occasion: UUID | str) -> None:
        """Owe the submitter an e-mail about this, once for each occasion.

        An occasion that is an id is an act of deciding or a question, and may call for a letter, which is owed too.
        """
        payload = {
            "case_id": str(self.case.id),
            "request_id": str(self.request.id),
            "event": about,
            "occasion": str(occasion),
        }
        for kind in (TOLD, WRITE) if isinstance(occasion, UUID) else (TOLD,):
            key = f"{kind}:{about}:{self.request.id}:{occasion}"
            outbox.enqueue(self.session, kind=kind, payload=payload, key=key, now=self.now)

    def finish(self, action: str, *, detail: Mapping[str, str] | None = None) -> Handled:
        """Raise the versions, write the trail."""
        request, case = self.request, self.case
        request.review_version += 1
        case.version += 1
        audit.record(
            self.session,
            actor=self.actor,
            action=action,
            object_type="request",
            object_id=request.id,
            detail=detail,
            now=self.now,
        )
        self.session.flush()
        return Handled(request.id, case.number or "", request.status, request.review_version)


def sit_down(
    session: Session,
    request_id: UUID,
    *,
    permission: Permission,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Desk:
    """Hold the case of a submitted request for an act of the payer's staff or of the system.

    Raises NotFound, Forbidden, and Conflict when the request changed since ``version`` was shown.
    """
    if actor.kind is ActorKind.PROVIDER or not may(actor, permission):
        raise Forbidden(NOT_YOURS)
    desk = held(session, request_id, actor=actor, now=now)
    if version is not None and version != desk.request.review_version:
        raise Conflict(MEANWHILE, {"version": str(desk.request.review_version), "status": desk.request.status})
    return desk


def held(session: Session, request_id: UUID, *, actor: Actor, now: datetime) -> Desk:
    """Hold the case of a submitted request; asks nobody's permission. Raises NotFound."""
    case_id = session.scalar(select(Request.case_id).where(Request.id == request_id))
    statement = (
        select(Case)
        .where(Case.id == case_id)
        .options(joinedload(Case.requests).options(selectinload(Request.lines)))
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )
    case = session.scalars(statement).unique().one_or_none() if case_id else None
    request = next((one for one in case.requests if one.id == request_id), None) if case else None
    if case is None or request is None or request.status == RequestStatus.UN_SUBMITTED or not case.number:
        raise NotFound
    return Desk(session, case, request, actor, now)


def others(desk: Desk) -> Iterator[Request]:
    """The other requests of the case."""
    return (one for one in desk.case.requests if one.id != desk.request.id)
