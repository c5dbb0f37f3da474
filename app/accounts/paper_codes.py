"""Recovery codes on paper: ten, each used once, kept as keyed hashes. The way in when telephone and app are gone.

Must not know requests or pages.
"""

from __future__ import annotations

import base64
import uuid
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.enrolment_models import RecoveryCode
from app.accounts.models import UserAccount, UserSession
from app.accounts.secrets import TenantSecrets

HOW_MANY = 10
_BYTES = 7


def shown_codes(secrets: TenantSecrets, held: UserSession, salt: str = "") -> tuple[str, ...]:
    """The codes a session shows, such as ``K7QD-M3PX-AAAB``: 56 bits each, the same while session and salt last."""
    return tuple(_written(secrets.keyed_hash(f"paper {number}", f"{held.id}{salt}")) for number in range(HOW_MANY))


def keep_codes(
    session: Session, secrets: TenantSecrets, user: UserAccount, shown: tuple[str, ...], *, now: datetime
) -> None:
    """The codes just shown are the person's from here on; earlier ones are worth nothing."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    for code in shown:
        row = RecoveryCode(id=uuid.uuid4(), user_id=user.id, code_hash=_hash(secrets, user, code), created_at=now)
        session.add(row)
    session.flush()


def has_codes(session: Session, user: UserAccount) -> bool:
    """Whether the person keeps codes."""
    return count_codes(session, user) > 0


def count_codes(session: Session, user: UserAccount) -> int:
    """How many unused codes are left."""
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def take_code(session: Session, secrets: TenantSecrets, user: UserAccount, typed: str, *, now: datetime) -> bool:
    """Whether this is an unused code of the person; it is used up. The caller holds the person's row."""
    wanted = (RecoveryCode.user_id == user.id) & (RecoveryCode.code_hash == _hash(secrets, user, typed))
    row = session.scalar(select(RecoveryCode).where(wanted, RecoveryCode.used_at.is_(None)))
    if row is not None:
        row.used_at = now
    return row is not None


def _written(mixed: bytes) -> str:
    text = base64.b32encode(mixed[:_BYTES]).decode().rstrip("=")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hash(secrets: TenantSecrets, user: UserAccount, code: str) -> bytes:
    plain = "".join(filter(str.isalnum, code)).upper()
    return secrets.keyed_hash("paper code", f"{user.id} {plain}")
