"""Second factors of a sign-in: codes by e-mail under the limits of S1, codes of an authenticator app used once.

Every function is called with the person's row locked, so that tries and sends are counted one after another.
"""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.attempts import may_send_code
from app.accounts.models import OneTimeCode, TotpSecret, UserAccount, UserSession
from app.accounts.queries import has_totp
from app.accounts.secrets import TenantSecrets, new_code
from app.storage.mailbox import Mail, post_mail
from tenancy.contract import Contract
from tenancy.vocabulary import Factor

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
PURPOSE = "sign-in"
_STEP_SECONDS = 30
_NEIGHBOURS = (0, -1, 1)


def offered_to(session: Session, contract: Contract, user: UserAccount) -> tuple[Factor, ...]:
    """The factors this person can use now: the authenticator app once registered, then the registered e-mail."""
    found = [Factor.TOTP] if has_totp(session, user.id) else []
    offers_email = Factor.EMAIL in contract.factors.offered or contract.factors.email_fallback
    return (*found, Factor.EMAIL) if offers_email or not found else tuple(found)


def send_code(
    session: Session, contract: Contract, user: UserAccount, pending: UserSession, secrets: TenantSecrets, now: datetime
) -> bool:
    """E-mail a fresh code for this session; only the newest works. False when too many were sent already."""
    address_hash = secrets.keyed_hash("address", user.email.casefold())
    if not may_send_code(session, user.id, address_hash, now=now):
        return False
    _close_codes(session, pending, now)
    code = new_code(contract.factors.code_digits)
    row = OneTimeCode(
        id=uuid.uuid4(),
        user_id=user.id,
        session_id=pending.id,
        purpose=PURPOSE,
        channel=Factor.EMAIL.value,
        address_hash=address_hash,
        code_hash=_code_hash(secrets, pending, code),
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    session.add(row)
    post_mail(session, contract, _mail(contract, user, row.id, code), now=now, key=f"sign-in-code:{row.id}")
    return True


def is_code_right(session: Session, pending: UserSession, code: str, secrets: TenantSecrets, now: datetime) -> bool:
    """Whether this is the newest code sent for the session, in time and unused; the fifth wrong try burns it."""
    row = session.scalar(
        select(OneTimeCode)
        .where(OneTimeCode.session_id == pending.id, OneTimeCode.purpose == PURPOSE, OneTimeCode.closed_at.is_(None))
        .order_by(OneTimeCode.created_at.desc())
        .limit(1)
    )
    if row is None or row.expires_at <= now:
        return False
    row.tries += 1
    is_right = hmac.compare_digest(row.code_hash, _code_hash(secrets, pending, code))
    if is_right or row.tries >= CODE_TRIES:
        row.closed_at = now
    return is_right


def is_totp_right(session: Session, user: UserAccount, code: str, secrets: TenantSecrets, now: datetime) -> bool:
    """Whether the code is the app's of this step of 30 s or one beside it, and none as late was used yet (RFC 6238)."""
    row = session.scalar(select(TotpSecret).where(TotpSecret.user_id == user.id))
    if row is None:
        return False
    app = pyotp.TOTP(secrets.open(row.sealed, bound_to=f"totp {user.id}"), interval=_STEP_SECONDS)
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in (current + beside for beside in _NEIGHBOURS):
        if step > row.last_step and hmac.compare_digest(app.generate_otp(step), code):
            row.last_step = step
            return True
    return False


def register_totp(session: Session, user: UserAccount, secret: str, secrets: TenantSecrets, now: datetime) -> None:
    """Keep the secret of an authenticator app, sealed for this person."""
    sealed = secrets.seal(secret, bound_to=f"totp {user.id}")
    session.add(TotpSecret(user_id=user.id, sealed=sealed, last_step=0, created_at=now))


def masked(email: str) -> str:
    """An address its owner recognises and nobody else learns: ``j•••@example.org``."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def _close_codes(session: Session, pending: UserSession, now: datetime) -> None:
    is_open = (OneTimeCode.session_id == pending.id) & OneTimeCode.closed_at.is_(None)
    session.execute(update(OneTimeCode).where(is_open).values(closed_at=now))


def _code_hash(secrets: TenantSecrets, pending: UserSession, code: str) -> bytes:
    return secrets.keyed_hash(f"code {PURPOSE} {Factor.EMAIL.value}", f"{pending.id} {code}")


def _mail(contract: Contract, user: UserAccount, code_id: UUID, code: str) -> Mail:
    product = contract.brand.product
    return Mail(
        kind="sign_in_code",
        to_address=user.email,
        subject=f"Your sign-in code for {product}",
        paragraphs=(
            f"Your sign-in code for {product} is {code}.",
            f"It works once, for {int(CODE_LIFE.total_seconds() // 60)} minutes, on the page where you asked for it.",
            "Nobody will ever ask you for this code. If you did not try to sign in, change your password and tell us.",
        ),
        about_id=code_id,
        is_secret=True,
    )
