"""A recovery code from paper as the second factor of a sign-in. Views only."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import recognition, service
from app.accounts.here import secrets
from app.accounts.service import FactorRefused
from app.domain.errors import FieldFault
from app.web.access import body_limit, public, safe_next
from app.web.request import commit_anyway, contract, now, session

blueprint = Blueprint("paper", __name__, url_prefix="/sign-in/recovery-code")

Answer = str | tuple[str, int] | Response
_LONGEST = 40


@blueprint.get("")
@public
def ask() -> Answer:
    """Where the code is typed."""
    if not recognition.pending_token():
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/paper_code.html", faults=())


@blueprint.post("")
@public
@body_limit(16 * 1024)
def use() -> Answer:
    """The code; it works once."""
    typed = request.form.get("recovery_code", "")[:_LONGEST]
    try:
        step = service.finish_sign_in(
            session(), contract(), recognition.pending_token(), None, typed, secrets=secrets(), now=now()
        )
    except FactorRefused as refused:
        commit_anyway()
        if refused.is_over:
            recognition.forget()
            return redirect(url_for("accounts.sign_in", over=1), 303)
        faults = (FieldFault("recovery_code", refused.message),)
        return render_template("accounts/paper_code.html", faults=faults), 422
    return recognition.let_in(step.token, safe_next(recognition.wanted_page()), remembers=recognition.remembers())
