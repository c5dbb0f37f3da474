"""Which provider groups somebody administers, and who belongs to them. Knows rows and roles, no page."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.domain.access import Actor, Permission, may
from app.domain.errors import Forbidden, NotFound
from tenancy.contract import Contract

REMOVED, DEACTIVATED = "removed", "deactivated"


def managed_groups(contract: Contract, actor: Actor) -> tuple[UUID, ...]:
    """The groups in which the actor's role manages users, by the portal's table and the contract's (USR-09)."""
    return tuple(
        group_id
        for group_id, role in actor.roles
        if contract.users.roles[role].manages_users and may(actor, Permission.GROUP_MANAGE, group_id=group_id)
    )


def must_manage(contract: Contract, actor: Actor, group_id: UUID) -> None:
    """Raise NotFound for a group of others, Forbidden for one's own group without the role."""
    if group_id not in actor.group_ids:
        raise NotFound
    if group_id not in managed_groups(contract, actor):
        raise Forbidden


def managing_roles(contract: Contract) -> tuple[str, ...]:
    """The roles that manage users under this contract."""
    return tuple(role.value for role, rule in contract.users.roles.items() if rule.manages_users)


def within(groups: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a person belongs to one of these groups, or did until deactivated there."""
    return exists().where(
        Membership.user_id == UserAccount.id,
        Membership.group_id.in_(groups),
        Membership.ended_at.is_(None) | (Membership.end_reason == DEACTIVATED),
    )


def get_managed_user(
    session: Session, contract: Contract, user_id: UUID, *, actor: Actor, lock: bool = False
) -> UserAccount:
    """A person of the groups the actor manages, deactivated ones too; raises NotFound alike for foreign and missing."""
    groups = managed_groups(contract, actor)
    statement = select(UserAccount).where(UserAccount.id == user_id, within(groups))
    if lock:
        statement = statement.with_for_update()
    user = session.scalar(statement.execution_options(populate_existing=lock))
    if user is None:
        raise NotFound
    return user


def open_memberships(session: Session, user_id: UUID) -> tuple[Membership, ...]:
    """A person's roles in groups that stand, whoever manages them."""
    return tuple(
        session.scalars(
            select(Membership)
            .join(ProviderGroup, ProviderGroup.id == Membership.group_id)
            .where(Membership.user_id == user_id, Membership.ended_at.is_(None), ProviderGroup.is_active)
            .order_by(ProviderGroup.name)
        )
    )


def is_wholly_managed(session: Session, contract: Contract, user_id: UUID, *, actor: Actor) -> bool:
    """Whether the actor manages every group the person belongs to; only then are the details the actor's to change."""
    mine = set(managed_groups(contract, actor))
    return all(row.group_id in mine for row in open_memberships(session, user_id))
