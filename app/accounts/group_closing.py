"""Removing a provider group from the portal and bringing it back (USR-03). Nothing is deleted: it is shut and opened.

Must not know pages.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.accounts.reach import managing_roles, must_manage
from app.domain.access import Actor
from app.domain.errors import Conflict, NotFound
from app.storage import audit
from tenancy.contract import Contract


class OnlyGroup(Conflict):
    """Nobody could bring the group back: it is the last one that the actor administers."""

    def __init__(self, group_name: str) -> None:
        super().__init__(
            f"{group_name} is the only provider group you administer. Without another one you could not bring it "
            "back, so it cannot be removed. Please call our help desk."
        )


def remove_group(session: Session, contract: Contract, group_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Shut a group: at their next request its people no longer reach its cases (USR-03, S6).

    Roles, cases and deadlines stay as they are. The actor keeps another group to administer and so can bring this one
    back. Raises NotFound for a group of others and for one that is removed already, Forbidden, OnlyGroup.
    """
    must_manage(contract, actor, group_id)
    session.execute(select(UserAccount.id).where(UserAccount.id == actor.user_id).with_for_update())
    mine = _administered(session, contract, actor, is_active=True)
    group = next((one for one in mine if one.id == group_id), None)
    if group is None:
        raise NotFound
    if len(mine) == 1:
        raise OnlyGroup(group.name)
    group.is_active = False
    audit.record(session, actor=actor, action="group:remove", object_type="group", object_id=group_id, now=now)


def restore_group(session: Session, contract: Contract, group_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Open a removed group again, with everybody's roles as they were.

    Raises NotFound for a group that is not removed or that the actor did not administer.
    """
    closed = _administered(session, contract, actor, is_active=False)
    group = next((one for one in closed if one.id == group_id), None)
    if group is None:
        raise NotFound
    group.is_active = True
    audit.record(session, actor=actor, action="group:restore", object_type="group", object_id=group_id, now=now)


def _administered(session: Session, contract: Contract, actor: Actor, *, is_active: bool) -> list[ProviderGroup]:
    """The groups in which the actor's role manages users as the rows say it now; held until the transaction ends."""
    held = select(Membership.group_id).where(
        Membership.user_id == actor.user_id,
        Membership.ended_at.is_(None),
        Membership.role.in_(managing_roles(contract)),
    )
    groups = select(ProviderGroup).where(ProviderGroup.id.in_(held), ProviderGroup.is_active.is_(is_active))
    locked = groups.order_by(ProviderGroup.id).with_for_update()
    return list(session.scalars(locked.execution_options(populate_existing=True)))
