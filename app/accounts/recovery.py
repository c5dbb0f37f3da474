"""A forgotten password, a locked account: a mailed link, a second factor, the secret question where the contract asks.

No step alone opens anything (AUTH-09, ASVS 6.4.2). Must not know requests, cookies or pages.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import attempts, devices, passwords, queries, service
from app.accounts.blocklist import is_known
from app.accounts.memberships import end_sessions
from app.accounts.models import FactorAttempt, UserAccount, UserSession
from app.accounts.recovery_models import RecoveryLink
from app.accounts.secrets import TenantSecrets, new_token, token_hash
from app.accounts.service import FactorRefused
from app.accounts.waiting_sessions import open_waiting
from app.domain.access import Actor, ActorKind
from app.domain.credentials import PasswordFault, check_password
from app.domain.errors import FieldFault, Invalid, NotFound
from app.storage.audit import record
from app.storage.mailbox import Mail, post_mail
from app.storage.outbox import enqueue
from tenancy.contract import Contract
from tenancy.contract.credentials import Effective
from tenancy.vocabulary import Factor, ResetStep

KIND = "recovery"
PAGE = "recover/"
LINK_LIFE = timedelta(minutes=20)
STEP_LIFE = timedelta(minutes=15)
RECOVER, RESET = "recover", "reset"
_SENDS = (timedelta(minutes=15), 3)
_OVER = "That took too long. Please start again."


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password typed twice, and the answer to the secret question."""

    password: str = field(repr=False)
    again: str = field(repr=False)
    answer: str = field(default="", repr=False)


def ask(session: Session, username: str, *, now: datetime) -> None:
    """Owe a link to the person of this user name or address; for an unknown one the same is owed, in vain (S4)."""
    user = queries.find_to_sign_in(session, queries.username_key(username))
    enqueue(session, kind=KIND, payload={"user_id": str(user.id) if user else ""}, now=now)


def send_link(session: Session, contract: Contract, user_id: UUID, portal_url: str, *, now: datetime) -> bool:
    """Mail a fresh link and close the earlier ones; False for somebody shut out or after 3 in 15 minutes."""
    user = session.execute(select(UserAccount).where(UserAccount.id == user_id).with_for_update()).scalar_one_or_none()
    period, most = _SENDS
    recent = select(func.count()).where(RecoveryLink.user_id == user_id, RecoveryLink.created_at > now - period)
    if user is None or not user.is_active or user.enrolled_at is None or (session.scalar(recent) or 0) >= most:
        return False
    _close_links(session, user_id, now)
    token = new_token()
    row = RecoveryLink(
        id=uuid.uuid4(), token_hash=token_hash(token), user_id=user_id, created_at=now, expires_at=now + LINK_LIFE
    )
    session.add(row)
    mail = _mail(contract, user, f"{portal_url}{PAGE}{token}")
    post_mail(session, contract, mail, now=now, key=f"recovery-link:{row.id}")
    return True


def open_link(session: Session, token: str, *, now: datetime) -> str:
    """Use a link up: the token of a session that waits for its second factor. Raises NotFound."""
    link = session.scalar(
        select(RecoveryLink)
        .where(
            RecoveryLink.token_hash == token_hash(token),
            RecoveryLink.closed_at.is_(None),
            RecoveryLink.expires_at > now,
            RecoveryLink.expires_at < now + LINK_LIFE * 2,  # a clock set back prolongs nothing by more than its life
        )
        .with_for_update()
    )
    if link is None or not queries.get_user(session, link.user_id).is_active:
        raise NotFound
    link.closed_at = now
    fresh, _ = open_waiting(session, link.user_id, RECOVER, STEP_LIFE, now=now)
    _tell(session, "recovery:open", queries.get_user(session, link.user_id), now)
    return fresh


def prove(
    session: Session,
    contract: Contract,
    token: str,
    factor: Factor,
    code: str,
    *,
    secrets: TenantSecrets,
    now: datetime,
) -> str:
    """Check the second factor: the account is unlocked, and a new password may be set under the new token.

    Raises FactorRefused; what it counted must be committed.
    """
    typed = service.Typed(factor, code.replace(" ", ""))
    row, user = service.check_factor(session, contract, token, typed, secrets=secrets, now=now, stage=RECOVER)
    row.stage, row.factor, row.expires_at = RESET, factor.value, now + STEP_LIFE
    for name in sorted({str(user.username_key), queries.username_key(user.email)}):
        counter = attempts.take_turn(session, secrets.keyed_hash("username", name), now=now)
        attempts.count_success(counter, now=now)
    fresh = new_token()
    row.token_hash = token_hash(fresh)
    _tell(session, "recovery:unlock", user, now)
    return fresh


def secret_question(session: Session, policy: Effective, token: str, *, now: datetime) -> str:
    """The question that is asked beside the new password; empty where none is. Raises FactorRefused."""
    _row, user = _proven(session, token, now)
    return user.secret_question if _is_asked(policy, user) else ""


def set_password(
    session: Session, contract: Contract, policy: Effective, token: str, typed: NewPassword, *, now: datetime
) -> None:
    """Set the new password, end every session and forget every device. Raises Invalid, FactorRefused.

    A wrong answer to the secret question counts as a wrong code; five end it. What it counted must be committed.
    """
    row, user = _proven(session, token, now)
    if faults := _faults(contract, policy, user, typed):
        raise Invalid(faults)
    if _is_asked(policy, user) and not passwords.is_match(user.secret_answer_hash, folded_answer(typed.answer)):
        raise _wrong_answer(session, row, user, now)
    user.password_hash, user.password_set_at = passwords.hashed(typed.password), now
    user.must_change_password = False
    end_sessions(session, user.id, "new password", now)
    devices.forget_all(session, user.id, now=now)
    _close_links(session, user.id, now)
    _tell(session, "password:change", user, now)
    note = _note(contract, user)
    post_mail(session, contract, note, now=now, key=f"password-changed:{row.id}")


def folded_answer(answer: str) -> str:
    """How answers to the secret question are compared: without case and without doubled spaces."""
    return " ".join(answer.casefold().split())


def _proven(session: Session, token: str, now: datetime) -> tuple[UserSession, UserAccount]:
    row = queries.find_pending_session(session, token_hash(token), now=now, stage=RESET)
    if row is None:
        raise FactorRefused(_OVER, is_over=True)
    user = session.execute(select(UserAccount).where(UserAccount.id == row.user_id).with_for_update()).scalar_one()
    if not user.is_active:
        raise FactorRefused(_OVER, is_over=True)
    return row, user


def _is_asked(policy: Effective, user: UserAccount) -> bool:
    return ResetStep.SECRET_QUESTION in policy.reset and bool(user.secret_question and user.secret_answer_hash)


def _faults(contract: Contract, policy: Effective, user: UserAccount, typed: NewPassword) -> tuple[FieldFault, ...]:
    about = (user.username, user.email, user.first_name, user.last_name, contract.brand.product)
    found = check_password(policy.password, typed.password, about=about, is_known=is_known)
    faults = [FieldFault("password", _sentence(policy, one)) for one in found[:1]]
    if not faults and typed.password != typed.again:
        faults.append(FieldFault("again", "The two passwords are not the same."))
    return tuple(faults)


def _sentence(policy: Effective, fault: PasswordFault) -> str:
    rules = policy.password
    said = {
        PasswordFault.LONG: f"Use at most {rules.maximum} characters.",
        PasswordFault.SHORT: f"Use at least {rules.minimum} characters.",
        PasswordFault.CONTROL: "Use letters, numbers, spaces and marks only.",
        PasswordFault.COMMON: "This password is easy to guess. Choose another one.",
        PasswordFault.PERSONAL: "Do not use your name, your e-mail address or the name of the portal.",
    }
    kinds = f"Mix capital and small letters, numbers and marks, or use {rules.classes_below} characters or more."
    return said.get(fault, kinds)


def _wrong_answer(session: Session, row: UserSession, user: UserAccount, now: datetime) -> FactorRefused:
    session.add(FactorAttempt(user_id=user.id, at=now, succeeded=False))
    session.flush()
    is_over = attempts.failures_since(session, user.id, row.created_at) >= 5
    if is_over:
        row.ended_at, row.end_reason = now, "too many wrong answers"
    return FactorRefused("That is not the answer we have.", is_over=is_over)


def _close_links(session: Session, user_id: UUID, now: datetime) -> None:
    is_open = (RecoveryLink.user_id == user_id) & RecoveryLink.closed_at.is_(None)
    session.execute(update(RecoveryLink).where(is_open).values(closed_at=now))


def _mail(contract: Contract, user: UserAccount, address: str) -> Mail:
    product = contract.brand.product
    return Mail(
        kind="recovery_link",
        to_address=user.email,
        subject=f"Get back into {product}",
        paragraphs=(
            f"Somebody, we hope you, asked to get back into {product} with the user name {user.username}.",
            f"Open this page to go on: {address}",
            f"It works once, for {int(LINK_LIFE.total_seconds() // 60)} minutes. Then we ask for your second factor.",
            "If it was not you, you need do nothing: nothing changes by this mail.",
        ),
        is_secret=True,
    )


def _note(contract: Contract, user: UserAccount) -> Mail:
    product = contract.brand.product
    return Mail(
        kind="password_changed",
        to_address=user.email,
        subject=f"Your password for {product} was changed",
        paragraphs=(
            f"The password of {user.username} was changed just now. You were signed out everywhere.",
            "If this was not you, tell us at once.",
        ),
    )


def _tell(session: Session, action: str, user: UserAccount, now: datetime) -> None:
    who = Actor(kind=ActorKind.PROVIDER, user_id=user.id, name=user.full_name)
    record(session, actor=who, action=action, object_type="user", object_id=user.id, now=now)
