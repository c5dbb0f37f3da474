"""Who belongs to a provider group, and as what: adding, changing roles, removing, deactivating, bringing back.

Each act locks the groups it touches, so that two administrators cannot take the last administrator away
together. Must not know pages; invitations are sent by their own module.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Membership, ProviderGroup, UserAccount, UserSession
from app.accounts.reach import (
    DEACTIVATED,
    REMOVED,
    get_managed_user,
    managed_groups,
    managing_roles,
    must_manage,
    open_memberships,
)
from app.domain.access import Actor
from app.domain.errors import Conflict, FieldFault, Invalid, NotFound
from app.storage import audit
from tenancy.contract import Contract
from tenancy.vocabulary import Role


@dataclass(frozen=True, slots=True)
class _Place:
    user_id: UUID
    group_id: UUID
    role: Role


class LastAdministrator(Conflict):
    """The group would be left without anybody who can manage it."""

    def __init__(self, group_name: str) -> None:
        super().__init__(
            f"This is the last administrator of {group_name}. Give an administrator role to somebody else of the "
            "group who has finished signing up, then try again."
        )


class YourselfRefused(Conflict):
    """Nobody removes or deactivates the account they are working with."""

    def __init__(self) -> None:
        super().__init__("You cannot remove or deactivate yourself. Ask another administrator of the group to do it.")


def add_to_group(
    session: Session, contract: Contract, group_id: UUID, user_id: UUID, role: Role, *, actor: Actor, now: datetime
) -> None:
    """Give a person of one of the actor's groups a role in another of them (USR-04, USR-10).

    Raises NotFound for a group or person of others, Forbidden, Conflict when the person is there already.
    """
    must_manage(contract, actor, group_id)
    user = get_managed_user(session, contract, user_id, actor=actor, lock=True)
    if not user.is_active:
        raise Conflict(f"{user.full_name} is deactivated. Reactivate the user first.")
    if _find_open(session, group_id, user_id) is not None:
        raise Conflict(f"{user.full_name} belongs to this group already.")
    _join(session, group_id, user_id, role, now)
    _tell(session, "user:add_to_group", _Place(user_id, group_id, role), actor, now)


def change_role(
    session: Session, contract: Contract, group_id: UUID, user_id: UUID, role: Role, *, actor: Actor, now: datetime
) -> None:
    """Give a person of the group another role there, in force at that person's next request (USR-08, S6).

    Raises NotFound, Forbidden, LastAdministrator.
    """
    must_manage(contract, actor, group_id)
    _lock_groups(session, [group_id])
    row = _get_open(session, group_id, user_id)
    if row.role == role.value:
        return
    if role.value not in managing_roles(contract):
        _keep_an_administrator(session, contract, group_id, without=user_id)
    row.role = role.value
    _tell(session, "user:change_role", _Place(user_id, group_id, role), actor, now)


def remove_from_group(
    session: Session, contract: Contract, group_id: UUID, user_id: UUID, *, actor: Actor, now: datetime
) -> bool:
    """End a person's role in the group; whether that was the last one, so that the account was deactivated too.

    The person's sessions lose the group at their next request (S6). Raises NotFound, Forbidden, LastAdministrator,
    YourselfRefused.
    """
    must_manage(contract, actor, group_id)
    _lock_groups(session, [group_id])
    row = _get_open(session, group_id, user_id)
    _not_oneself(actor, user_id)
    _keep_an_administrator(session, contract, group_id, without=user_id)
    is_last = len(open_memberships(session, user_id)) == 1
    _end(row, DEACTIVATED if is_last else REMOVED, now)
    _tell(session, "user:remove_from_group", _Place(user_id, group_id, Role(row.role)), actor, now)
    if is_last:
        _shut(session, user_id, actor, now)
    return is_last


def deactivate_user(session: Session, contract: Contract, user_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """End a person's roles in every group the actor manages (USR-11, USR-12); whether the account is shut.

    Where another organization keeps the person, the account stays open for that one only. Sessions end at once.
    Raises NotFound, LastAdministrator, YourselfRefused, Conflict when that was done already.
    """
    user = get_managed_user(session, contract, user_id, actor=actor, lock=True)
    _not_oneself(actor, user_id)
    mine = set(managed_groups(contract, actor))
    everywhere = open_memberships(session, user_id)
    here = [row for row in everywhere if row.group_id in mine]
    if not here:
        raise Conflict(f"{user.full_name} is deactivated already.")
    _lock_groups(session, [row.group_id for row in here])
    for row in here:
        _keep_an_administrator(session, contract, row.group_id, without=user_id)
        _end(row, DEACTIVATED, now)
        _tell(session, "user:deactivate", _Place(user_id, row.group_id, Role(row.role)), actor, now)
    is_shut = len(here) == len(everywhere)
    if is_shut:
        _shut(session, user_id, actor, now)
    return is_shut


def reactivate_user(session: Session, contract: Contract, user_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Bring a deactivated person back with the roles held last in the actor's groups; how many.

    Raises NotFound, Conflict when the person is active.
    """
    user = get_managed_user(session, contract, user_id, actor=actor, lock=True)
    mine = managed_groups(contract, actor)
    ended = session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.group_id.in_(mine), Membership.end_reason == DEACTIVATED)
        .order_by(Membership.ended_at.desc())
    ).all()
    latest = {row.group_id: row for row in reversed(ended) if row.ended_at == ended[0].ended_at}
    kept = {row.group_id for row in open_memberships(session, user_id)}
    back = [row for group_id, row in latest.items() if group_id not in kept]
    if user.is_active and not back:
        raise Conflict(f"{user.full_name} is active already.")
    user.is_active = True
    for row in back:
        _join(session, row.group_id, user_id, Role(row.role), now)
        _tell(session, "user:reactivate", _Place(user_id, row.group_id, Role(row.role)), actor, now)
    return len(back)


def chosen_role(contract: Contract, word: str) -> Role:
    """The role of this word, as a list on a page sends it. Raises Invalid for any other."""
    try:
        role = Role(word)
    except ValueError:
        role = None
    if role is None or role not in contract.users.roles:
        raise Invalid((FieldFault("role", "Choose a role from the list."),))
    return role


def end_sessions(session: Session, user_id: UUID, reason: str, now: datetime, *, but: UUID | None = None) -> None:
    """End every session of a person but the one named: their tokens are worth nothing afterwards (S6)."""
    statement = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if but is not None:
        statement = statement.where(UserSession.id != but)
    session.execute(statement.values(ended_at=now, end_reason=reason))


def _lock_groups(session: Session, group_ids: Sequence[UUID]) -> None:
    """Hold the groups' rows until the transaction ends: whoever changes their people goes one after another."""
    groups = select(ProviderGroup.id).where(ProviderGroup.id.in_(group_ids)).order_by(ProviderGroup.id)
    session.execute(groups.with_for_update())
    session.expire_all()


def _keep_an_administrator(session: Session, contract: Contract, group_id: UUID, *, without: UUID) -> None:
    """Raise LastAdministrator when this person is the only one left who can sign in and manage the group."""
    able = set(
        session.scalars(
            select(Membership.user_id)
            .join(UserAccount, UserAccount.id == Membership.user_id)
            .where(
                Membership.group_id == group_id,
                Membership.ended_at.is_(None),
                Membership.role.in_(managing_roles(contract)),
                UserAccount.is_active,
                UserAccount.enrolled_at.is_not(None),
            )
        )
    )
    if able == {without}:
        name = session.scalar(select(ProviderGroup.name).where(ProviderGroup.id == group_id))
        raise LastAdministrator(name or "")


def _not_oneself(actor: Actor, user_id: UUID) -> None:
    if actor.user_id == user_id:
        raise YourselfRefused


def _find_open(session: Session, group_id: UUID, user_id: UUID) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.group_id == group_id, Membership.user_id == user_id, Membership.ended_at.is_(None)
        )
    )


def _get_open(session: Session, group_id: UUID, user_id: UUID) -> Membership:
    row = _find_open(session, group_id, user_id)
    if row is None:
        raise NotFound
    return row


def _join(session: Session, group_id: UUID, user_id: UUID, role: Role, now: datetime) -> None:
    session.add(Membership(id=uuid.uuid4(), user_id=user_id, group_id=group_id, role=role.value, created_at=now))
    session.flush()


def _end(row: Membership, reason: str, now: datetime) -> None:
    row.ended_at, row.end_reason = now, reason


def _shut(session: Session, user_id: UUID, actor: Actor, now: datetime) -> None:
    session.execute(update(UserAccount).where(UserAccount.id == user_id).values(is_active=False))
    end_sessions(session, user_id, "deactivated", now)
    audit.record(session, actor=actor, action="user:shut", object_type="user", object_id=user_id, now=now)


def _tell(session: Session, action: str, place: _Place, actor: Actor, now: datetime) -> None:
    about, detail = place.user_id, {"group": str(place.group_id), "role": place.role.value}
    audit.record(session, actor=actor, action=action, object_type="user", object_id=about, detail=detail, now=now)
