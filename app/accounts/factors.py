"""Second factors of a sign-in: codes by e-mail or telephone (S1), codes of an authenticator app used once.

Every function is called with the person's row locked, so that tries and sends are counted one after another.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import codes, queries
from app.accounts.codes import Asked, CodeDesk
from app.accounts.models import TotpSecret, UserAccount, UserSession
from app.accounts.secrets import TenantSecrets
from app.domain.credentials import clamp
from tenancy.contract import Contract
from tenancy.contract.floor import Floor
from tenancy.vocabulary import Factor

CODE_TRIES = 5
PURPOSE = "sign-in"
_STEP_SECONDS = 30
_NEIGHBOURS = (0, -1, 1)


def offered_to(session: Session, contract: Contract, user: UserAccount) -> tuple[Factor, ...]:
    """The factors this person can use now: what was registered, strongest first, then the registered e-mail."""
    found = [Factor.PASSKEY] if queries.has_passkey(session, user.id) else []
    found += [Factor.TOTP] if queries.has_totp(session, user.id) else []
    phone = queries.find_phone(session, user.id)
    if phone is not None:
        found += [Factor.SMS, Factor.VOICE] if phone.takes_texts else [Factor.VOICE]
    offers_email = Factor.EMAIL in contract.factors.offered or contract.factors.email_fallback
    return (*found, Factor.EMAIL) if offers_email or not found else tuple(found)


def send_code(session: Session, desk: CodeDesk, channel: Factor, *, now: datetime) -> bool:
    """Send a fresh sign-in code to the registered e-mail or telephone; only the newest works.

    False when too many were sent already, or there is no such telephone.
    """
    address = address_of(session, desk.user, channel)
    return address is not None and codes.send_code(session, desk, Asked(PURPOSE, channel, address), now=now)


def is_code_right(session: Session, desk: CodeDesk, code: str, *, now: datetime) -> bool:
    """Whether this is the newest code sent for the session, in time and unused; the last wrong try burns it."""
    return codes.take_code(session, desk, PURPOSE, code, now=now) is not None


def desk_of(contract: Contract, user: UserAccount, held: UserSession, secrets: TenantSecrets) -> CodeDesk:
    """The session and person a code belongs to, under the policy the contract is held to."""
    return CodeDesk(contract, clamp(contract, Floor()), secrets, held, user)


def address_of(session: Session, user: UserAccount, channel: Factor) -> str | None:
    """Where a code of this channel goes; None when the person registered nothing of the kind."""
    if channel is Factor.EMAIL:
        return user.email
    phone = queries.find_phone(session, user.id) if channel in (Factor.SMS, Factor.VOICE) else None
    return None if phone is None or (channel is Factor.SMS and not phone.takes_texts) else phone.number


def is_totp_right(session: Session, user: UserAccount, code: str, secrets: TenantSecrets, now: datetime) -> bool:
    """Whether the code is the app's of this step of 30 s or one beside it, and none as late was used yet (RFC 6238)."""
    row = session.scalar(select(TotpSecret).where(TotpSecret.user_id == user.id))
    if row is None:
        return False
    step = _step_of(secrets.open(row.sealed, bound_to=f"totp {user.id}"), code, row.last_step, now)
    if step is not None:
        row.last_step = step
    return step is not None


def register_totp(
    session: Session, user: UserAccount, secret: str, secrets: TenantSecrets, now: datetime, last_step: int = 0
) -> None:
    """Keep the secret of an authenticator app, sealed for this person; an earlier app is replaced."""
    session.execute(delete(TotpSecret).where(TotpSecret.user_id == user.id))
    sealed = secrets.seal(secret, bound_to=f"totp {user.id}")
    session.add(TotpSecret(user_id=user.id, sealed=sealed, last_step=last_step, created_at=now))


def first_totp_step(secret: str, code: str, now: datetime) -> int | None:
    """The step of an app that is being registered when it shows this code; None when it does not."""
    return _step_of(secret, code, 0, now)


def _step_of(secret: str, code: str, used: int, now: datetime) -> int | None:
    app = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in (current + beside for beside in _NEIGHBOURS):
        if step > used and hmac.compare_digest(app.generate_otp(step), code):
            return step
    return None


def masked(email: str) -> str:
    """An address its owner recognises and nobody else learns: ``j•••@example.org``."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
