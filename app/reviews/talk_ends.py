"""A talk that is given up: the physician's time is free again, and what nobody needs any more is called off.

Knows no page.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.lifecycle import LineStatus
from app.reviews.after_models import ACTIVE_TALKS, PeerToPeer, ReservedQuarter
from app.reviews.desk import Desk

CANCELLED = "cancelled"
NEEDLESS = "Everything it was about was approved."


def free(session: Session, talk: PeerToPeer) -> None:
    """Give the booked time back."""
    session.execute(delete(ReservedQuarter).where(ReservedQuarter.peer_to_peer_id == talk.id))
    talk.physician_id = talk.physician_name = talk.starts_at = talk.ends_at = talk.booked_at = None


def call_off_needless(desk: Desk) -> None:
    """Call off a talk that is still ahead once everything in its request is approved as asked."""
    if any(part.certify_status != LineStatus.APPROVED for part in desk.parts()):
        return
    active = select(PeerToPeer).where(PeerToPeer.request_id == desk.request.id, PeerToPeer.state.in_(ACTIVE_TALKS))
    talk = desk.session.scalars(active).one_or_none()
    if talk is None or (talk.starts_at is not None and talk.starts_at <= desk.now):
        return
    free(desk.session, talk)
    talk.state, talk.ended_because = CANCELLED, NEEDLESS
    talk.ended_by_name, talk.ended_at = desk.actor.name, desk.now
    talk.version += 1
    desk.happened("peer_to_peer_cancelled", detail=NEEDLESS)
