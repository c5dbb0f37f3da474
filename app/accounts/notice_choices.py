"""Which e-mails a person wants of those that only say that something happened. Knows no page and no wording.

E-mails about signing in and about one's own account are always sent.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.profile_models import NoticeChoice
from app.domain.access import Actor
from app.domain.errors import Forbidden
from app.storage import audit
from tenancy.contract import Contract
from tenancy.vocabulary import Event


def is_wanted(session: Session, user_id: UUID, event: Event) -> bool:
    """Whether the person wants e-mails of this event; yes until told otherwise."""
    mine = (NoticeChoice.user_id == user_id, NoticeChoice.event == event.value)
    return session.scalar(select(NoticeChoice.is_wanted).where(*mine)) is not False


def wanted_events(session: Session, contract: Contract, *, actor: Actor) -> dict[Event, bool]:
    """For each event the contract words an e-mail for, whether the person wants it."""
    refused = set(
        session.scalars(
            select(NoticeChoice.event).where(NoticeChoice.user_id == actor.user_id, NoticeChoice.is_wanted.is_(False))
        )
    )
    return {event: event.value not in refused for event in contract.notices.events}


def choose_notices(
    session: Session, contract: Contract, wanted: Collection[str], *, actor: Actor, now: datetime
) -> None:
    """Keep which events' e-mails the person wants: those named, of those the contract has."""
    if actor.user_id is None:
        raise Forbidden
    for event in contract.notices.events:
        values = {"is_wanted": event.value in wanted, "chosen_at": now}
        statement = insert(NoticeChoice).values(user_id=actor.user_id, event=event.value, **values)
        session.execute(statement.on_conflict_do_update(index_elements=["user_id", "event"], set_=values))
    audit.record(session, actor=actor, action="notice:choose", object_type="user", object_id=actor.user_id, now=now)
