"""Another e-mail address while an account is being set up: proven by a code before it counts (MFA-05).

Must not know requests, cookies or pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import codes
from app.accounts.codes import Asked
from app.accounts.enrolment import PURPOSE, WRONG_CODE, Enrolling, StepRefused, count_try
from app.accounts.profile import mail_change
from app.domain.account_form import read_account_fields
from app.storage.audit import record
from tenancy.contract import Contract
from tenancy.vocabulary import AccountField, Factor


def read_address(contract: Contract, typed: Mapping[str, str]) -> str:
    """The address as typed, once: its code shows a slip of the finger. Raises Invalid."""
    rule = replace(contract.users.profile_fields[AccountField.EMAIL], required=True, confirm=False)
    return read_account_fields({AccountField.EMAIL: rule}, typed, states={})[AccountField.EMAIL]


def send_code(session: Session, enrolling: Enrolling, email: str, *, now: datetime) -> bool:
    """Send a code to the new address. False when too many were sent. Raises StepRefused for the address in force."""
    if email.casefold() == enrolling.user.email.casefold():
        raise StepRefused("This is the e-mail address we have already.")
    return codes.send_code(session, enrolling.desk, Asked(_purpose(email), Factor.EMAIL, email), now=now)


def keep_address(session: Session, enrolling: Enrolling, email: str, code: str, *, now: datetime) -> None:
    """The right code puts the new address in force; the old one is told. Raises StepRefused."""
    count_try(session, enrolling, now)
    if not email or codes.take_code(session, enrolling.desk, _purpose(email), code, now=now) is None:
        raise StepRefused(WRONG_CODE)
    contract, user = enrolling.contract, enrolling.user
    told = f"The e-mail address of your account for {contract.brand.product} was changed while it was being set up."
    mail_change(session, contract, user, told, now=now)
    user.email, user.email_verified_at = email, now
    who = enrolling.actor
    record(session, actor=who, action="profile:new_email", object_type="user", object_id=user.id, now=now)


def _purpose(email: str) -> str:
    """A code proves the address it was sent to, no other."""
    return f"{PURPOSE} address {email.casefold()}"
