"""A tenant's secrets at rest: keyed hashes of what is looked up, sealed texts of what must be read again.

Everything is bound to the tenant's key and to a purpose. Must not know users or tables.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
CLOCK_PLAY = timedelta(minutes=1)
"""How far a code or a link may seem to come from the future: a clock set back makes none live longer."""


@dataclass(frozen=True, slots=True)
class TenantSecrets:
    """Hashes and seals with keys derived from the tenant's key (HKDF-SHA256)."""

    key: bytes = field(repr=False)

    def keyed_hash(self, purpose: str, text: str) -> bytes:
        """HMAC-SHA256 of a text for a purpose: the same text of another tenant or purpose hashes differently."""
        return hmac.new(self._derived(f"hash {purpose}"), text.encode(), hashlib.sha256).digest()

    def seal(self, text: str, *, bound_to: str) -> bytes:
        """Encrypt a text so that it opens for the same owner only."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._derived("seal")).encrypt(nonce, text.encode(), bound_to.encode())

    def open(self, sealed: bytes, *, bound_to: str) -> str:
        """The sealed text. Raises cryptography's InvalidTag for another owner or another tenant's key."""
        opened = AESGCM(self._derived("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        return opened.decode()

    def _derived(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"charter accounts {purpose}".encode()).derive(self.key)


def new_token() -> str:
    """256 random bits for a session cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """How a session token is kept: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def new_code(digits: int) -> str:
    """A one-time code from the system's random source (S1)."""
    return f"{secrets.randbelow(10**digits):0{digits}}"
