"""Queries of the making of a request: one draft with all its parts, within the actor's groups. Knows no rule."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Document, Note, Request
from app.domain.access import Actor
from app.domain.errors import Conflict, NotFound

UN_SUBMITTED = "un_submitted"

PARTS = (
    joinedload(Case.member),
    joinedload(Case.requests).options(selectinload(Request.lines), selectinload(Request.responses)),
    selectinload(Case.providers),
    selectinload(Case.diagnoses),
    selectinload(Case.documents),
)


class AlreadySubmitted(Conflict):
    """The draft was submitted meanwhile; ``current`` names the Case ID."""

    def __init__(self, number: str) -> None:
        super().__init__("This request has been submitted, so it can no longer be changed here.", {"number": number})
        self.number = number


def get_own_case(session: Session, case_id: UUID, actor: Actor, *, lock: bool = False) -> Case:
    """A case of one of the actor's groups, whatever its status; foreign and missing ones are told alike.

    ``lock`` holds the row until the transaction ends, so that writers of one draft follow each other.
    """
    statement = select(Case).where(Case.id == case_id, Case.group_id.in_(actor.group_ids)).options(*PARTS)
    if lock:
        statement = statement.with_for_update(of=Case)
    case = session.scalars(statement.execution_options(populate_existing=lock)).unique().one_or_none()
    if case is None:
        raise NotFound
    return case


def get_draft(session: Session, case_id: UUID, actor: Actor, *, lock: bool = False) -> Case:
    """A draft the actor's groups are making. Raises NotFound, or AlreadySubmitted once it has been sent."""
    case = get_own_case(session, case_id, actor, lock=lock)
    if case.status == "cancelled":
        raise NotFound("This request was cancelled.")
    if case.status != UN_SUBMITTED:
        raise AlreadySubmitted(case.number or "")
    return case


def get_document(session: Session, document_id: UUID, actor: Actor) -> Document:
    """A document of a case of the actor's groups, deactivated ones too; raises NotFound."""
    statement = (
        select(Document)
        .join(Case, Case.id == Document.case_id)
        .where(Document.id == document_id, Case.group_id.in_(actor.group_ids))
    )
    document = session.scalars(statement).one_or_none()
    if document is None:
        raise NotFound
    return document


def count_notes(session: Session, case_id: UUID) -> int:
    """How many notes a case has."""
    return session.scalar(select(func.count()).select_from(Note).where(Note.case_id == case_id)) or 0


def list_notes(session: Session, case_id: UUID) -> list[Note]:
    """The notes of a case that providers may read, the newest first."""
    statement = (
        select(Note).where(Note.case_id == case_id, Note.visibility == "external").order_by(Note.written_at.desc())
    )
    return list(session.scalars(statement))


def get_case_of_request(session: Session, request_id: UUID, actor: Actor) -> Case:
    """The case a request belongs to, its row locked, once it has been submitted; raises NotFound."""
    case_id = session.scalar(select(Request.case_id).where(Request.id == request_id))
    if case_id is None:
        raise NotFound
    case = get_own_case(session, case_id, actor, lock=True)
    if case.number is None or case.status == "cancelled":
        raise NotFound
    return case


def release_of_number(session: Session, number: str) -> str | None:
    """The release that a case was submitted under; None when there is no such case."""
    return session.scalar(select(Case.release).where(Case.number == number))


def release_of_draft(session: Session, draft_id: str) -> str | None:
    """The release an extension keeps, being a further request on a case; None for a draft that was never sent."""
    return session.scalar(select(Case.release).where(Case.id == UUID(draft_id), Case.number.is_not(None)))
