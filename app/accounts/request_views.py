"""Requests to join a group: its administrators decide; whoever waits is told so. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import claims
from app.domain.access import ActorKind, Permission
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, now, portal_of, session, signed_in

blueprint = Blueprint("requests", __name__)

_OPEN = frozenset({"requests.waiting", "accounts.sign_out", "web.seal", "web.brand_css", "static"})


def install(app: Flask) -> None:
    """Let everything else wait for this."""
    portal_of(app).gates.append(wait_first)


def wait_first() -> Response | None:
    """Whoever belongs to no group yet is told what happens next instead of being refused everywhere."""
    person = signed_in()
    if person is None or person.groups or person.actor.kind is not ActorKind.PROVIDER:
        return None
    if request.endpoint in _OPEN or str(request.endpoint).startswith("terms."):
        return None
    return redirect(url_for("requests.waiting"), 303)


@blueprint.get("/waiting")
@requires(Permission.SESSION_END)
def waiting() -> str | Response:
    """Nothing to do but wait."""
    person = signed_in()
    if person is None or person.actor.user_id is None or person.groups:
        return redirect("/", 303)
    is_asked = claims.has_open_claim(session(), person.actor.user_id)
    return render_template("accounts/waiting.html", is_asked=is_asked)


@blueprint.get("/setup/requests")
@requires(Permission.GROUP_MANAGE)
def list_all() -> str:
    """The requests to join one's groups (S5)."""
    return render_template("accounts/group_requests.html", requests=claims.list_requests(session(), actor()))


@blueprint.post("/setup/requests/<uuid:claim_id>")
@requires(Permission.GROUP_MANAGE)
@body_limit(16 * 1024)
def decide(claim_id: UUID) -> Response:
    """Take the person in, or refuse."""
    _decide(claim_id)
    return redirect(url_for("requests.list_all"), 303)


@blueprint.get("/staff/requests")
@requires(Permission.REGISTRATION_DECIDE)
def for_staff() -> str:
    """Every request to join, for staff: first claims the contract wants looked at wait for nobody else (S5)."""
    found = claims.list_requests(session(), actor())
    return render_template("accounts/group_requests.html", requests=found, for_staff=True)


@blueprint.post("/staff/requests/<uuid:claim_id>")
@requires(Permission.REGISTRATION_DECIDE)
@body_limit(16 * 1024)
def decide_for_staff(claim_id: UUID) -> Response:
    """Staff take the person in, or refuse; where there is no group yet, the person becomes its administrator."""
    _decide(claim_id)
    return redirect(url_for("requests.for_staff"), 303)


def _decide(claim_id: UUID) -> None:
    is_accepted = request.form.get("decision") == "accept"
    claims.decide(session(), contract(), claim_id, is_accepted=is_accepted, actor=actor(), now=now())
    flash(_("The person can sign in now.") if is_accepted else _("The request was declined."), "good")
