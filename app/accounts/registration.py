"""Registering an organization's first person: the claim, the account that waits, the link (REG-01 to REG-19).

The answer is the same whether or not the organization is registered already, and whether or not the user name or
the address is known (S4, S5). Must not know requests or pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import claims, passwords
from app.accounts.enrolment import require_good_password
from app.accounts.enrolment_models import GroupClaim
from app.accounts.invitations import new_account
from app.accounts.links import Sending, send_link
from tenancy.contract import Contract
from tenancy.vocabulary import AccountField

_CLAIMS_A_DAY = 10


@dataclass(frozen=True, slots=True)
class Registrant:
    """What the first person typed; secrets only where the contract collects them here."""

    fields: Mapping[AccountField, str]
    password: str = field(default="", repr=False)
    secret_question: str = ""
    secret_answer: str = field(default="", repr=False)


def register(
    session: Session,
    contract: Contract,
    provider_id: UUID,
    person: Registrant,
    *,
    sending: Sending,
    now: datetime,
) -> None:
    """Keep the claim and e-mail the link that finishes the account; until then nothing is given to anybody.

    Of one organization at most ten claims a day are kept; the answer stays the same. Raises PasswordRefused.
    """
    password_hash = None
    if person.password:
        words = (person.fields[AccountField.USERNAME], person.fields[AccountField.EMAIL].partition("@")[0])
        names = (person.fields[AccountField.FIRST_NAME], person.fields[AccountField.LAST_NAME])
        require_good_password(contract, sending, person.password, about=(*words, *names))
        password_hash = passwords.hashed(person.password)
    answer_hash = passwords.hashed(folded_answer(person.secret_answer)) if person.secret_answer else None
    if _claims_today(session, provider_id, now) >= _CLAIMS_A_DAY:
        return
    user = new_account(session, person.fields, now=now)
    user.password_hash, user.password_set_at = password_hash, now if password_hash else None
    user.secret_question, user.secret_answer_hash = person.secret_question, answer_hash
    claims.claim(session, user, provider_id, now=now)
    send_link(session, contract, user, sending=sending, now=now)


def folded_answer(answer: str) -> str:
    """How answers to a secret question compare: without case and with single spaces."""
    return " ".join(answer.casefold().split())


def _claims_today(session: Session, provider_id: UUID, now: datetime) -> int:
    since = now - timedelta(days=1)
    statement = select(func.count()).where(GroupClaim.provider_id == provider_id, GroupClaim.created_at > since)
    return session.scalar(statement) or 0
