"""What a reviewer keeps for herself: pins, what was read, saved filters. Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.cases.models import Request
from app.domain.access import Actor, Permission, may
from app.domain.errors import FieldFault, Forbidden, Invalid, NotFound
from app.reviews.models import ReviewPin, ReviewSeen, SavedView

LONGEST_NAME = 60


def pin(session: Session, request_id: UUID, is_wanted: bool, *, actor: Actor, now: datetime) -> None:
    """Keep a request at hand, or no longer. Raises NotFound."""
    _request(session, request_id, actor)
    if is_wanted:
        wanted = {"user_id": actor.user_id, "request_id": request_id, "pinned_at": now}
        session.execute(insert(ReviewPin).values(wanted).on_conflict_do_nothing())
    else:
        own = (ReviewPin.user_id == actor.user_id, ReviewPin.request_id == request_id)
        session.execute(delete(ReviewPin).where(*own))


def mark_read(session: Session, request_id: UUID, *, actor: Actor, now: datetime) -> None:
    """What happened to the request up to now is read. Raises NotFound."""
    request = _request(session, request_id, actor)
    seen = {"seen_version": request.review_version, "seen_at": now}
    adding = insert(ReviewSeen).values(user_id=actor.user_id, request_id=request_id, **seen)
    session.execute(adding.on_conflict_do_update(index_elements=["user_id", "request_id"], set_=seen))


def save_view(session: Session, name: str, query: str, *, actor: Actor, now: datetime) -> None:
    """Keep the worklist's filters under a name; the same name again replaces them. Raises Invalid."""
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME:
        raise Invalid((FieldFault("name", f"Give it a name of at most {LONGEST_NAME} characters."),))
    if actor.user_id is None or not may(actor, Permission.WORKLIST_READ):
        raise Forbidden
    kept = {"query": query[:500], "saved_at": now}
    adding = insert(SavedView).values(user_id=actor.user_id, name=clean, **kept)
    session.execute(adding.on_conflict_do_update(index_elements=["user_id", "name"], set_=kept))


def drop_view(session: Session, view_id: UUID, *, actor: Actor) -> None:
    """Forget saved filters of one's own. Raises NotFound."""
    found = session.get(SavedView, view_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound
    session.delete(found)


def _request(session: Session, request_id: UUID, actor: Actor) -> Request:
    found = session.get(Request, request_id)
    if found is None or found.status == "un_submitted" or actor.user_id is None:
        raise NotFound
    return found
