"""A person's own profile: details, e-mail address, password (REG-13, PROF-01).

Changing what one signs in with asks for the current password again, counted like a sign-in. Must not know pages.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import attempts, blocklist, passwords, queries
from app.accounts.attempts import LockRule
from app.accounts.links import Sending
from app.accounts.memberships import end_sessions
from app.accounts.models import FactorAttempt, OneTimeCode, UserAccount
from app.accounts.people import states_of
from app.accounts.profile_models import EmailChange
from app.accounts.secrets import new_code
from app.domain.access import Actor
from app.domain.account_form import CONFIRM, read_account_fields
from app.domain.credentials import PasswordFault, PasswordPolicy, check_password
from app.domain.errors import DomainError, FieldFault, Invalid, NotFound
from app.storage import audit
from app.storage.mailbox import Mail, post_mail
from tenancy.contract import Contract
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField, Factor

PURPOSE = "new e-mail"
TOO_MANY_SENT = "Too many codes were sent. Wait 15 minutes, then try again."
WRONG_CODE = "That code is not right, or it is no longer valid. Check it, or ask for a new one."


class Refused(DomainError):
    """A password or code was wrong; what was counted must be kept: the caller commits although it refuses."""

    code = "profile_refused"

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.fault = FieldFault(place, message)


@dataclass(frozen=True, slots=True)
class Mine:
    """Whose profile it is, in which session, and with which of the tenant's rules and secrets."""

    actor: Actor
    session_id: UUID
    sending: Sending

    @property
    def user_id(self) -> UUID:
        """The person's id. Raises NotFound for an actor without an account."""
        if self.actor.user_id is None:
            raise NotFound
        return self.actor.user_id


@dataclass(frozen=True, slots=True)
class TypedPassword:
    """The password now, the one to be, and that one again."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)


def get_own(session: Session, mine: Mine) -> UserAccount:
    """The person's own account."""
    return queries.get_user(session, mine.user_id)


def own_fields(contract: Contract) -> Mapping[AccountField, AccountInput]:
    """The contract's profile fields, and before them the user name where the contract does not fix it (REG-13)."""
    username = contract.users.new_user_fields[AccountField.USERNAME]
    first = {} if contract.registration.username_immutable else {AccountField.USERNAME: username}
    return first | dict(contract.users.profile_fields)


def save_profile(session: Session, contract: Contract, typed: Mapping[str, str], mine: Mine, *, now: datetime) -> str:
    """Keep the details as typed (PROF-01, PROF-02); another e-mail address is handed back, not kept.

    It changes by :func:`ask_new_email` alone. Raises Invalid with every fault.
    """
    values = read_account_fields(own_fields(contract), typed, states=states_of(contract))
    user = _locked(session, mine.user_id)
    email = values.pop(AccountField.EMAIL, user.email)
    changed = [name.value for name, value in values.items() if getattr(user, name.value) != value]
    if AccountField.USERNAME.value in changed:
        _rename(session, contract, user, values[AccountField.USERNAME], now=now)
    for name, value in values.items():
        setattr(user, name.value, value)
    _tell(session, "profile:edit", mine, now, {"fields": " ".join(changed)})
    return "" if email.casefold() == user.email.casefold() else email


def _rename(session: Session, contract: Contract, user: UserAccount, username: str, *, now: datetime) -> None:
    """Take another user name and tell of it by e-mail. Raises Invalid for a taken one."""
    try:
        with session.begin_nested():
            user.username_key = queries.username_key(username)
    except IntegrityError:
        told = "That user name is taken. Choose another one."
        raise Invalid((FieldFault(AccountField.USERNAME.value, told),)) from None
    mail_change(
        session, contract, user, f"The user name of your account for {contract.brand.product} was changed.", now=now
    )


def ask_new_email(
    session: Session, contract: Contract, typed: Mapping[str, str], password: str, mine: Mine, *, now: datetime
) -> None:
    """Send a code to the new address; the old one stays in force until the code is typed.

    Raises Invalid for an address that is none or the one in force, Refused for a wrong password or too many codes.
    """
    rule = contract.users.profile_fields[AccountField.EMAIL]
    email = read_account_fields({AccountField.EMAIL: rule}, typed, states={})[AccountField.EMAIL]
    user = with_password(session, password, mine, now)
    if email.casefold() == user.email.casefold():
        raise Invalid((FieldFault(AccountField.EMAIL.value, "This is the e-mail address we have already."),))
    address_hash = mine.sending.secrets.keyed_hash("address", email.casefold())
    if not attempts.may_send_code(session, user.id, address_hash, now=now):
        raise Refused("", TOO_MANY_SENT)
    _close_codes(session, mine, now)
    code, row = new_code(mine.sending.policy.code_digits), uuid.uuid4()
    session.add(
        OneTimeCode(
            id=row,
            user_id=user.id,
            session_id=mine.session_id,
            purpose=PURPOSE,
            channel=Factor.EMAIL.value,
            address_hash=address_hash,
            code_hash=_code_hash(mine, code),
            created_at=now,
            expires_at=now + mine.sending.policy.code_life,
        )
    )
    session.flush()
    session.add(EmailChange(code_id=row, user_id=user.id, email=email, asked_at=now))
    post_mail(session, contract, _code_mail(contract, email, row, code, mine), now=now, key=f"new-email-code:{row}")
    _tell(session, "profile:ask_new_email", mine, now)


def find_new_email(session: Session, mine: Mine, *, now: datetime) -> str | None:
    """The address that waits for its code in this session, or None."""
    found = _waiting(session, mine, now)
    return found[1].email if found else None


def confirm_new_email(session: Session, contract: Contract, code: str, mine: Mine, *, now: datetime) -> None:
    """Take the new address once its code is right, and tell the old one.

    The code is single use, of this session, at most five tries and 10 an hour a person (S1). Raises Refused.
    """
    user = _locked(session, mine.user_id)
    found = _waiting(session, mine, now)
    if found is None or not attempts.may_try_factor(session, user.id, now=now):
        raise Refused("code", WRONG_CODE)
    row, change = found
    row.tries += 1
    is_right = hmac.compare_digest(row.code_hash, _code_hash(mine, code.replace(" ", "")))
    session.add(FactorAttempt(user_id=user.id, at=now, succeeded=is_right))
    if is_right or row.tries >= mine.sending.policy.code_tries:
        row.closed_at = now
    if not is_right:
        raise Refused("code", WRONG_CODE)
    old, user.email, user.email_verified_at = user.email, change.email, now
    notice = f"The e-mail address of your account for {contract.brand.product} was changed."
    post_mail(session, contract, _notice(contract, user, old, notice), now=now)
    _tell(session, "profile:new_email", mine, now)


def change_password(session: Session, contract: Contract, typed: TypedPassword, mine: Mine, *, now: datetime) -> None:
    """Set another password; every other session of the person ends and an e-mail tells of it (AUTH-06, S2).

    Raises Invalid with every fault of the new one, Refused when the current one is wrong.
    """
    user = with_password(session, typed.current, mine, now)
    about = (user.username, user.email, user.first_name, user.last_name, contract.brand.product)
    policy = mine.sending.policy.password
    found = check_password(policy, typed.new, about=about, is_known=blocklist.is_known)
    faults = [FieldFault("new", password_advice(policy)[fault]) for fault in found]
    if typed.new != typed.again:
        faults.append(FieldFault(f"new{CONFIRM}", "Type the same new password in both fields."))
    if not faults and typed.new == typed.current:
        faults.append(FieldFault("new", "Choose a password other than the one you have now."))
    if faults:
        raise Invalid(tuple(faults))
    user.password_hash, user.password_set_at = passwords.hashed(typed.new), now
    user.must_change_password = False
    end_sessions(session, user.id, "password changed", now, but=mine.session_id)
    notice = f"The password of your account for {contract.brand.product} was changed."
    mail_change(session, contract, user, notice, now=now)
    _tell(session, "profile:new_password", mine, now)


def mail_change(session: Session, contract: Contract, user: UserAccount, sentence: str, *, now: datetime) -> None:
    """Tell a person by e-mail what was changed in how the account is signed in to, and whom to ask."""
    post_mail(session, contract, _notice(contract, user, user.email, sentence), now=now)


def password_advice(policy: PasswordPolicy) -> Mapping[PasswordFault, str]:
    """What to do about each fault of a password."""
    return {
        PasswordFault.SHORT: f"Use at least {policy.minimum} characters.",
        PasswordFault.LONG: f"Use at most {policy.maximum} characters.",
        PasswordFault.CONTROL: "Leave out tabs and other characters that cannot be seen.",
        PasswordFault.UPPER: f"Add an upper-case letter, or use {policy.classes_below} characters or more.",
        PasswordFault.LOWER: f"Add a lower-case letter, or use {policy.classes_below} characters or more.",
        PasswordFault.DIGIT: f"Add a number, or use {policy.classes_below} characters or more.",
        PasswordFault.SPECIAL: f"Add a special character, or use {policy.classes_below} characters or more.",
        PasswordFault.COMMON: "Many people use this password, or one like it. Choose another.",
        PasswordFault.PERSONAL: "Leave out your name, user name, e-mail and the name of this portal.",
    }


def _locked(session: Session, user_id: UUID) -> UserAccount:
    statement = select(UserAccount).where(UserAccount.id == user_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def with_password(session: Session, password: str, mine: Mine, now: datetime) -> UserAccount:
    """The person's account, once the current password was right; failures count and lock as at sign-in (AUTH-08)."""
    user, policy = _locked(session, mine.user_id), mine.sending.policy
    counter = attempts.take_turn(session, mine.sending.secrets.keyed_hash("username", user.username_key), now=now)
    if attempts.locked_until(counter, now=now) is not None:
        raise Refused("password", "Too many wrong passwords. Wait 15 minutes, then try again.")
    if not passwords.is_match(user.password_hash, password):
        attempts.count_failure(counter, LockRule(policy.lockout_attempts, policy.lockout), now=now)
        _tell(session, "profile:password", mine, now, result="refused")
        raise Refused("password", "That is not your current password.")
    return user


def _waiting(session: Session, mine: Mine, now: datetime) -> tuple[OneTimeCode, EmailChange] | None:
    found = session.execute(
        select(OneTimeCode, EmailChange)
        .join(EmailChange, EmailChange.code_id == OneTimeCode.id)
        .where(
            OneTimeCode.session_id == mine.session_id,
            OneTimeCode.purpose == PURPOSE,
            OneTimeCode.closed_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .order_by(OneTimeCode.created_at.desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None


def _close_codes(session: Session, mine: Mine, now: datetime) -> None:
    mine_open = (OneTimeCode.session_id == mine.session_id) & (OneTimeCode.purpose == PURPOSE)
    session.execute(update(OneTimeCode).where(mine_open, OneTimeCode.closed_at.is_(None)).values(closed_at=now))


def _code_hash(mine: Mine, code: str) -> bytes:
    return mine.sending.secrets.keyed_hash(f"code {PURPOSE}", f"{mine.session_id} {code}")


def _code_mail(contract: Contract, email: str, about: UUID, code: str, mine: Mine) -> Mail:
    life = int(mine.sending.policy.code_life.total_seconds() // 60)
    return Mail(
        kind="new_email_code",
        to_address=email,
        subject=f"Your code for {contract.brand.product}",
        paragraphs=(
            f"The code that confirms this e-mail address for {contract.brand.product} is {code}.",
            f"It works once, for {life} minutes, on the page where you asked for it.",
            "If you did not ask for it, do nothing.",
        ),
        about_id=about,
        is_secret=True,
    )


def _notice(contract: Contract, user: UserAccount, address: str, sentence: str) -> Mail:
    help_at = next((one.phone or one.email for one in contract.support.contacts.values() if one.phone or one.email), "")
    advice = "If it was you, there is nothing to do. If not, tell us at once"
    return Mail(
        kind="account_changed",
        to_address=address,
        subject=f"Your account for {contract.brand.product} was changed",
        paragraphs=(sentence, f"{advice}: {help_at}" if help_at else f"{advice}."),
        about_id=user.id,
    )


def _tell(
    session: Session,
    action: str,
    mine: Mine,
    now: datetime,
    detail: Mapping[str, str] | None = None,
    *,
    result: str = "ok",
) -> None:
    about = mine.user_id
    audit.record(
        session,
        actor=mine.actor,
        action=action,
        object_type="user",
        object_id=about,
        result=result,
        detail=detail,
        now=now,
    )
