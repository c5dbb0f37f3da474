"""Finishing an account from an e-mailed link: user name, password, proof of the organization, second factor.

Each step is one function; what is missing is always read from the account, so that a fresh link resumes where an
earlier one ended. Must not know requests, cookies or pages.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import attempts, claims, codes, factors, paper_codes, passkeys, passwords, queries
from app.accounts.blocklist import is_known
from app.accounts.codes import Asked, CodeDesk
from app.accounts.dialling import dialled
from app.accounts.enrolment_models import PhoneFactor
from app.accounts.links import Sending, find_link
from app.accounts.models import FactorAttempt, UserAccount, UserSession
from app.accounts.passkeys import PasskeyRefused, RelyingParty
from app.accounts.secrets import new_token, token_hash
from app.accounts.waiting_sessions import open_waiting
from app.directory.models import Provider
from app.domain.access import Actor, ActorKind
from app.domain.credentials import PasswordFault, check_password
from app.domain.errors import DomainError
from app.storage.audit import record
from tenancy.contract import Contract
from tenancy.vocabulary import ClaimProof, Factor

LIFE = timedelta(minutes=60)
SESSION_LIFE = timedelta(hours=12)
PURPOSE = "enrol"
PROOF = "prove-organization"
WRONG_CODE = "That code is not right, or it is no longer valid. Check it, or ask for a new one."


class Step(StrEnum):
    """What an enrolment still asks, in order."""

    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105 - a step, not a secret
    PROOF = "proof"
    FACTOR = "factor"
    PAPER = "paper"


class LinkRefused(DomainError):
    """The link or the enrolment it opened does not work any more: a fresh one is needed."""

    code = "link_refused"


class StepRefused(DomainError):
    """What was typed at a step was not taken. What was counted must be committed."""

    code = "step_refused"


class PasswordRefused(DomainError):
    """The password cannot be chosen, for these reasons."""

    code = "password_refused"

    def __init__(self, faults: tuple[PasswordFault, ...]) -> None:
        super().__init__("That password cannot be used.")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Enrolling:
    """An enrolment that was opened: its session row, its person, the contract and how the tenant sends.

    Somebody signed in who adds a factor is one too; ``salt`` then keeps what is shown apart from what the enrolment
    showed in the same session.
    """

    contract: Contract
    sending: Sending
    held: UserSession = field(repr=False)
    user: UserAccount
    salt: str = field(default="", repr=False)

    @property
    def desk(self) -> CodeDesk:
        """What codes of this enrolment are bound to."""
        return CodeDesk(self.contract, self.sending.policy, self.sending.secrets, self.held, self.user)

    @property
    def actor(self) -> Actor:
        """The person, as the audit trail names it."""
        return Actor(kind=ActorKind.PROVIDER, user_id=self.user.id, name=self.user.full_name)


def is_link_good(session: Session, token: str, *, now: datetime) -> bool:
    """Whether the link still works; looking does not use it up."""
    return find_link(session, token, now=now) is not None


def open_link(session: Session, contract: Contract, token: str, *, now: datetime) -> str:
    """Use the link up: the e-mail is proven, and the browser gets the token of an enrolment. Raises LinkRefused."""
    link = find_link(session, token, now=now, is_taken=True)
    user = session.get(UserAccount, link.user_id) if link else None
    if link is None or user is None or not user.is_active or user.enrolled_at is not None:
        raise LinkRefused("This link no longer works.")
    link.closed_at = now
    user.email_verified_at = user.email_verified_at or now
    if contract.registration.proof is ClaimProof.EMAIL:
        claims.prove(session, user.id, now=now)
    return open_waiting(session, user.id, "enrol", LIFE, now=now)[0]


def enrolling(session: Session, contract: Contract, token: str, *, sending: Sending, now: datetime) -> Enrolling:
    """The enrolment of a token, the person's row locked so that steps go one after another. Raises LinkRefused."""
    row = session.scalar(
        select(UserSession).where(
            UserSession.token_hash == token_hash(token),
            UserSession.stage == "enrol",
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
        )
    )
    if row is None:
        raise LinkRefused("This page was open for too long.")
    locked = select(UserAccount).where(UserAccount.id == row.user_id).with_for_update()
    user = session.scalars(locked.execution_options(populate_existing=True)).one()
    if user.enrolled_at is not None or not user.is_active:
        raise LinkRefused("This account is set up already.")
    return Enrolling(contract, sending, row, user)


def next_step(session: Session, enrolling: Enrolling) -> Step | None:
    """What is asked next; None when everything is there."""
    user = enrolling.user
    if _is_taken(session, user, user.username):
        return Step.USERNAME
    if user.password_hash is None:
        return Step.PASSWORD
    if provider_to_call(session, enrolling) is not None:
        return Step.PROOF
    if not has_factor(session, user):
        return Step.FACTOR
    return None if paper_codes.has_codes(session, user) else Step.PAPER


def provider_to_call(session: Session, enrolling: Enrolling) -> Provider | None:
    """The organization that is called before its first claim counts, where the contract asks and a number is known."""
    if enrolling.contract.registration.proof is not ClaimProof.PHONE_ON_FILE:
        return None
    provider = claims.needs_proof(session, enrolling.user.id)
    return provider if provider is not None and dialled(enrolling.contract, provider.phone, Factor.VOICE) else None


def has_factor(session: Session, user: UserAccount) -> bool:
    """Whether a second factor was set up."""
    has_app = queries.has_totp(session, user.id) or queries.has_passkey(session, user.id)
    return user.email_is_factor or has_app or queries.find_phone(session, user.id) is not None


def choose_username(session: Session, enrolling: Enrolling, username: str) -> None:
    """Another user name where the one asked for is taken. Raises StepRefused."""
    if _is_taken(session, enrolling.user, username):
        raise StepRefused("That user name is taken. Choose another one.")
    enrolling.user.username = username.strip()


def set_password(session: Session, enrolling: Enrolling, password: str, *, now: datetime) -> None:
    """The person's first password, under the policy in force (MFA-05, MFA-07). Raises PasswordRefused."""
    user = enrolling.user
    require_good_password(enrolling.contract, enrolling.sending, password, about=own_words(user))
    user.password_hash = passwords.hashed(password)
    user.password_set_at, user.must_change_password = now, False
    record(session, actor=enrolling.actor, action="password:set", object_type="user", object_id=user.id, now=now)


def require_good_password(contract: Contract, sending: Sending, password: str, *, about: tuple[str, ...]) -> None:
    """Raises PasswordRefused unless the policy takes the password."""
    known_here = (contract.brand.product, contract.brand.operator, contract.identity.title, contract.identity.display)
    policy = sending.policy.password
    faults = check_password(policy, password, about=(*about, *known_here), is_known=is_known)
    if faults:
        raise PasswordRefused(faults)


def own_words(user: UserAccount) -> tuple[str, ...]:
    """The words of a person that make no password."""
    return (user.username, user.email.partition("@")[0], user.first_name, user.last_name)


def send_factor_code(
    session: Session, enrolling: Enrolling, channel: Factor, number: str = "", *, now: datetime
) -> bool:
    """Send the code that proves e-mail or telephone. False when too many were sent. Raises StepRefused."""
    if channel not in enrolling.sending.policy.factors:
        raise StepRefused("This second step is not offered here.")
    address = enrolling.user.email if channel is Factor.EMAIL else number
    return codes.send_code(session, enrolling.desk, Asked(_purpose(channel, address), channel, address), now=now)


def keep_channel(
    session: Session, enrolling: Enrolling, channel: Factor, number: str, code: str, *, now: datetime
) -> None:
    """The right code makes e-mail or telephone a second factor (MFA-03 to MFA-06). Raises StepRefused."""
    address = enrolling.user.email if channel is Factor.EMAIL else number
    count_try(session, enrolling, now)
    if codes.take_code(session, enrolling.desk, _purpose(channel, address), code, now=now) is None:
        raise StepRefused(WRONG_CODE)
    if channel is Factor.EMAIL:
        enrolling.user.email_is_factor = True
    else:
        row = session.get(PhoneFactor, enrolling.user.id) or PhoneFactor(user_id=enrolling.user.id, created_at=now)
        row.number, row.takes_texts = number, channel is Factor.SMS
        session.add(row)
    _factor_kept(session, enrolling, channel, now)


def totp_secret(enrolling: Enrolling) -> str:
    """The secret an authenticator app is given in this enrolment; it is kept once the app shows a right code."""
    mixed = enrolling.sending.secrets.keyed_hash("authenticator", f"{enrolling.held.id}{enrolling.salt}")
    return base64.b32encode(mixed[:20]).decode()


def keep_totp(session: Session, enrolling: Enrolling, code: str, *, now: datetime) -> None:
    """The right code makes the app a second factor. Raises StepRefused."""
    count_try(session, enrolling, now)
    secret = totp_secret(enrolling)
    step = factors.first_totp_step(secret, code, now)
    if step is None or Factor.TOTP not in enrolling.sending.policy.factors:
        raise StepRefused("That code is not right. Check that the clock of your telephone is right, then try again.")
    factors.register_totp(session, enrolling.user, secret, enrolling.sending.secrets, now, last_step=step)
    _factor_kept(session, enrolling, Factor.TOTP, now)


def keep_paper(session: Session, enrolling: Enrolling, *, now: datetime) -> None:
    """The person has kept the recovery codes that were shown."""
    shown = paper_codes.shown_codes(enrolling.sending.secrets, enrolling.held, enrolling.salt)
    paper_codes.keep_codes(session, enrolling.sending.secrets, enrolling.user, shown, now=now)


def keep_passkey(
    session: Session, enrolling: Enrolling, party: RelyingParty, credential: str, *, now: datetime, name: str = ""
) -> None:
    """The passkey the browser made is a second factor. Raises PasskeyRefused."""
    if Factor.PASSKEY not in enrolling.sending.policy.factors:
        raise PasskeyRefused("This second step is not offered here.")
    passkeys.keep(session, party, enrolling.held, enrolling.user, credential, now=now, name=name)
    _factor_kept(session, enrolling, Factor.PASSKEY, now)


def call_provider(session: Session, enrolling: Enrolling, *, now: datetime) -> bool:
    """Call the organization at its number in the provider directory and tell the code; False when called too often."""
    provider = provider_to_call(session, enrolling)
    if provider is None:
        raise StepRefused("There is nothing to confirm.")
    number = dialled(enrolling.contract, provider.phone, Factor.VOICE)
    return codes.send_code(session, enrolling.desk, Asked(PROOF, Factor.VOICE, number), now=now)


def prove_organization(session: Session, enrolling: Enrolling, code: str, *, now: datetime) -> None:
    """The code told at the organization's own telephone confirms the claim (S5). Raises StepRefused."""
    count_try(session, enrolling, now)
    if codes.take_code(session, enrolling.desk, PROOF, code, now=now) is None:
        raise StepRefused("That code is not right, or it is no longer valid. Check it, or ask for a new call.")
    claims.prove(session, enrolling.user.id, now=now)


def complete(session: Session, enrolling: Enrolling, *, now: datetime) -> str:
    """Everything is there: the user name is taken, claims are settled, the person is signed in (MFA-09).

    The token of the whole session. Raises StepRefused when the user name was taken meanwhile, or a step is open.
    """
    if next_step(session, enrolling) is not None:
        raise StepRefused("Something is still missing.")
    user, row = enrolling.user, enrolling.held
    try:
        with session.begin_nested():
            user.username_key = queries.username_key(user.username)
    except IntegrityError:
        session.refresh(user)
        raise StepRefused("That user name was taken meanwhile. Choose another one.") from None
    user.enrolled_at = now
    claims.settle(session, enrolling.contract, user, sending=enrolling.sending, now=now)
    session.flush()
    token = new_token()
    row.token_hash, row.stage, row.factor = token_hash(token), "full", _best(session, enrolling)
    row.group_id = queries.chosen_group(queries.list_groups(session, user.id), None)
    row.created_at, row.expires_at = now, now + SESSION_LIFE
    record(session, actor=enrolling.actor, action="user:enrol", object_type="user", object_id=user.id, now=now)
    return token


def _is_taken(session: Session, user: UserAccount, username: str) -> bool:
    found = queries.find_user(session, queries.username_key(username))
    return found is not None and found.id != user.id


def _purpose(channel: Factor, address: str) -> str:
    """A code proves the address it was sent to, no other."""
    return PURPOSE if channel is Factor.EMAIL else f"{PURPOSE} {address}"


def count_try(session: Session, enrolling: Enrolling, now: datetime) -> None:
    """Count a code that is about to be compared. Raises StepRefused when too many were tried."""
    if not attempts.may_try_factor(session, enrolling.user.id, now=now):
        raise StepRefused("Too many codes were tried. Please wait an hour, then try again.")
    session.add(FactorAttempt(user_id=enrolling.user.id, at=now, succeeded=False))
    session.flush()


def _factor_kept(session: Session, enrolling: Enrolling, factor: Factor, now: datetime) -> None:
    who, user_id, detail = enrolling.actor, enrolling.user.id, {"factor": factor.value}
    record(session, actor=who, action="factor:add", object_type="user", object_id=user_id, detail=detail, now=now)
    session.flush()


def _best(session: Session, enrolling: Enrolling) -> str:
    return factors.offered_to(session, enrolling.contract, enrolling.user)[0].value
