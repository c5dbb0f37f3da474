"""Passkeys in an enrolment and at sign-in: challenges out, answers in. Views only."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from app.accounts import enrolment, passkeys, recognition, service
from app.accounts.enrolment import LinkRefused
from app.accounts.enrolment_views import go_on, held
from app.accounts.here import relying_party
from app.accounts.passkeys import PasskeyRefused
from app.accounts.service import FactorRefused
from app.web.access import body_limit, public, safe_next
from app.web.messages import gettext as _
from app.web.request import commit_anyway, now, session

blueprint = Blueprint("passkeys", __name__, url_prefix="/passkeys")

_SMALL = 48 * 1024


@blueprint.post("/options")
@public
@body_limit(_SMALL)
def options() -> Response:
    """The challenge of an enrolment."""
    try:
        enrolling = held()
    except LinkRefused as refused:
        return _no(refused.message)
    told = passkeys.options_to_create(session(), relying_party(), enrolling.held, enrolling.user, now=now())
    return Response(told, mimetype="application/json")


@blueprint.post("/keep")
@public
@body_limit(_SMALL)
def keep() -> Redirect:
    """Keep the passkey that was made."""
    try:
        enrolling = held()
        enrolment.keep_passkey(session(), enrolling, relying_party(), request.form.get("credential", ""), now=now())
        return go_on(enrolling)
    except (LinkRefused, PasskeyRefused):
        return redirect(url_for("enrolment.steps", use="passkey", failed=1), 303)


@blueprint.post("/sign-in/options")
@public
@body_limit(_SMALL)
def sign_in_options() -> Response:
    """The challenge of a sign-in whose password was right."""
    try:
        told = service.passkey_options(session(), relying_party(), recognition.pending_token(), now=now())
    except FactorRefused as refused:
        return _no(refused.message)
    return Response(told, mimetype="application/json")


@blueprint.post("/sign-in")
@public
@body_limit(_SMALL)
def sign_in() -> Redirect:
    """The passkey as the second factor."""
    try:
        step = service.finish_with_passkey(
            session(),
            relying_party(),
            recognition.pending_token(),
            request.form.get("credential", ""),
            now=now(),
        )
    except FactorRefused as refused:
        commit_anyway()
        if refused.is_over:
            recognition.forget()
            return redirect(url_for("accounts.sign_in", over=1), 303)
        return redirect(url_for("accounts.factor", use="passkey", failed=1), 303)
    return recognition.let_in(step.token, safe_next(recognition.wanted_page()), remembers=recognition.remembers())


def _no(message: str) -> Response:
    answer = jsonify(error=message or _("Please start again."))
    answer.status_code = 409
    return answer
