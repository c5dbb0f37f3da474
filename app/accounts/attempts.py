"""Counting wrong passwords and wrong codes in PostgreSQL, so that neither a restart nor Redis forgets them (S1, S3).

Knows tables and figures; must not know passwords, codes or pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import FactorAttempt, OneTimeCode, PasswordAttempts

LONGEST_LOCK = timedelta(minutes=60)
_FORGOTTEN_AFTER = timedelta(hours=24)
_TRIES = ((timedelta(hours=1), 10), (timedelta(days=1), 30))
_SENDS = (timedelta(minutes=15), 3)
_SENDS_TO_ADDRESS = (timedelta(hours=1), 10)


@dataclass(frozen=True, slots=True)
class LockRule:
    """Failures in a row before a lock, and how long the first one lasts; each further one doubles, up to an hour."""

    failures: int
    first: timedelta

    def length(self, earlier_locks: int) -> timedelta:
        """How long the next lock lasts."""
        doublings: int = 2 ** min(earlier_locks, 10)
        return max(self.first, min(self.first * doublings, LONGEST_LOCK))


def take_turn(session: Session, subject: bytes, *, now: datetime) -> PasswordAttempts:
    """The subject's counter, locked until the transaction ends: tries for one user name go one after another."""
    fresh = {"subject": subject, "failures": 0, "locks": 0, "last_at": now}
    session.execute(insert(PasswordAttempts).values(fresh).on_conflict_do_nothing())
    row = session.execute(
        select(PasswordAttempts).where(PasswordAttempts.subject == subject).with_for_update()
    ).scalar_one()
    if now - row.last_at > _FORGOTTEN_AFTER:
        row.failures = row.locks = 0
        row.locked_until = None
    return row


def locked_until(row: PasswordAttempts, *, now: datetime) -> datetime | None:
    """When the lock ends, or None when there is none.

    A clock set back leaves nobody locked for longer than the longest lock.
    """
    until = row.locked_until
    return until if until is not None and now < until <= now + LONGEST_LOCK else None


def count_failure(row: PasswordAttempts, rule: LockRule, *, now: datetime) -> None:
    """One more failure; the last one allowed locks the user name (AUTH-08)."""
    row.failures += 1
    row.last_at = now
    if row.failures >= rule.failures:
        row.locked_until = now + rule.length(row.locks)
        row.locks += 1
        row.failures = 0


def count_success(row: PasswordAttempts, *, now: datetime) -> None:
    """The right password ends the count."""
    row.failures = row.locks = 0
    row.locked_until = None
    row.last_at = now


def may_try_factor(session: Session, user_id: UUID, *, now: datetime) -> bool:
    """At most 10 tries an hour and 30 a day for one person."""
    return all(_count_tries(session, user_id, now - period) < limit for period, limit in _TRIES)


def failures_since(session: Session, user_id: UUID, since: datetime) -> int:
    """Wrong codes of this person since an instant."""
    statement = select(func.count()).where(
        FactorAttempt.user_id == user_id, FactorAttempt.at >= since, FactorAttempt.succeeded.is_(False)
    )
    return session.scalar(statement) or 0


def may_send_code(session: Session, user_id: UUID, address_hash: bytes, *, now: datetime) -> bool:
    """At most 3 codes in 15 minutes to one person, and 10 in an hour to one address whoever asked."""
    period, limit = _SENDS
    to_person = select(func.count()).where(OneTimeCode.user_id == user_id, OneTimeCode.created_at > now - period)
    hour, limit_of_address = _SENDS_TO_ADDRESS
    to_address = select(func.count()).where(
        OneTimeCode.address_hash == address_hash, OneTimeCode.created_at > now - hour
    )
    return (session.scalar(to_person) or 0) < limit and (session.scalar(to_address) or 0) < limit_of_address


def _count_tries(session: Session, user_id: UUID, since: datetime) -> int:
    statement = select(func.count()).where(FactorAttempt.user_id == user_id, FactorAttempt.at > since)
    return session.scalar(statement) or 0
