"""A password everybody would guess, or below rules that were tightened, is changed right after signing in.

Nobody is locked out by it: the old password still opens the door, once more. Must not know how pages look.
"""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from app.accounts import queries
from app.domain.access import ActorKind
from app.web.messages import gettext as _
from app.web.request import session, signed_in

_FINE = "password_fine"
_OPEN = frozenset(
    {"profile.password", "profile.change_password", "accounts.sign_out", "web.seal", "web.brand_css", "static"}
)


def change_first() -> Response | None:
    """Send whoever's password must be changed to where it is; the browser's own mark spares the question later."""
    person = signed_in()
    if person is None or person.actor.kind is not ActorKind.PROVIDER or not person.groups:
        return None
    endpoint = str(request.endpoint)
    if browser.get(_FINE) or endpoint in _OPEN or endpoint.startswith("terms."):
        return None
    if person.actor.user_id is None or not queries.must_change_password(session(), person.actor.user_id):
        browser[_FINE] = True
        return None
    flash(_("Many people use a password like yours, or the rules have changed. Choose another one to go on."), "warn")
    return redirect(url_for("profile.password"), 303)
