"""The staff's door: off to the identity provider and back, at a tenant's host or the console's; the console's front."""

from __future__ import annotations

import structlog
from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import staff
from app.accounts import staff_recognition as who
from app.accounts.oidc import Journey, NotVouched
from app.accounts.outward import FetchRefused
from app.accounts.staff import NotAdmitted
from app.accounts.staff_forms import EntryForm
from app.accounts.staff_pages import console_page, front_page
from app.accounts.staff_plan import CONSOLE
from app.domain.access import Permission
from app.domain.errors import Invalid
from app.web.access import body_limit, console, door, requires, safe_next
from app.web.request import actor, commit_anyway, control, databases, now, session, signed_in

blueprint = Blueprint("staff", __name__)
log = structlog.get_logger("charter.staff")

Answer = str | tuple[str, int] | Response
_SMALL = 8 * 1024
_LOST, _UNKNOWN, _AWAY = "lost", "unknown", "away"


@blueprint.get("/staff/start")
@door()
def start() -> Answer:
    """Off to the identity provider; the way back is kept in this browser alone."""
    try:
        journey = who.provider().depart(who.callback_address())
    except (NotVouched, FetchRefused) as error:
        return _refused(_AWAY, error)
    who.remember_journey(journey, safe_next(request.args.get("next", "/")))
    return redirect(journey.address, 303)


@blueprint.get("/staff/callback")
@door()
def callback() -> Answer:
    """Back from the identity provider, which vouches for somebody or does not."""
    begun = who.take_journey(request.args.get("state", ""))
    if begun is None or request.args.get("iss", who.provider().plan.issuer) != who.provider().plan.issuer:
        return _refused(_LOST)
    try:
        token = _admitted(begun[0])
    except NotAdmitted:
        commit_anyway()
        return _refused(_UNKNOWN)
    except (NotVouched, FetchRefused) as error:
        return _refused(_AWAY if isinstance(error, FetchRefused) else _LOST, error)
    who.keep(token)
    return redirect(begun[1], 303)


@blueprint.post("/staff/sign-out")
@door(Permission.STAFF_SELF)
@body_limit(_SMALL)
def sign_out() -> Response:
    """Out of this place; an entry into it ends too."""
    person = signed_in()
    assert person is not None
    staff.leave(control(), person.session_id, actor=actor(), now=now())
    who.forget()
    return redirect("/", 303)


@blueprint.get("/staff")
@requires(Permission.STAFF_SELF)
def front() -> Answer:
    """Where somebody of the staff arrives inside a tenant."""
    return front_page()


@blueprint.get("/console/sign-in")
@door()
def console_sign_in() -> Answer:
    """The sign-in page of the console's host."""
    target = safe_next(request.args.get("next", "/"))
    was_idle = g.get("was_idle", False) or "idle" in request.args
    return render_template("accounts/staff_sign_in.html", provider=who.provider().plan, next=target, was_idle=was_idle)


@blueprint.get("/console/inside")
@console(Permission.CONSOLE_SEE)
def console_front() -> Answer:
    """The tenants, and the door into each."""
    return console_page()


@blueprint.post("/console/entries")
@console(Permission.TENANT_ENTER)
@body_limit(_SMALL)
def enter() -> Answer:
    """Ask for leave to look inside one tenant."""
    try:
        typed = EntryForm.read(request.form)
        with databases().app.session(typed.slug) as inside:
            staff.enter_tenant(control(), inside, typed.slug, typed.reason, typed.minutes, actor=actor(), now=now())
            inside.commit()
    except Invalid as refused:
        return console_page(refused.faults), 422
    return redirect(url_for("staff.console_front"), 303)


@blueprint.get("/console/session/left")
@console(Permission.STAFF_SELF)
def left() -> Response:
    """Seconds until the idle sign-off at the console; asking is no activity."""
    return jsonify(left=max(0, who.seconds_left()))


@blueprint.post("/console/session/alive")
@console(Permission.STAFF_SELF)
@body_limit(_SMALL)
def alive() -> Response:
    """Somebody is at the console's keyboard: the idle time starts again."""
    return Response(status=204)


def _admitted(journey: Journey) -> str:
    found = who.provider()
    vouched = found.arrive(journey, request.args.get("code", ""), who.callback_address(), now=now())
    place = who.here()
    inside = None if place == CONSOLE else session()
    return staff.admit(control(), inside, found.plan, vouched, place, now=now())


def _refused(why: str, error: Exception | None = None) -> tuple[str, int]:
    """A page that says what to do next; the log names the rule that failed."""
    log.warning("staff_sign_in_refused", why=why, rule=str(error or ""), place=who.here())
    return render_template("accounts/staff_refused.html", why=why), 503 if why == _AWAY else 403
