"""What was decided and asked for on requests, read in one question. Knows no rule, no page.

The rows belong to no Session: they are read, never changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from app.cases.clock_models import InformationRequest, RequestDeadline
from app.cases.gathering import all_revived, many_rows
from app.cases.models import Case
from app.domain.lifecycle import RequestStatus
from app.notices.models import Letter
from app.reviews.after_models import PeerToPeer, Reopening, Revision
from app.reviews.models import Determination
from tenancy.vocabulary import Decision

Row = TypeVar("Row", Determination, RequestDeadline, InformationRequest, PeerToPeer, Reopening, Revision)


def _of_requests(columns: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = columns.request_id.in_(bindparam("requests", expanding=True))
    return condition


_ALL = select(
    many_rows(Determination, "decided_at", _of_requests, lambda its: its.decision != Decision.PEND.value).label("made"),
    many_rows(RequestDeadline, "due_at", _of_requests).label("deadlines"),
    many_rows(InformationRequest, "asked_at", _of_requests).label("information"),
    many_rows(PeerToPeer, "asked_at", _of_requests).label("talks"),
    many_rows(Reopening, "asked_at", _of_requests).label("reopenings"),
    many_rows(Revision, "asked_at", _of_requests).label("revisions"),
)


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """Of one request: its determinations, the oldest first; its clocks, the earliest first and those that stand still
    last; and what was asked for, the latest first.

    ``letter_at`` is when the letter about its last decision was sent.
    """

    determinations: tuple[Determination, ...] = ()
    deadlines: tuple[RequestDeadline, ...] = ()
    information: tuple[InformationRequest, ...] = ()
    talks: tuple[PeerToPeer, ...] = ()
    reopenings: tuple[Reopening, ...] = ()
    revisions: tuple[Revision, ...] = ()
    letter_at: datetime | None = None


def history_of(session: Session, request_ids: Collection[UUID]) -> Mapping[UUID, History]:
    """The history of each request."""
    session.flush()
    held = session.execute(_ALL, {"requests": list(request_ids)}).one()
    made = all_revived(Determination, held.made)
    deadlines = all_revived(RequestDeadline, held.deadlines)
    information = all_revived(InformationRequest, held.information)[::-1]
    talks = all_revived(PeerToPeer, held.talks)[::-1]
    reopenings = all_revived(Reopening, held.reopenings)[::-1]
    revisions = all_revived(Revision, held.revisions)[::-1]
    letters = _letters(session, made)
    found = {}
    for request_id in request_ids:
        decided = _of(made, request_id)
        found[request_id] = History(
            decided,
            _of(deadlines, request_id),
            _of(information, request_id),
            _of(talks, request_id),
            _of(reopenings, request_id),
            _of(revisions, request_id),
            letters.get(decided[-1].act_id) if decided else None,
        )
    return found


def history_of_case(session: Session, case: Case) -> Mapping[UUID, History]:
    """The history of every submitted request of a case, in order."""
    return history_of(session, [one.id for one in case.requests if one.status != RequestStatus.UN_SUBMITTED])


def _of(rows: Collection[Row], request_id: UUID) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.request_id == request_id)


def _letters(session: Session, made: Collection[Determination]) -> Mapping[UUID, datetime]:
    """When the letters about acts of deciding were sent, by act."""
    keys = {f"decision:{row.act_id}": row.act_id for row in made}
    if not keys:
        return {}
    sent = select(Letter.key, Letter.written_at).where(Letter.key.in_(keys), Letter.state == "issued")
    return {keys[key]: written_at for key, written_at in session.execute(sent)}
