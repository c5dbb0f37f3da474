"""Getting back in: ask for a link, open it, show the second factor, choose a new password."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import recognition, recovery, service
from app.accounts.forms import CodeForm, channel_of
from app.accounts.here import secrets
from app.accounts.service import FactorRefused
from app.domain.errors import FieldFault, Invalid
from app.web.access import body_limit, public
from app.web.messages import gettext as _
from app.web.request import commit_anyway, contract, now, policy, session
from tenancy.vocabulary import Factor

blueprint = Blueprint("recovery", __name__)

Answer = str | tuple[str, int] | Response
_SMALL = 16 * 1024
_LONGEST_NAME = 256


@blueprint.get("/forgot")
@public
def ask() -> Answer:
    """Who cannot get in (AUTH-09)."""
    return render_template("accounts/forgot.html", faults=(), sent="sent" in request.args)


@blueprint.post("/forgot")
@public
@body_limit(_SMALL)
def asked() -> Answer:
    """Owe the link; the answer is the same whoever it is (S4)."""
    username = request.form.get("username", "").strip()
    if not username or len(username) > _LONGEST_NAME:
        faults = (FieldFault("username", _("Enter your user name.")),)
        return render_template("accounts/forgot.html", faults=faults, sent=False), 422
    recovery.ask(session(), username, now=now())
    return redirect(url_for("recovery.ask", sent=1), 303)


@blueprint.get("/recover/<token>")
@public
def link(token: str) -> Answer:
    """The page a mailed link leads to; reading it uses nothing up, mail programs look at links too."""
    return render_template("accounts/recover_link.html", token=token)


@blueprint.post("/recover/<token>")
@public
@body_limit(_SMALL)
def opened(token: str) -> Answer:
    """Use the link up."""
    recognition.keep_pending(recovery.open_link(session(), token, now=now()), "/")
    return redirect(url_for("recovery.factor"), 303)


@blueprint.get("/recover/code")
@public
def factor() -> Answer:
    """The second factor."""
    try:
        return _factor_page()
    except FactorRefused:
        return _again()


@blueprint.post("/recover/send")
@public
@body_limit(_SMALL)
def send() -> Answer:
    """A code to the registered e-mail or telephone."""
    channel = channel_of(request.form)
    try:
        token = recognition.pending_token()
        sent = service.send_code(
            session(), contract(), token, channel, secrets=secrets(), now=now(), stage=recovery.RECOVER
        )
    except FactorRefused:
        return _again()
    return redirect(url_for("recovery.factor", use=channel.value, sent="yes" if sent else "no"), 303)


@blueprint.post("/recover/code")
@public
@body_limit(_SMALL)
def proved() -> Answer:
    """The code; when it is right the account is unlocked."""
    try:
        typed = CodeForm.read(request.form, contract().factors.code_digits)
        token = recognition.pending_token()
        fresh = recovery.prove(session(), contract(), token, typed.factor, typed.code, secrets=secrets(), now=now())
    except Invalid as refused:
        return _factor_page(refused.faults), 422
    except FactorRefused as refused:
        commit_anyway()
        return _again() if refused.is_over else (_factor_page((FieldFault("code", refused.message),)), 422)
    recognition.keep_pending(fresh, "/")
    return redirect(url_for("recovery.password"), 303)


@blueprint.get("/recover/password")
@public
def password() -> Answer:
    """A new password."""
    try:
        return _password_page()
    except FactorRefused:
        return _again()


@blueprint.post("/recover/password")
@public
@body_limit(_SMALL)
def changed() -> Answer:
    """Set it; every session of the person ends."""
    typed = recovery.NewPassword(*(request.form.get(name, "") for name in ("password", "again", "answer")))
    try:
        recovery.set_password(session(), contract(), policy(), recognition.pending_token(), typed, now=now())
    except Invalid as refused:
        return _password_page(refused.faults), 422
    except FactorRefused as refused:
        commit_anyway()
        return _again() if refused.is_over else (_password_page((FieldFault("answer", refused.message),)), 422)
    recognition.forget()
    return redirect(url_for("accounts.sign_in", reset=1), 303)


def _factor_page(faults: tuple[FieldFault, ...] = ()) -> str:
    token = recognition.pending_token()
    choice = service.factor_choice(session(), contract(), token, now=now(), stage=recovery.RECOVER)
    choice = replace(choice, offered=tuple(one for one in choice.offered if one is not Factor.PASSKEY))
    if not choice.offered:
        raise FactorRefused(_("Please ask for help."), is_over=True)
    wanted = request.values.get("use") or request.values.get("factor")
    used = next((one for one in choice.offered if one == wanted), choice.offered[0])
    sent = request.args.get("sent", "")
    return render_template("accounts/recover_code.html", choice=choice, used=used, faults=faults, sent=sent)


def _password_page(faults: tuple[FieldFault, ...] = ()) -> str:
    question = recovery.secret_question(session(), policy(), recognition.pending_token(), now=now())
    rules = policy().password
    return render_template("accounts/recover_password.html", question=question, faults=faults, rules=rules)


def _again() -> Response:
    recognition.forget()
    return redirect(url_for("accounts.sign_in", over=1), 303)
