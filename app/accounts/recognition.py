"""Who is at the keyboard: the session cookie's token, through Flask-Login, to a person with groups and roles.

Ends a session that was idle longer than the contract allows; the instant of the last activity travels in the
signed cookie, so an older copy of the cookie is an older activity.
"""

from __future__ import annotations

from flask import Flask, g, redirect, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.accounts import device_cookie, staff_recognition
from app.accounts.queries import KnownSession, find_session
from app.accounts.secrets import token_hash
from app.web import csrf
from app.web import request as web
from app.web.request import GroupChoice, SignedIn

_SEEN = "seen"
_PENDING = "pending"
_NEXT = "next"
_REMEMBERS = "remembers"


class LoginUser(UserMixin):  # type: ignore[misc]
    """A person as Flask-Login carries it; its id is the session's token, which can be ended, not the person's."""

    def __init__(self, token: str, known: KnownSession | None = None) -> None:
        self.token = token
        self.known = known

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token


def install(app: Flask) -> None:
    """Let the web floor recognise people."""
    manager = LoginManager()
    manager.session_protection = None  # an address may change in the middle of a request for care
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)  # a page never asks the database
    web.portal_of(app).recognise = recognise
    staff_recognition.install(app)


def recognise() -> SignedIn | None:
    """The signed-in person of this request, or None; an idle session is forgotten."""
    if staff_recognition.is_held():
        return staff_recognition.recognise()
    if "_user_id" not in session or g.is_console:
        return None
    if staff_recognition.is_idle():
        logout_user()
        csrf.empty_session()
        g.was_idle = True
        return None
    if not current_user.is_authenticated or current_user.known is None:
        csrf.empty_session()
        return None
    staff_recognition.note_activity()
    return _signed_in(current_user.known)


def keep_session(token: str) -> None:
    """Give the browser a whole session; everything of the earlier one is forgotten, the form token included."""
    session.clear()
    csrf.rotate()
    session[_SEEN] = int(web.now().timestamp())
    login_user(LoginUser(token))


def let_in(token: str, target: str, *, remembers: bool) -> Response:
    """In, on a device that is known from now on, and on to where the person wanted to go."""
    answer = redirect(target, 303)
    device_cookie.keep(answer, token, remembers=remembers)
    keep_session(token)
    return answer


def keep_pending(token: str, target: str, *, remembers: bool = False) -> None:
    """Give the browser a session that waits for its second factor, and remember where it wanted to go."""
    session.clear()
    session[_REMEMBERS] = remembers
    session[_PENDING] = token
    session[_NEXT] = target


def pending_token() -> str:
    """The token of the session that waits for its second factor; empty when there is none."""
    return str(session.get(_PENDING, ""))


def remembers() -> bool:
    """Whether the box on the sign-in page was ticked."""
    return bool(session.get(_REMEMBERS, False))


def wanted_page() -> str:
    """Where the person wanted to go before signing in."""
    return str(session.get(_NEXT, "/"))


def forget() -> None:
    """The browser holds no session any more."""
    logout_user()
    session.clear()


def _load(token: str) -> LoginUser | None:
    known = find_session(web.session(), token_hash(token), now=web.now())
    return LoginUser(token, known) if known is not None else None


def _signed_in(known: KnownSession) -> SignedIn:
    labels = web.contract().users.roles
    groups = tuple(
        GroupChoice(
            id=group.group_id,
            name=group.name,
            role=labels[group.role].label,
            is_current=group.group_id == known.current_group,
        )
        for group in known.groups
    )
    return SignedIn(actor=known.actor, groups=groups, session_id=known.session_id)
