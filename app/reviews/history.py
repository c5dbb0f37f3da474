"""What was decided and asked for on requests, read in as few questions as there are tables. Knows no rule, no page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notices.models import Letter
from app.reviews.after_models import PeerToPeer, Reopening, Revision
from app.reviews.models import Determination
from tenancy.vocabulary import Decision

Row = TypeVar("Row", PeerToPeer, Reopening, Revision)


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """Of one request: its determinations, the oldest first, and what was asked for, the latest first.

    ``letter_at`` is when the letter about its last decision was sent.
    """

    determinations: tuple[Determination, ...] = ()
    talks: tuple[PeerToPeer, ...] = ()
    reopenings: tuple[Reopening, ...] = ()
    revisions: tuple[Revision, ...] = ()
    letter_at: datetime | None = None


def history_of(session: Session, request_ids: Collection[UUID]) -> Mapping[UUID, History]:
    """The history of each request."""
    of_decisions = (Determination.request_id.in_(request_ids), Determination.decision != Decision.PEND.value)
    made = session.scalars(select(Determination).where(*of_decisions).order_by(Determination.decided_at)).all()
    talks = _all(session, PeerToPeer, request_ids)
    reopenings = _all(session, Reopening, request_ids)
    revisions = _all(session, Revision, request_ids)
    letters = _letters(session, made)
    found = {}
    for request_id in request_ids:
        decided = tuple(row for row in made if row.request_id == request_id)
        found[request_id] = History(
            decided,
            _of(talks, request_id),
            _of(reopenings, request_id),
            _of(revisions, request_id),
            letters.get(decided[-1].act_id) if decided else None,
        )
    return found


def _all(session: Session, model: type[Row], request_ids: Collection[UUID]) -> Collection[Row]:
    rows = select(model).where(model.request_id.in_(request_ids))
    return session.scalars(rows.order_by(model.asked_at.desc())).all()


def _of(rows: Collection[Row], request_id: UUID) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.request_id == request_id)


def _letters(session: Session, made: Collection[Determination]) -> Mapping[UUID, datetime]:
    """When the letters about acts of deciding were sent, by act."""
    keys = {f"decision:{row.act_id}": row.act_id for row in made}
    if not keys:
        return {}
    sent = select(Letter.key, Letter.written_at).where(Letter.key.in_(keys), Letter.state == "issued")
    return {keys[key]: written_at for key, written_at in session.execute(sent)}
