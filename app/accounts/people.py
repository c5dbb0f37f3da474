"""The people of a provider group: adding somebody new and correcting what is known of somebody.

Must not know pages. What a person's sign-in needs (invitation, factors, password) belongs to other modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.models import UserAccount
from app.accounts.reach import get_managed_user, is_wholly_managed
from app.domain.access import Actor
from app.domain.account_form import CONFIRM, SECRET, read_account_fields
from app.domain.errors import Conflict
from app.storage import audit
from tenancy.contract import Contract
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField

OTHERS_TOO = (
    "This person also works for an organization that you do not manage. Only they can change their details, on their "
    "own profile page."
)


def editable_fields(contract: Contract, user: UserAccount) -> dict[AccountField, AccountInput]:
    """What an administrator may correct: never the user name; the e-mail only until the person has signed up."""
    fixed = {AccountField.USERNAME} | ({AccountField.EMAIL} if user.password_hash else set())
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
