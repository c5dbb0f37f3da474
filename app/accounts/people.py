"""The people of a provider group: adding somebody new and correcting what is known of somebody.

Must not know pages. What a person's sign-in needs (invitation, factors, password) belongs to other modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.enrolment_models import Passkey, PhoneFactor, RecoveryCode
from app.accounts.invitations import Invitation, invite
from app.accounts.links import Sending, send_link
from app.accounts.memberships import end_sessions
from app.accounts.models import TotpSecret, UserAccount
from app.accounts.reach import get_managed_user, is_wholly_managed, must_manage
from app.domain.access import Actor
from app.domain.account_form import CONFIRM, SECRET, read_account_fields
from app.domain.errors import Conflict
from app.storage import audit
from tenancy.contract import Contract
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField, Role

OTHERS_TOO = (
    "This person also works for an organization that you do not manage. Only they can change their details, on their "
    "own profile page."
)


def invite_user(
    session: Session,
    contract: Contract,
    group_id: UUID,
    typed: Mapping[str, str],
    role: Role,
    *,
    sending: Sending,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Add a person nobody knows yet to a group the actor manages and e-mail the link (USR-05, USR-14, AUTH-10).

    Raises NotFound, Forbidden, Invalid with every fault.
    """
    must_manage(contract, actor, group_id)
    values = read_account_fields(contract.users.new_user_fields, typed, states=states_of(contract))
    return invite(session, contract, values, group_id=group_id, role=role, sending=sending, actor=actor, now=now)


def reset_registration(
    session: Session, contract: Contract, user_id: UUID, *, sending: Sending, actor: Actor, now: datetime
) -> bool:
    """Let a person sign up anew: password, second factors and sessions end, a fresh link goes to the known e-mail.

    Whether the link was sent; too many are not. Raises NotFound, Conflict where the person belongs to others too,
    is deactivated, or is oneself.
    """
    user = get_managed_user(session, contract, user_id, actor=actor, lock=True)
    if not is_wholly_managed(session, contract, user_id, actor=actor):
        raise Conflict(OTHERS_TOO)
    if not user.is_active or user.id == actor.user_id:
        raise Conflict("Reset the registration of active users only, and ask another administrator for your own.")
    user.password_hash, user.enrolled_at, user.email_is_factor = None, None, False
    for table in (TotpSecret, Passkey, PhoneFactor, RecoveryCode):
        session.execute(delete(table).where(table.user_id == user_id))
    end_sessions(session, user_id, "registration reset", now)
    audit.record(session, actor=actor, action="user:reset", object_type="user", object_id=user_id, now=now)
    return send_link(session, contract, user, sending=sending, now=now)


def editable_fields(contract: Contract, user: UserAccount) -> dict[AccountField, AccountInput]:
    """What an administrator may correct: never the user name; the e-mail only until the person has signed up."""
    fixed = {AccountField.USERNAME} | ({AccountField.EMAIL} if user.password_set_at else set())
    return {field: rule for field, rule in contract.users.new_user_fields.items() if field not in fixed}


def known_values(user: UserAccount) -> dict[str, str]:
    """What is known of a person, by form field; a field typed twice holds it twice."""
    columns = [field.value for field in AccountField if field not in SECRET]
    return {name: getattr(user, name) for name in columns} | {f"{AccountField.EMAIL.value}{CONFIRM}": user.email}


def edit_user(
    session: Session, contract: Contract, user_id: UUID, typed: Mapping[str, str], *, actor: Actor, now: datetime
) -> UserAccount:
    """Correct the details of a person of the actor's groups (USR-11).

    Raises NotFound, Invalid with every fault, Conflict where the person belongs to an organization of others too.
    """
    user = get_managed_user(session, contract, user_id, actor=actor, lock=True)
    if not is_wholly_managed(session, contract, user_id, actor=actor):
        raise Conflict(OTHERS_TOO)
    values = read_account_fields(editable_fields(contract, user), typed, states=states_of(contract))
    changed = [field.value for field, value in values.items() if getattr(user, field.value) != value]
    for field, value in values.items():
        setattr(user, field.value, value)
    detail = {"fields": " ".join(changed)}
    audit.record(
        session, actor=actor, action="user:edit", object_type="user", object_id=user_id, detail=detail, now=now
    )
    return user


def states_of(contract: Contract) -> Mapping[str, str]:
    """The states an address may name, by their two letters."""
    return contract.catalogue.lists.get("states", {})
