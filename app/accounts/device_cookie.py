"""The device's own cookie: a random token for half a year, for this host only, worth nothing without a password.

Must not know who is signed in.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response as FlaskResponse
from flask import request
from werkzeug.wrappers import Response

from app.accounts import devices
from app.accounts.secrets import new_token
from app.accounts.service import Keyboard
from app.web.request import contract, now, portal, session

_TOKEN_LENGTH = 43
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def _name() -> str:
    return "__Host-charter-device" if portal().settings.is_secure else "charter-device"


def token() -> str:
    """The token this browser brought; empty when it brought none of ours."""
    found = request.cookies.get(_name(), "")
    return found if len(found) == _TOKEN_LENGTH and found.isascii() else ""


def keyboard(form: Mapping[str, str]) -> Keyboard:
    """Where somebody signs in, with the box on the page."""
    return Keyboard(token(), remembers=form.get("remember", "") != "")


def is_remembered() -> bool:
    """Whether the box is shown ticked."""
    return devices.has_remembered(session(), token(), now=now())


def keep(answer: Response | FlaskResponse, session_token: str, *, remembers: bool) -> None:
    """Know this device from now on."""
    held = token() or new_token()
    browser = devices.Browser(held, described(request.headers.get("User-Agent", "")), remembers=remembers)
    devices.keep_device(session(), contract(), session_token, browser, now=now())
    seconds = int(devices.KNOWN_FOR.total_seconds())
    is_secure = portal().settings.is_secure
    answer.set_cookie(_name(), held, max_age=seconds, secure=is_secure, httponly=True, samesite="Lax", path="/")


def described(agent: str) -> str:
    """A browser as its owner would name it: ``Firefox on Windows``."""
    browser = next((name for word, name in _BROWSERS if word in agent), "A browser")
    system = next((name for word, name in _SYSTEMS if word in agent), "")
    return f"{browser} on {system}" if system else browser
