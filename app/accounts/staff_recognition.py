"""Which of the payer's staff is at the keyboard, and what their browser carries while it is at the identity provider.

The cookie is the host's own, as everybody's; a token opens one place. Must not know any page.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import cast

from flask import Flask, current_app, g, request, session

from app.accounts.oidc import IdentityProvider, Journey
from app.accounts.staff import StaffVisit, find_visit, list_colleagues
from app.accounts.staff_plan import CONSOLE, read_plan
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.web import csrf
from app.web import request as web
from app.web.access import CONSOLE_HOST
from app.web.request import SignedIn
from app.web.sessions import CONSOLE_COUNTDOWN, CONSOLE_IDLE

_STAFF, _SEEN, _AWAY = "staff", "seen", "away"
EXTENSION = "charter-identity-provider"
"""Where an application keeps its identity provider."""
ASKS_ONLY = frozenset({"sessions.left", "staff.left"})
"""The pages that tell how long a session has left; asking them is no activity."""
_AWAY_LIFE = timedelta(minutes=15)


def install(app: Flask) -> None:
    """Read the plan of the settings' file; without one nobody of the staff can sign in."""
    settings = web.portal_of(app).settings
    if settings.staff_file is not None:
        plan = read_plan(settings.staff_file, is_development=not settings.is_secure)
        app.extensions[EXTENSION] = IdentityProvider(plan)


def find_provider() -> IdentityProvider | None:
    """The staff's identity provider, None where the settings name none."""
    return cast("IdentityProvider | None", current_app.extensions.get(EXTENSION))


def provider() -> IdentityProvider:
    """The staff's identity provider. Raises NotFound where the settings name none."""
    found = find_provider()
    if found is None:
        raise NotFound
    return found


def here() -> str:
    """The place this request asked: a tenant's slug or the console."""
    return CONSOLE if g.is_console else web.tenant().slug


def colleagues() -> tuple[Actor, ...]:
    """The staff with a role at this place; nobody where the settings name no identity provider."""
    found = find_provider()
    return list_colleagues(web.control(), found.plan, here()) if found else ()


def callback_address() -> str:
    """Where the identity provider sends a browser back to, from the settings and never from a request."""
    subdomain = CONSOLE_HOST if g.is_console else web.contract().identity.subdomain
    return f"{web.portal().settings.url(subdomain)}staff/callback"


def is_held() -> bool:
    """Whether the browser holds a session of the staff."""
    return _STAFF in session


def recognise() -> SignedIn | None:
    """The person of the staff at the keyboard, or None; an idle session is forgotten."""
    if is_idle():
        csrf.empty_session()
        g.was_idle = True
        return None
    visit = _visit()
    if visit is None:
        session.clear()
        return None
    note_activity()
    return SignedIn(actor=visit.actor, groups=(), session_id=visit.session_id, until=visit.until)


def note_activity() -> None:
    """Keep the instant, unless a script asked by itself: saving what is typed and polling are no activity (R9).

    A person at the keyboard is told of by the page's own script, with a request of its own.
    """
    if not (web.is_partial() or request.endpoint in ASKS_ONLY):
        session[_SEEN] = int(web.now().timestamp())


def keep(token: str) -> None:
    """Give the browser a session of the staff; everything of the earlier one is forgotten, the form token included."""
    session.clear()
    csrf.rotate()
    session[_STAFF] = token
    session[_SEEN] = int(web.now().timestamp())


def remember_journey(journey: Journey, target: str) -> None:
    """What the browser must bring back from the identity provider, and where it wanted to go."""
    session[_AWAY] = {**asdict(journey), "address": "", "target": target, "at": int(web.now().timestamp())}


def take_journey(state: str) -> tuple[Journey, str] | None:
    """The journey this browser began, once; None for another's, an old one or none."""
    kept = session.pop(_AWAY, None)
    if not isinstance(kept, dict) or not state or kept.get("state") != state:
        return None
    if web.now().timestamp() - kept["at"] > _AWAY_LIFE.total_seconds():
        return None
    return Journey("", state, kept["nonce"], kept["verifier"]), kept["target"]


def forget() -> None:
    """The browser holds no session any more."""
    session.clear()


def _visit() -> StaffVisit | None:
    found = find_provider()
    if found is None:
        return None
    return find_visit(web.control(), found.plan, str(session[_STAFF]), here(), now=web.now())


def seconds_left() -> int:
    """How long the session lasts without activity; less than nothing once it is over or was never active.

    A clock set back makes a session no longer than a fresh one.
    """
    seen = session.get(_SEEN)
    limit = CONSOLE_IDLE + CONSOLE_COUNTDOWN
    if not g.is_console:
        held = web.policy()
        limit = held.idle + held.countdown
    if not isinstance(seen, int):
        return -1
    passed = max(0, int(web.now().timestamp()) - seen)
    return int(limit.total_seconds()) - passed


def is_idle() -> bool:
    """Whether the session ran out without activity."""
    return seconds_left() < 0
