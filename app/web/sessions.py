"""The session cookie: signed, for one host only, with the ``__Host-`` prefix wherever the portal is served over TLS.

Holds a random session token, the form token and the instant of the last activity. Must not know who a token is.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

SECURE_NAME = "__Host-charter"
PLAIN_NAME = "charter"
CONSOLE_IDLE, CONSOLE_COUNTDOWN = timedelta(minutes=15), timedelta(minutes=2)
"""At the console no contract says how long nobody need be there; as the guides have it (SESS-01)."""


class HostSessions(SecureCookieSessionInterface):
    """Signs the cookie for the host it was given to: replayed at a sibling host it is not even read."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """A serializer whose salt holds the request's host."""
        host = request.host.partition(":")[0].lower()
        if not isinstance(app.secret_key, str):
            return None
        return URLSafeTimedSerializer(
            app.secret_key,
            salt=f"charter-session:{host}",
            serializer=self.serializer,
            signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
        )


def configure(app: Flask, *, is_secure: bool) -> None:
    """Name and attributes of the cookie. Plain HTTP (localhost) cannot carry the prefix or Secure."""
    app.config.update(
        SESSION_COOKIE_NAME=SECURE_NAME if is_secure else PLAIN_NAME,
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = HostSessions()
