"""One's own sessions: how long this one lasts, that somebody is still there."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.accounts.staff_recognition import seconds_left
from app.domain.access import Permission
from app.web.access import body_limit, requires

blueprint = Blueprint("sessions", __name__)
_SMALL = 8 * 1024


@blueprint.get("/session/left")
@requires(Permission.SESSION_END)
def left() -> Response:
    """Seconds until the idle sign-off, for the page's own countdown; asking is no activity."""
    return jsonify(left=max(0, seconds_left()))


@blueprint.post("/session/alive")
@requires(Permission.SESSION_END)
@body_limit(_SMALL)
def alive() -> Response:
    """Somebody is at the keyboard: the idle time starts again."""
    return Response(status=204)
