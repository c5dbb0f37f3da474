"""Forged requests: a token per session in every form, and what the browser says about where a request comes from.

Must not know any page.
"""

from __future__ import annotations

import hmac
import secrets

from flask import request, session
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_KEY = "csrf"
_OWN_SITES = frozenset({"same-origin", "none"})


class ForgedRequest(BadRequest):
    """The request did not come from a page of ours, or from one of an earlier session."""


def csrf_token() -> str:
    """The token of this browser session; made at the first page that needs one."""
    token = session.get(_KEY)
    if not isinstance(token, str):
        token = session[_KEY] = secrets.token_urlsafe(32)
    return token


def csrf_field() -> Markup:
    """The hidden field of a form that posts."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def rotate() -> None:
    """Forget the token, so that pages of an earlier session cannot post any more."""
    session.pop(_KEY, None)


def empty_session() -> None:
    """Forget all but the token, which the next sign-in changes: tabs that reach the sign-in page at once share it."""
    token = session.get(_KEY)
    session.clear()
    if isinstance(token, str):
        session[_KEY] = token


def check() -> None:
    """Raise ForgedRequest unless the token fits and the browser names no foreign origin."""
    if not _is_own_origin():
        raise ForgedRequest
    expected = session.get(_KEY)
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not isinstance(expected, str) or not hmac.compare_digest(expected.encode(), given.encode()):
        raise ForgedRequest


def _is_own_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OWN_SITES:
        return False
    origin = request.headers.get("Origin")
    # behind a proxy that ends TLS the scheme seen here is not the browser's; the host decides
    return origin is None or origin.partition("://")[2] == request.host
