"""What waits for the staff besides reviews: talks that are ahead and changes asked for. Knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, ProcedureLine, Request
from app.domain.access import Actor
from app.reviews.added_codes import get_revision
from app.reviews.after_models import ACTIVE_TALKS, PeerToPeer, Revision
from app.reviews.after_reading import TalkView, talk_view
from app.reviews.determinations import field_name
from app.reviews.revising import certified_parts, line_of
from app.storage import audit
from tenancy.contract import Contract

AT_ONCE = 200


@dataclass(frozen=True, slots=True, repr=False)
class CertifiedLine:
    """What is certified of a line or of the stay at this moment; ``field`` is its name in the form."""

    line_id: UUID | None
    field: str
    words: str
    units: int
    used: int
    start_on: date | None
    end_on: date | None


@dataclass(frozen=True, slots=True, repr=False)
class About:
    """The request something is about."""

    number: str
    label: str
    member: str
    authorization_number: str
    is_billed: bool
    certified: Sequence[CertifiedLine] = ()
    requests: Sequence[Request] = ()
    """Every request of the case."""

    def added(self, revision: Revision) -> tuple[Request, ...]:
        """The requests with the codes that a change added."""
        return tuple(one for one in self.requests if one.revision_id == revision.id)


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """Talks, the next one first, and changes, the oldest first; at most ``AT_ONCE`` of each."""

    talks: Sequence[tuple[TalkView, About]]
    revisions: Sequence[tuple[Revision, About]]


def list_waiting(session: Session, contract: Contract, *, actor: Actor, now: datetime) -> Waiting:
    """Everything that waits in this tenant; the reading of members' names is audited as one list."""
    order = (PeerToPeer.starts_at.asc().nullsfirst(), PeerToPeer.asked_at)
    ahead = select(PeerToPeer).where(PeerToPeer.state.in_(ACTIVE_TALKS)).order_by(*order).limit(AT_ONCE)
    asked = select(Revision).where(Revision.state == "open").order_by(Revision.asked_at).limit(AT_ONCE)
    talks, revisions = session.scalars(ahead).all(), session.scalars(asked).all()
    about = _about(session, contract, [*(one.request_id for one in talks), *(one.request_id for one in revisions)])
    rows = {"rows": str(len(talks) + len(revisions))}
    audit.record(session, actor=actor, action="case:list", object_type="case", object_id=None, detail=rows, now=now)
    return Waiting(
        [(talk_view(one, now=now), about[one.request_id]) for one in talks],
        [(one, about[one.request_id]) for one in revisions],
    )


def certified_lines(contract: Contract, request: Request) -> tuple[CertifiedLine, ...]:
    """What a revision of a request may change."""
    stay = (request,) if request.certify_status else ()
    return tuple(
        CertifiedLine(
            line_id=line_of(part),
            field=field_name(line_of(part)),
            words=f"{part.code} {part.description}"
            if isinstance(part, ProcedureLine)
            else contract.intake.length_of_stay.title,
            units=part.units_approved,
            used=part.units_used,
            start_on=part.certified_start_on,
            end_on=part.certified_end_on,
        )
        for part in certified_parts((*stay, *request.lines))
    )


def lines_of(session: Session, contract: Contract, revision_id: UUID) -> tuple[CertifiedLine, ...]:
    """What a change that waits may change. Raises NotFound."""
    revision = get_revision(session, revision_id)
    return certified_lines(contract, session.get_one(Request, revision.request_id))


def open_change(session: Session, revision_id: UUID, *, actor: Actor, now: datetime) -> tuple[Revision, Request, Case]:
    """A change that was asked for, its request and case; the reading is audited. Raises NotFound."""
    revision = get_revision(session, revision_id)
    request = session.get_one(Request, revision.request_id)
    audit.record(session, actor=actor, action="review:read", object_type="case", object_id=request.case_id, now=now)
    return revision, request, request.case


def _about(session: Session, contract: Contract, request_ids: Sequence[object]) -> dict[object, About]:
    found = (
        select(Request)
        .where(Request.id.in_(request_ids))
        .options(
            joinedload(Request.case).options(
                joinedload(Case.member), selectinload(Case.requests).selectinload(Request.lines)
            ),
            joinedload(Request.lines),
        )
    )
    return {
        row.id: About(
            number=row.case.number or "",
            label=row.label,
            member=row.case.member.full_name,
            authorization_number=row.case.authorization_number or "",
            is_billed=bool(row.units_used or any(line.units_used for line in row.lines)),
            certified=certified_lines(contract, row),
            requests=row.case.requests,
        )
        for row in session.scalars(found).unique()
    }
