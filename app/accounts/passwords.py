"""Hashing passwords with argon2id, at most a few at once. Must not know users, requests or a contract's rules."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.domain.credentials import folded_password
from app.domain.errors import Unavailable

LONGEST = 256
"""Code points, after NFKC, of the longest password looked at (NIST SP 800-63B-4 3.1.1.2 asks for at least 64)."""

_LONGEST_TYPED = 4096
_AT_ONCE = 4
_WAIT_SECONDS = 5.0
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = threading.BoundedSemaphore(_AT_ONCE)


def hashed(password: str) -> str:
    """The argon2id hash (19 MiB, two passes). Raises ValueError past the longest, Unavailable when busy."""
    folded = _folded(password)
    if folded is None:
        raise ValueError("the password is longer than the portal accepts")
    with _turn():
        return _HASHER.hash(folded)


def is_match(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without a hash the same work is done and the answer is no (S4).

    Never truncates: a password past the longest is refused, after the same work. Raises Unavailable when busy.
    """
    folded = _folded(password)
    with _turn():
        is_right = _verified(password_hash or _NOBODY, folded or "")
        return is_right and folded is not None and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _folded(password: str) -> str | None:
    """The password as it is hashed; None when it is longer than any that can have been set."""
    if len(password) > _LONGEST_TYPED:
        return None
    folded = folded_password(password)
    return folded if len(folded) <= LONGEST else None


@contextmanager
def _turn() -> Iterator[None]:
    if not _gate.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        _gate.release()


_NOBODY = _HASHER.hash("nobody has this password")
