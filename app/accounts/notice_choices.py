"""Which e-mails a person wants of those that only say that something happened. Knows no page and no wording.

E-mails about signing in and about one's own account are always sent.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import Membership, UserAccount
from app.accounts.profile_models import NoticeChoice
from app.domain.access import Actor
from app.domain.errors import Forbidden
from app.storage import audit
from tenancy.contract import Contract
from tenancy.vocabulary import Event, Told


def is_wanted(session: Session, user_id: UUID, event: Event) -> bool:
    """Whether the person wants e-mails of this event; yes until told otherwise."""
    mine = (NoticeChoice.user_id == user_id, NoticeChoice.event == event.value)
    return session.scalar(select(NoticeChoice.is_wanted).where(*mine)) is not False


def list_told(
    session: Session, contract: Contract, event: Event, *, submitter_id: UUID, group_id: UUID
) -> tuple[UserAccount, ...]:
    """Who of a case's people is told of the event, as the contract says, each once and only who wants it.

    Administrators are those who may manage users of the case's group. Nobody where the contract words nothing.
    """
    wording = contract.notices.events.get(event)
    to = wording.to if wording else ()
    managing = [role.value for role, rule in contract.users.roles.items() if rule.manages_users]
    open_in_group = select(Membership.user_id).where(
        Membership.group_id == group_id, Membership.ended_at.is_(None), Membership.role.in_(managing)
    )
    meant = or_(
        UserAccount.id == submitter_id if Told.SUBMITTER in to else false(),
        UserAccount.id.in_(open_in_group) & UserAccount.enrolled_at.is_not(None)
        if Told.ADMINISTRATORS in to
        else false(),
    )
    people = session.scalars(select(UserAccount).where(meant).order_by(UserAccount.username_key))
    return tuple(one for one in people if one.is_active and is_wanted(session, one.id, event))


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
