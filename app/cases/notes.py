"""Notes on a request: written once, never changed or deleted (NOTE-01). Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.drafts import Saved, add_event, begin, finish
from app.cases.models import Case, Note
from app.domain import typed
from app.domain.access import Actor, Permission, may
from app.domain.errors import FieldFault, Forbidden, Invalid
from app.storage import audit
from tenancy.contract import Contract

EMPTY = "Write the note before you save it."
BODY = "body"


def add_note_to_draft(
    session: Session, contract: Contract, draft_id: UUID, body: str, *, actor: Actor, now: datetime
) -> Saved:
    """Write a note on a draft. Raises NotFound, AlreadySubmitted, and Invalid for an empty or overlong note."""
    case = begin(session, draft_id, actor, permission=Permission.NOTE_ADD)
    _write(session, contract, case, body, request_id=case.requests[-1].id, actor=actor, now=now)
    case.requests[-1].unsaved_note = None
    return finish(session, contract, case, "note:add", actor=actor, now=now)


def keep_unsaved_note(
    session: Session, contract: Contract, draft_id: UUID, body: str, *, actor: Actor, now: datetime
) -> Saved:
    """Keep what is being written, so that nothing typed is lost; it is no note until it is saved (R8)."""
    case = begin(session, draft_id, actor, permission=Permission.NOTE_ADD)
    request = case.requests[-1]
    kept = body[: contract.notes.max_length] or None
    if request.unsaved_note == kept:
        return Saved(case.id, case.version, now)
    request.unsaved_note = kept
    return finish(session, contract, case, "note:keep_unsaved", actor=actor, now=now)


def add_note_to_case(
    session: Session,
    contract: Contract,
    request_id: UUID,
    body: str,
    *,
    kind: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Write a note on a request of a submitted case, whatever its status (NOTE-03, CASE-16). Raises NotFound.

    ``kind`` is one of ``notes.kinds`` that providers write, the contract's default where it is left out.
    """
    case = queries.get_case_of_request(session, request_id, actor)
    if not may(actor, Permission.NOTE_ADD, group_id=case.group_id):
        raise Forbidden
    _write(session, contract, case, body, request_id=request_id, kind=kind, actor=actor, now=now)
    add_event(session, case, "note_added", actor=actor, now=now)
    audit.record(session, actor=actor, action="note:add", object_type="case", object_id=case.id, now=now)


def _write(
    session: Session,
    contract: Contract,
    case: Case,
    body: str,
    *,
    request_id: UUID,
    kind: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    if actor.user_id is None:
        raise Forbidden
    try:
        clean = typed.text(body, contract.notes.max_length)
    except typed.Unreadable as reason:
        raise Invalid((FieldFault(BODY, f"Write the note {reason.how}."),)) from None
    if not clean:
        raise Invalid((FieldFault(BODY, EMPTY),))
    kind = kind or contract.notes.default_kind
    note = Note(
        id=uuid4(),
        case_id=case.id,
        request_id=request_id,
        kind=kind,
        visibility=contract.notes.kinds[kind].visibility.value,
        body=clean,
        author_id=actor.user_id,
        author_name=actor.name,
        written_at=now,
    )
    session.add(note)
