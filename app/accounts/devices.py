"""The devices a person signed in from: counted by themselves, remembered for the workday, forgotten at a word.

Must not know cookies or pages: a device's token comes in as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import UserAccount, UserSession
from app.accounts.recovery_models import KnownDevice
from app.accounts.secrets import token_hash
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.storage.audit import record
from tenancy.contract import Contract

REMEMBERED_MOST = timedelta(hours=12)
KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser as it tells of itself: its device's token and a name its owner recognises."""

    token: str
    label: str
    remembers: bool = False


def find_device(session: Session, token: str, username_key: str) -> KnownDevice | None:
    """The device of this token as one of the person with this user name; None for anybody else's."""
    if not token:
        return None
    return session.scalar(
        select(KnownDevice)
        .join(UserAccount, UserAccount.id == KnownDevice.user_id)
        .where(
            KnownDevice.token_hash == token_hash(token),
            UserAccount.username_key == username_key,
            KnownDevice.forgotten_at.is_(None),
        )
    )


def is_remembered(device: KnownDevice | None, contract: Contract, *, now: datetime) -> bool:
    """Whether the second factor is spared: the same device, the same workday, at most 12 hours (AUTH-05).

    A clock set back spares nothing that lies further ahead than 12 hours.
    """
    until = device.remembered_until if device else None
    return contract.sign_in.remember_workday and until is not None and now < until <= now + REMEMBERED_MOST


def remembered_until(contract: Contract, now: datetime) -> datetime:
    """The end of the local day in the contract's zone, or 12 hours from now if that is earlier."""
    zone = ZoneInfo(contract.identity.time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return min(datetime.combine(tomorrow, time(), zone).astimezone(now.tzinfo), now + REMEMBERED_MOST)


def keep_device(session: Session, contract: Contract, session_token: str, browser: Browser, *, now: datetime) -> None:
    """Note the device a whole session began on; the box on the sign-in page decides whether it is remembered.

    What was remembered already is not prolonged, so that the factor is asked once a workday.
    """
    row = session.execute(select(UserSession).where(UserSession.token_hash == token_hash(session_token))).scalar_one()
    hashed = token_hash(browser.token)
    found = session.scalar(
        select(KnownDevice).where(KnownDevice.token_hash == hashed, KnownDevice.user_id == row.user_id)
    )
    device = found or KnownDevice(token_hash=hashed, user_id=row.user_id, created_at=now)
    device.label, device.last_used_at, device.forgotten_at = browser.label, now, None
    if not (browser.remembers and contract.sign_in.remember_workday):
        device.remembered_until = None
    elif row.factor is not None:
        device.remembered_until = remembered_until(contract, now)
    session.add(device)
    session.flush()
    row.device_id = device.id


def has_remembered(session: Session, token: str, *, now: datetime) -> bool:
    """Whether anybody is remembered on this device, so that the box is shown ticked."""
    if not token:
        return False
    statement = select(KnownDevice.id).where(
        KnownDevice.token_hash == token_hash(token),
        KnownDevice.remembered_until > now,
        KnownDevice.forgotten_at.is_(None),
    )
    return session.scalar(statement.limit(1)) is not None


def list_devices(session: Session, user_id: UUID) -> tuple[KnownDevice, ...]:
    """The person's devices, the one used last first."""
    mine = select(KnownDevice).where(KnownDevice.user_id == user_id, KnownDevice.forgotten_at.is_(None))
    return tuple(session.scalars(mine.order_by(KnownDevice.last_used_at.desc())))


def forget_device(session: Session, device_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Know one of one's own devices no more and end its sessions. Raises NotFound."""
    device = session.get(KnownDevice, device_id)
    if device is None or device.user_id != actor.user_id or device.forgotten_at is not None:
        raise NotFound
    device.forgotten_at, device.remembered_until = now, None
    still = (UserSession.device_id == device.id) & UserSession.ended_at.is_(None)
    session.execute(update(UserSession).where(still).values(ended_at=now, end_reason="device forgotten"))
    record(session, actor=actor, action="device:forget", object_type="device", object_id=device.id, now=now)


def forget_all(session: Session, user_id: UUID, *, now: datetime) -> None:
    """Remember none of a person's devices any more, as after a new password."""
    mine = (KnownDevice.user_id == user_id) & KnownDevice.forgotten_at.is_(None)
    session.execute(update(KnownDevice).where(mine).values(forgotten_at=now, remembered_until=None))
