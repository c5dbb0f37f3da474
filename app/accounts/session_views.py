"""One's own sessions: how long this one lasts, that somebody is still there, and the security page."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from app.accounts import devices, recognition, security
from app.accounts.own_factors import addable as addable_factors
from app.accounts.staff_recognition import seconds_left
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, now, policy, session, signed_in

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


@blueprint.get("/security", endpoint="security")
@requires(Permission.PROFILE_EDIT)
def security_page() -> str:
    """Sessions, devices, factors, history."""
    person = signed_in()
    if person is None or person.actor.user_id is None:
        raise NotFound
    found = security.safety_of(session(), person.actor.user_id, person.session_id, now=now())
    addable = addable_factors(found.factors, policy())
    return render_template("accounts/security.html", safety=found, addable=addable, words=_words())


@blueprint.post("/security/sessions/<uuid:session_id>/end")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def end(session_id: UUID) -> Answer:
    """End one session."""
    security.end_session(session(), session_id, actor=actor(), now=now())
    return redirect(url_for("sessions.security"), 303)


@blueprint.post("/security/devices/<uuid:device_id>/forget")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def forget(device_id: UUID) -> Answer:
    """Know a device no more."""
    devices.forget_device(session(), device_id, actor=actor(), now=now())
    return redirect(url_for("sessions.security"), 303)


@blueprint.post("/security/sign-out-everywhere")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def sign_out_everywhere() -> Answer:
    """End every session, this one too."""
    security.sign_out_everywhere(session(), actor=actor(), now=now())
    recognition.forget()
    return redirect(url_for("accounts.sign_in"), 303)


def _words() -> dict[tuple[str, str], str]:
    """What happened, in words, by action and result."""
    return {
        ("session:start", "ok"): _("Signed in"),
        ("session:start", "refused"): _("Wrong password"),
        ("session:factor", "refused"): _("Wrong code"),
        ("session:end", "ok"): _("Signed out"),
        ("session:end-all", "ok"): _("Signed out everywhere"),
        ("device:forget", "ok"): _("A device was forgotten"),
        ("recovery:open", "ok"): _("A link to get back in was opened"),
        ("recovery:unlock", "ok"): _("The account was unlocked"),
        ("password:change", "ok"): _("The password was changed"),
        ("password:set", "ok"): _("The password was set"),
        ("profile:new_password", "ok"): _("The password was changed"),
        ("profile:new_email", "ok"): _("The e-mail address was changed"),
        ("profile:password", "refused"): _("Wrong password"),
        ("factor:add", "ok"): _("A way to sign in was added"),
        ("factor:rename", "ok"): _("A passkey was renamed"),
        ("factor:remove", "ok"): _("A way to sign in was removed"),
        ("paper:renew", "ok"): _("New recovery codes were made"),
        ("user:enrol", "ok"): _("The account was set up"),
    }
