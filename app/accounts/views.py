"""Sign-in, second factor, group switch, sign-out. Views only: read, call one service function, go on."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import device_cookie, recognition, service
from app.accounts.forms import CodeForm, SignInForm, channel_of, group_id, sign_in_buttons
from app.accounts.secrets import TenantSecrets
from app.accounts.service import FactorRefused, SignInRefused, SignInStep
from app.accounts.staff_recognition import find_provider
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.web.access import body_limit, public, requires, safe_next
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, contract, now, session, signed_in, tenant_key

blueprint = Blueprint("accounts", __name__)
install = recognition.install

Answer = str | tuple[str, int] | Response
_SMALL = 16 * 1024


@blueprint.get("/sign-in")
@public
def sign_in() -> Answer:
    """The sign-in page in the contract's style (AUTH-01..04)."""
    if signed_in() is not None:
        return redirect("/", 303)
    return _sign_in_page(is_over="over" in request.args)


@blueprint.post("/sign-in")
@public
@body_limit(_SMALL)
def begin() -> Answer:
    """User name and password."""
    try:
        typed = SignInForm.read(request.form)
        step = _begun(typed)
    except Invalid as refused:
        return _sign_in_page(refused.faults), 422
    except SignInRefused as refused:
        commit_anyway()
        return _sign_in_page((FieldFault("", refused.message),), refused=refused), 422
    target, remembers = safe_next(request.form.get("next", "/")), device_cookie.keyboard(request.form).remembers
    if step.is_done:
        return recognition.let_in(step.token, target, remembers=remembers)
    recognition.keep_pending(step.token, target, remembers=remembers)
    return redirect(url_for("accounts.factor", use=typed.factor), 303)


@blueprint.get("/sign-in/code")
@public
def factor() -> Answer:
    """The second factor (MFA-05)."""
    try:
        return _factor_page()
    except FactorRefused:
        return redirect(url_for("accounts.sign_in", over=1), 303)


@blueprint.post("/sign-in/code")
@public
@body_limit(_SMALL)
def finish() -> Answer:
    """The code of the second factor; when it is right, the person is in."""
    try:
        typed = CodeForm.read(request.form, contract().factors.code_digits)
        step = service.finish_sign_in(
            session(), contract(), _pending(), typed.factor, typed.code, secrets=_secrets(), now=now()
        )
    except Invalid as refused:
        return _factor_page(refused.faults), 422
    except FactorRefused as refused:
        return _factor_refused(refused)
    return recognition.let_in(step.token, safe_next(recognition.wanted_page()), remembers=recognition.remembers())


@blueprint.post("/sign-in/send")
@public
@body_limit(_SMALL)
def send() -> Answer:
    """A fresh code to the registered e-mail or telephone."""
    channel = channel_of(request.form)
    try:
        sent = service.send_code(session(), contract(), _pending(), channel, secrets=_secrets(), now=now())
    except FactorRefused:
        return redirect(url_for("accounts.sign_in", over=1), 303)
    return redirect(url_for("accounts.factor", use=channel.value, sent="yes" if sent else "no"), 303)


@blueprint.post("/groups/current")
@requires(Permission.GROUP_SWITCH)
@body_limit(_SMALL)
def switch_group() -> Response:
    """Work for another of one's groups (USR-10, GAP-12)."""
    person = signed_in()
    assert person is not None
    token = service.switch_group(session(), person.session_id, group_id(request.form), actor=actor(), now=now())
    recognition.keep_session(token)
    return redirect("/", 303)


@blueprint.post("/sign-out")
@requires(Permission.SESSION_END)
@body_limit(_SMALL)
def sign_out() -> Response:
    """Logout (NAV-04)."""
    person = signed_in()
    assert person is not None
    service.sign_out(session(), person.session_id, actor=actor(), now=now())
    recognition.forget()
    return redirect(url_for("accounts.sign_in"), 303)


def _begun(typed: SignInForm) -> SignInStep:
    return service.begin_sign_in(
        session(),
        contract(),
        typed.username,
        typed.password,
        secrets=_secrets(),
        now=now(),
        wanted=typed.factor,
        at=device_cookie.keyboard(request.form),
    )


def _sign_in_page(
    faults: tuple[FieldFault, ...] = (), *, refused: SignInRefused | None = None, is_over: bool = False
) -> str:
    return render_template(
        "accounts/sign_in.html",
        faults=faults,
        refused=refused,
        buttons=sign_in_buttons(contract()),
        username=request.form.get("username", ""),
        next=safe_next(request.values.get("next", "/")),
        was_idle=g.get("was_idle", False) or "idle" in request.args,
        is_over=is_over,
        staff=find_provider(),
        is_remembered=device_cookie.is_remembered(),
        was_reset="reset" in request.args,
    )


def _factor_page(faults: tuple[FieldFault, ...] = ()) -> str:
    choice = service.factor_choice(session(), contract(), _pending(), now=now())
    asked = request.values.get("use") or request.values.get("factor")
    used = next((one for one in choice.offered if one == asked), choice.offered[0])
    return render_template(
        "accounts/factor.html", choice=choice, used=used, faults=faults, sent=request.args.get("sent", "")
    )


def _factor_refused(refused: FactorRefused) -> Answer:
    commit_anyway()
    if refused.is_over:
        recognition.forget()
        return _sign_in_page((FieldFault("", refused.message),)), 422
    return _factor_page((FieldFault("code", refused.message),)), 422


def _pending() -> str:
    token = recognition.pending_token()
    if not token:
        raise FactorRefused(_("Please sign in first."), is_over=True)
    return token


def _secrets() -> TenantSecrets:
    return TenantSecrets(tenant_key())
