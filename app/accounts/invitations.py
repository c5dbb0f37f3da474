"""Inviting a person to a provider group: an account that waits, a role, a link by e-mail. No password is chosen here.

Must not know requests or pages. Who may invite is asked by the caller's page and once more here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.links import Sending, close_links, send_link
from app.accounts.models import Membership, UserAccount
from app.domain.access import Actor, Permission, may
from app.domain.errors import NotFound
from app.storage.audit import record
from tenancy.contract import Contract
from tenancy.vocabulary import AccountField, Role

CONTACT = (
    AccountField.FIRST_NAME,
    AccountField.LAST_NAME,
    AccountField.ADDRESS_1,
    AccountField.ADDRESS_2,
    AccountField.CITY,
    AccountField.STATE,
    AccountField.POSTAL_CODE,
    AccountField.PHONE,
    AccountField.PHONE_EXTENSION,
    AccountField.FAX,
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person who was invited; ``was_sent`` is False when too many links went to that address already."""

    user_id: UUID
    username: str
    was_sent: bool


def invite(
    session: Session,
    contract: Contract,
    typed: Mapping[AccountField, str],
    *,
    group_id: UUID,
    role: Role,
    sending: Sending,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Add a person to a group the actor manages and e-mail the link that finishes the enrolment (MFA-12, USR-14).

    ``typed`` is what the contract's ``users.new_user_fields`` ask, checked already. The user name is kept as typed
    and taken at the end of the enrolment, so that the answer never tells whether somebody has it (S4).
    Raises NotFound for a group the actor does not manage.
    """
    if not may(actor, Permission.GROUP_MANAGE, group_id=group_id):
        raise NotFound
    user = new_account(session, typed, now=now)
    session.add(Membership(user_id=user.id, group_id=group_id, role=role.value, created_at=now))
    session.flush()
    sent = send_link(session, contract, user, sending=sending, now=now)
    detail = {"group": str(group_id), "role": role.value}
    record(session, actor=actor, action="user:invite", object_type="user", object_id=user.id, detail=detail, now=now)
    return Invitation(user.id, user.username, sent)


def resend(
    session: Session, contract: Contract, user_id: UUID, *, sending: Sending, actor: Actor, now: datetime
) -> bool:
    """A fresh link for somebody of one's groups who has not finished; False when too many were sent.

    Raises NotFound for a person of no group the actor manages, or one who has finished.
    """
    user = _managed(session, user_id, actor)
    if user.enrolled_at is not None:
        raise NotFound
    sent = send_link(session, contract, user, sending=sending, now=now)
    record(session, actor=actor, action="user:invite_again", object_type="user", object_id=user.id, now=now)
    return sent


def withdraw(session: Session, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """No link of this person works any more. Raises NotFound for a person of no group the actor manages."""
    user = _managed(session, user_id, actor)
    close_links(session, user.id, now=now)
    record(session, actor=actor, action="user:withdraw_invitation", object_type="user", object_id=user.id, now=now)


def new_account(session: Session, typed: Mapping[AccountField, str], *, now: datetime) -> UserAccount:
    """An account nobody can sign in to yet: e-mail unproven, no password, its user name not taken until it is done."""
    user_id = uuid.uuid4()
    user = UserAccount(
        id=user_id,
        username=typed[AccountField.USERNAME].strip(),
        username_key=unclaimed(user_id),
        email=typed[AccountField.EMAIL].strip(),
        created_at=now,
        **{field.value: typed.get(field, "").strip() for field in CONTACT},
    )
    session.add(user)
    session.flush()
    return user


def unclaimed(user_id: UUID) -> str:
    """Stands for a user name until it is taken; no folded user name looks like it."""
    return f"\x01{user_id}"


def _managed(session: Session, user_id: UUID, actor: Actor) -> UserAccount:
    groups = [group_id for group_id in actor.group_ids if may(actor, Permission.GROUP_MANAGE, group_id=group_id)]
    is_member = Membership.group_id.in_(groups) & Membership.ended_at.is_(None)
    found = session.scalar(
        select(UserAccount)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(UserAccount.id == user_id, is_member)
    )
    if found is None:
        raise NotFound
    return found
