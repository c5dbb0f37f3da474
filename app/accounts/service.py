"""Signing in, choosing a group, signing out. Every act is one function; counted failures are kept by the caller.

Must not know requests, cookies or pages: tokens go out as text and come in as text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import attempts, devices, factors, paper_codes, passkeys, passwords, queries
from app.accounts.attempts import LockRule
from app.accounts.blocklist import is_known
from app.accounts.codes import CodeDesk
from app.accounts.dialling import line_of
from app.accounts.models import FactorAttempt, UserAccount, UserSession
from app.accounts.passkeys import RelyingParty
from app.accounts.secrets import TenantSecrets, new_token, token_hash
from app.accounts.waiting_sessions import open_waiting
from app.domain.access import SYSTEM, Actor, ActorKind
from app.domain.credentials import check_password, clamp
from app.domain.errors import DomainError, NotFound
from app.storage.audit import record
from tenancy.contract import Contract
from tenancy.contract.floor import Floor
from tenancy.vocabulary import Factor

PENDING_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)


class SignInRefused(DomainError):
    """User name and password were not taken; told alike whether or not there is such a user (S4).

    What was counted must be kept: the caller commits although it refuses.
    """

    code = "sign_in_refused"

    def __init__(self, message: str, locked_until: datetime | None = None) -> None:
        super().__init__(message)
        self.locked_until = locked_until


class FactorRefused(DomainError):
    """The code was not taken; ``is_over`` when signing in must start again. The caller commits although it refuses."""

    code = "factor_refused"

    def __init__(self, message: str, *, is_over: bool = False) -> None:
        super().__init__(message)
        self.is_over = is_over


@dataclass(frozen=True, slots=True)
class SignInStep:
    """Where signing in stands. ``token`` is the browser's new session token; ``is_done`` when no factor is asked."""

    token: str = field(repr=False)
    is_done: bool


@dataclass(frozen=True, slots=True)
class FactorChoice:
    """What the page of the second factor needs to know."""

    offered: tuple[Factor, ...]
    masked_email: str
    phone_end: str = ""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Where somebody signs in: the token of the device's own cookie, and whether to remember it for the workday."""

    device: str = field(default="", repr=False)
    remembers: bool = False


NOWHERE = Keyboard()


@dataclass(frozen=True, slots=True)
class _Opening:
    secrets: TenantSecrets
    wanted: Factor | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """A second factor and the code as typed; no factor stands for a recovery code from paper."""

    factor: Factor | None
    code: str = field(repr=False)


def begin_sign_in(
    session: Session,
    contract: Contract,
    username: str,
    password: str,
    *,
    secrets: TenantSecrets,
    now: datetime,
    wanted: Factor | None = None,
    at: Keyboard = NOWHERE,
) -> SignInStep:
    """Check user name and password and open a session that waits for its second factor (AUTH-03, MFA-01).

    An e-mail address that belongs to one account alone stands for its user name (AUTH-11); tries with it are counted
    by themselves, so that no count tells whose address it is.
    Locks after the contract's number of failures, 15 min doubling to 60 (AUTH-08, S3), for known and unknown user
    names alike, with equal work; a device this person signed in from before is counted by itself, so that a stranger
    locks nobody out of it. A device remembered for the workday is asked for no second factor (AUTH-05).
    Where the factor is the registered e-mail, a code is sent at once.
    Raises SignInRefused; the failure it counted must be committed.
    """
    key = queries.username_key(username)
    user = queries.find_to_sign_in(session, key)
    device = devices.find_device(session, at.device, (user and user.username_key) or key)
    subject = secrets.keyed_hash("username", f"{key} {device.id}" if device else key)
    counter = attempts.take_turn(session, subject, now=now)
    if until := attempts.locked_until(counter, now=now):
        raise SignInRefused("Too many wrong tries.", locked_until=until)
    is_right = passwords.is_match(user.password_hash if user else None, password)
    if user is None or not is_right or not user.is_active or user.enrolled_at is None:
        attempts.count_failure(counter, lock_rule(contract), now=now)
        _tell(session, "session:start", user, "refused", now)
        raise SignInRefused("That user name and password do not match.", attempts.locked_until(counter, now=now))
    attempts.count_success(counter, now=now)
    if password and user.password_hash and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    user.must_change_password = _is_below_rules(contract, user, password)
    is_asked = contract.factors.required and not (at.remembers and devices.is_remembered(device, contract, now=now))
    return _open_session(session, contract, user, _Opening(secrets, wanted, is_asked), now)


def send_code(
    session: Session,
    contract: Contract,
    token: str,
    channel: Factor = Factor.EMAIL,
    *,
    secrets: TenantSecrets,
    now: datetime,
    stage: str = "factor",
) -> bool:
    """Send a fresh code to the registered e-mail or telephone; False when too many were asked for.

    Raises FactorRefused.
    """
    pending, user = _take_pending(session, token, now, stage)
    return factors.send_code(session, factors.desk_of(contract, user, pending, secrets), channel, now=now)


def factor_choice(
    session: Session, contract: Contract, token: str, *, now: datetime, stage: str = "factor"
) -> FactorChoice:
    """What this person may use as second factor now. Raises FactorRefused when there is nothing to wait for."""
    pending = _get_pending(session, token, now, stage)
    user = queries.get_user(session, pending.user_id)
    phone = queries.find_phone(session, user.id)
    offered = factors.offered_to(session, contract, user)
    return FactorChoice(offered, factors.masked(user.email), line_of(phone.number)[-2:] if phone else "")


def finish_sign_in(
    session: Session,
    contract: Contract,
    token: str,
    factor: Factor | None,
    code: str,
    *,
    secrets: TenantSecrets,
    now: datetime,
) -> SignInStep:
    """Check the second factor and make the session whole under a new token (MFA-09, trust 1.6).

    At most five wrong tries a session, 10 an hour and 30 a day a person (S1). Raises FactorRefused; what it
    counted must be committed.
    """
    pending, user = check_factor(
        session, contract, token, Typed(factor, code.replace(" ", "")), secrets=secrets, now=now
    )
    return _complete(session, user, pending, factor, now)


def check_factor(
    session: Session,
    contract: Contract,
    token: str,
    typed: Typed,
    *,
    secrets: TenantSecrets,
    now: datetime,
    stage: str = "factor",
) -> tuple[UserSession, UserAccount]:
    """The waiting session and its person once the second factor is right. Raises FactorRefused."""
    pending, user = _take_pending(session, token, now, stage)
    if not attempts.may_try_factor(session, user.id, now=now):
        raise FactorRefused("Too many codes were tried. Please wait an hour, then sign in again.", is_over=True)
    is_offered = typed.factor is None or typed.factor in factors.offered_to(session, contract, user)
    is_right = is_offered and _is_right(session, factors.desk_of(contract, user, pending, secrets), typed, now)
    session.add(FactorAttempt(user_id=user.id, at=now, succeeded=is_right))
    if not is_right:
        raise _refused_factor(session, pending, user, now)
    return pending, user


def passkey_options(session: Session, party: RelyingParty, token: str, *, now: datetime) -> str:
    """The challenge for the person's passkeys at this sign-in, as JSON. Raises FactorRefused."""
    pending, user = _take_pending(session, token, now)
    return passkeys.options_to_use(session, party, pending, user, now=now)


def finish_with_passkey(
    session: Session, party: RelyingParty, token: str, credential: str, *, now: datetime
) -> SignInStep:
    """Check the passkey and make the session whole, under the limits of any factor. Raises FactorRefused."""
    pending, user = _take_pending(session, token, now)
    if not attempts.may_try_factor(session, user.id, now=now):
        raise FactorRefused("Too many tries. Please wait an hour, then sign in again.", is_over=True)
    is_right = user.is_active and passkeys.is_right(session, party, pending, user, credential, now=now)
    session.add(FactorAttempt(user_id=user.id, at=now, succeeded=is_right))
    if not is_right:
        raise _refused_factor(session, pending, user, now)
    return _complete(session, user, pending, Factor.PASSKEY, now)


def switch_group(session: Session, session_id: UUID, group_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Work for another of one's groups from here on, under a new session token, which is returned.

    Raises NotFound for a group the actor does not belong to.
    """
    if group_id not in actor.group_ids:
        raise NotFound
    row = session.execute(select(UserSession).where(UserSession.id == session_id).with_for_update()).scalar_one()
    row.group_id = group_id
    token = _rotated(row)
    record(session, actor=actor, action="group:switch", object_type="group", object_id=group_id, now=now)
    return token


def sign_out(session: Session, session_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End the session: its token is worth nothing afterwards, wherever it was copied to."""
    row = session.execute(select(UserSession).where(UserSession.id == session_id)).scalar_one()
    _end(row, "signed out", now)
    record(session, actor=actor, action="session:end", object_type="session", object_id=session_id, now=now)


def lock_rule(contract: Contract) -> LockRule:
    """The number of failures and the length of the first lock under the policy in force, never below the floor."""
    policy = clamp(contract, Floor())
    return LockRule(failures=policy.lockout_attempts, first=policy.lockout)


def _is_below_rules(contract: Contract, user: UserAccount, password: str) -> bool:
    about = (user.username, user.email.partition("@")[0], user.first_name, user.last_name)
    policy = clamp(contract, Floor()).password
    return bool(check_password(policy, password, about=about, is_known=is_known))


def _open_session(
    session: Session,
    contract: Contract,
    user: UserAccount,
    how: _Opening,
    now: datetime,
) -> SignInStep:
    token, row = open_waiting(session, user.id, "factor", PENDING_LIFE, now=now)
    if not how.is_asked:
        return _complete(session, user, row, None, now)
    offered = factors.offered_to(session, contract, user)
    chosen = how.wanted if how.wanted in offered else offered[0]
    if chosen in (Factor.EMAIL, Factor.SMS, Factor.VOICE):
        _lock_user(session, user.id)
        factors.send_code(session, factors.desk_of(contract, user, row, how.secrets), chosen, now=now)
    return SignInStep(token=token, is_done=False)


def _complete(
    session: Session, user: UserAccount, row: UserSession, factor: Factor | None, now: datetime
) -> SignInStep:
    row.stage = "full"
    row.factor = factor.value if factor else None
    last = queries.find_last_group(session, user.id)
    row.group_id = queries.chosen_group(queries.list_groups(session, user.id), last)
    row.created_at = now
    row.expires_at = now + SESSION_LIFE
    _tell(session, "session:start", user, "ok", now)
    return SignInStep(token=_rotated(row), is_done=True)


def _rotated(row: UserSession) -> str:
    token = new_token()
    row.token_hash = token_hash(token)
    return token


def _end(row: UserSession, reason: str, now: datetime) -> None:
    row.ended_at = now
    row.end_reason = reason


def _get_pending(session: Session, token: str, now: datetime, stage: str = "factor") -> UserSession:
    pending = queries.find_pending_session(session, token_hash(token), now=now, stage=stage)
    if pending is None:
        raise FactorRefused("Signing in took too long. Please start again.", is_over=True)
    return pending


def _take_pending(
    session: Session, token: str, now: datetime, stage: str = "factor"
) -> tuple[UserSession, UserAccount]:
    """The pending session and its person, the person's row locked: tries and sends are counted in turn."""
    user = _lock_user(session, _get_pending(session, token, now, stage).user_id)
    session.expire_all()
    return _get_pending(session, token, now, stage), user


def _lock_user(session: Session, user_id: UUID) -> UserAccount:
    return session.execute(select(UserAccount).where(UserAccount.id == user_id).with_for_update()).scalar_one()


def _is_right(session: Session, desk: CodeDesk, typed: Typed, now: datetime) -> bool:
    if not desk.user.is_active:
        return False
    if typed.factor is None:
        return paper_codes.take_code(session, desk.secrets, desk.user, typed.code, now=now)
    if typed.factor is Factor.TOTP:
        return factors.is_totp_right(session, desk.user, typed.code, desk.secrets, now)
    return factors.is_code_right(session, desk, typed.code, now=now)


def _refused_factor(session: Session, pending: UserSession, user: UserAccount, now: datetime) -> FactorRefused:
    session.flush()
    _tell(session, "session:factor", user, "refused", now)
    if attempts.failures_since(session, user.id, pending.created_at) >= factors.CODE_TRIES:
        _end(pending, "too many wrong codes", now)
        return FactorRefused("Too many wrong codes. Please sign in again.", is_over=True)
    return FactorRefused("That code is not right, or it is no longer valid. Check it, or ask for a new one.")


def _tell(session: Session, action: str, user: UserAccount | None, result: str, now: datetime) -> None:
    who = SYSTEM if user is None else Actor(kind=ActorKind.PROVIDER, user_id=user.id, name=user.full_name)
    about = user.id if user else None
    record(session, actor=who, action=action, object_type="user", object_id=about, result=result, now=now)
