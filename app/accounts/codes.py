"""One-time codes by e-mail, text message or call (S1): bound to a session, a purpose, a channel and the tenant.

Every function is called with the person's row locked, so that sends and tries are counted one after another.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.attempts import may_send_code
from app.accounts.dialling import line_of
from app.accounts.models import OneTimeCode, UserAccount, UserSession
from app.accounts.secrets import CLOCK_PLAY, TenantSecrets, new_code
from app.storage.mailbox import Mail, post_mail
from app.storage.telephone import Text, post_text
from tenancy.contract import Contract
from tenancy.contract.credentials import Effective
from tenancy.vocabulary import Factor


@dataclass(frozen=True, slots=True)
class Asked:
    """What a code is for, and where it goes: an e-mail address, or a telephone number in E.164."""

    purpose: str
    channel: Factor
    address: str


@dataclass(frozen=True, slots=True)
class CodeDesk:
    """The session and person a code belongs to, with the tenant's rules and secrets."""

    contract: Contract
    policy: Effective
    secrets: TenantSecrets
    held: UserSession
    user: UserAccount


def send_code(session: Session, desk: CodeDesk, asked: Asked, *, now: datetime) -> bool:
    """Send a fresh code; only the newest of the session and purpose works. False when too many were sent already."""
    address_hash = desk.secrets.keyed_hash("address", line_of(asked.address).casefold())
    if not may_send_code(session, desk.user.id, address_hash, now=now):
        return False
    _close(session, desk.held, asked.purpose, now)
    code = new_code(desk.policy.code_digits)
    row = OneTimeCode(
        id=uuid.uuid4(),
        user_id=desk.user.id,
        session_id=desk.held.id,
        purpose=asked.purpose,
        channel=asked.channel.value,
        address_hash=address_hash,
        code_hash=_hash(desk, asked.purpose, asked.channel, code),
        created_at=now,
        expires_at=now + desk.policy.code_life,
    )
    session.add(row)
    _post(session, desk, asked, row.id, code, now)
    return True


def take_code(session: Session, desk: CodeDesk, purpose: str, code: str, *, now: datetime) -> OneTimeCode | None:
    """The row of the newest code of the session and purpose when this is it: in time, unused. It is used up.

    The last wrong try the contract allows burns the code, even a right one after it.
    """
    row = session.scalar(
        select(OneTimeCode)
        .where(OneTimeCode.session_id == desk.held.id, OneTimeCode.purpose == purpose, OneTimeCode.closed_at.is_(None))
        .order_by(OneTimeCode.created_at.desc())
        .limit(1)
    )
    if row is None or not row.created_at - CLOCK_PLAY <= now < row.expires_at:
        return None
    row.tries += 1
    is_right = hmac.compare_digest(row.code_hash, _hash(desk, purpose, Factor(row.channel), code))
    if is_right or row.tries >= desk.policy.code_tries:
        row.closed_at = now
    return row if is_right else None


def _close(session: Session, held: UserSession, purpose: str, now: datetime) -> None:
    is_open = (OneTimeCode.session_id == held.id) & (OneTimeCode.purpose == purpose) & OneTimeCode.closed_at.is_(None)
    session.execute(update(OneTimeCode).where(is_open).values(closed_at=now))


def _hash(desk: CodeDesk, purpose: str, channel: Factor, code: str) -> bytes:
    return desk.secrets.keyed_hash(f"code {purpose} {channel.value}", f"{desk.held.id} {code}")


def _post(session: Session, desk: CodeDesk, asked: Asked, code_id: UUID, code: str, now: datetime) -> None:
    key, product = f"{asked.purpose}-code:{code_id}", desk.contract.brand.product
    life = int(desk.policy.code_life.total_seconds() // 60)
    if asked.channel is Factor.EMAIL:
        post_mail(session, desk.contract, _mail(product, life, asked, code_id, code), now=now, key=key)
        return
    is_spoken = asked.channel is Factor.VOICE
    shown = ", ".join(code) if is_spoken else code
    body = f"{product}: your code is {shown}. It works once, for {life} minutes. Nobody will ever ask you for it."
    body = f"{body} Once more: {shown}." if is_spoken else body
    text = Text("code", asked.address, body, is_spoken=is_spoken, about_id=code_id, is_secret=True)
    post_text(session, text, now=now, key=key)


def _mail(product: str, life: int, asked: Asked, code_id: UUID, code: str) -> Mail:
    is_sign_in = asked.purpose == "sign-in"
    what = "sign-in code" if is_sign_in else "code"
    otherwise = "If you did not try to sign in, change your password and tell us." if is_sign_in else ""
    return Mail(
        kind="sign_in_code" if is_sign_in else "code",
        to_address=asked.address,
        subject=f"Your {what} for {product}",
        paragraphs=(
            f"Your {what} for {product} is {code}.",
            f"It works once, for {life} minutes, on the page where you asked for it.",
            f"Nobody will ever ask you for this code. {otherwise}".strip(),
        ),
        about_id=code_id,
        is_secret=True,
    )
