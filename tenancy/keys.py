"""A random 256-bit key per tenant, wrapped by the master key, in ``control.tenant_key``.

Destroying a tenant's key shreds its files. Must not know files or rooms.
"""

from __future__ import annotations

import os
import threading
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from tenancy.isolation import checked_slug
from tenancy.scope import ControlDatabase

_NONCE = 12
_KEY = 32
_REMEMBER_SECONDS = 60.0


class KeyUnusable(RuntimeError):
    """The tenant's key was destroyed, or the master key does not open it."""


class Keyring:
    """Opens tenants' keys; a tenant gets its key the first time one is needed."""

    def __init__(self, control: ControlDatabase, master_key: bytes) -> None:
        self._control = control
        self._master = AESGCM(master_key)
        self._known: dict[str, tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def key_for(self, slug: str) -> bytes:
        """The tenant's 32-byte key. Raises KeyUnusable when it was destroyed or will not open.

        A key is remembered for a minute, so that a purge elsewhere takes hold here.
        """
        checked_slug(slug)
        now = time.monotonic()
        with self._lock:
            remembered = self._known.get(slug)
            if remembered and remembered[0] > now:
                return remembered[1]
        key = self._open(slug, self._wrapped(slug))
        with self._lock:
            self._known[slug] = (now + _REMEMBER_SECONDS, key)
        return key

    def forget(self) -> None:
        """Remember no key: the next one asked for is read from control."""
        with self._lock:
            self._known.clear()

    def _wrapped(self, slug: str) -> bytes | None:
        select = text("SELECT wrapped_key FROM control.tenant_key WHERE slug = :slug")
        with self._control.session() as session:
            row = session.execute(select, {"slug": slug}).one_or_none()
            if row is None:
                session.execute(
                    text(
                        "INSERT INTO control.tenant_key (slug, wrapped_key, created_at) VALUES (:slug, :key, now())"
                        " ON CONFLICT (slug) DO NOTHING"
                    ),
                    {"slug": slug, "key": self._wrap(slug, os.urandom(_KEY))},
                )
                session.commit()
                row = session.execute(select, {"slug": slug}).one()
            return None if row[0] is None else bytes(row[0])

    def _wrap(self, slug: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._master.encrypt(nonce, key, slug.encode())

    def _open(self, slug: str, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise KeyUnusable("the tenant's key was destroyed")
        try:
            return self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], slug.encode())
        except InvalidTag:
            raise KeyUnusable("the master key does not open the tenant's key") from None
