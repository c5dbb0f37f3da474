"""One's own second factors on the security page: add, replace, rename, remove; new recovery codes. Views only."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from secrets import token_hex
from uuid import UUID

import pyotp
import segno
from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response as Redirect

from app.accounts import enrolment, own_factors, passkeys
from app.accounts.dialling import COUNTRIES, HOME, as_typed, country_codes, dialled
from app.accounts.enrolment import Enrolling, StepRefused
from app.accounts.here import relying_party, sending
from app.accounts.paper_codes import shown_codes
from app.accounts.passkeys import PasskeyRefused
from app.accounts.profile import Mine, Refused
from app.accounts.registration_forms import how_to_type, read_code
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldFault, Invalid, NotFound
from app.web.access import body_limit, requires, safe_next
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, contract, now, policy, session, signed_in
from tenancy.vocabulary import Factor

blueprint = Blueprint("factors", __name__, url_prefix="/security")

Answer = str | tuple[str, int] | Redirect
Faults = tuple[FieldFault, ...]
_SMALL, _PASSKEY = 16 * 1024, 48 * 1024
_CONFIRMED, _SALT, _SENT = "confirmed", "factor_salt", "factor_sent"
_PHONES = (Factor.SMS, Factor.VOICE)
_TELEPHONE = (*_PHONES, Factor.EMAIL)


@blueprint.get("/confirm")
@requires(Permission.PROFILE_EDIT)
def confirm() -> str:
    """Where the password is asked for again."""
    return _confirm_page()


@blueprint.post("/confirm")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def confirmed() -> Answer:
    """The password again; wrong ones count as at sign-in."""
    try:
        own_factors.confirm_password(session(), request.form.get("password", ""), _mine(), now=now())
    except Refused as refused:
        commit_anyway()
        return _confirm_page((refused.fault,)), 422
    browser[_CONFIRMED] = now().timestamp()
    return redirect(safe_next(request.form.get("next", "")), 303)


@blueprint.get("/factors/<factor>")
@requires(Permission.PROFILE_EDIT)
def factor(factor: str) -> Answer:
    """Set a factor up, or replace the one there is."""
    wanted = _wanted(factor)
    if not _is_confirmed():
        return _to_confirm()
    browser.setdefault(_SALT, token_hex(8))
    return _factor_page(wanted)


@blueprint.post("/factors/<factor>/send")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def send(factor: str) -> Answer:
    """Send the code that proves telephone or e-mail."""
    wanted = _wanted(factor)
    if wanted not in _TELEPHONE:
        raise NotFound
    if not _is_confirmed():
        return _to_confirm()
    number = dialled(contract(), request.form.get("phone", ""), wanted) if wanted in _PHONES else ""
    if wanted in _PHONES and not number:
        return _factor_page(wanted, (FieldFault("phone", how_to_type(contract(), wanted)),)), 422
    if wanted in _PHONES and request.form.get("country", HOME) not in COUNTRIES:
        return _factor_page(wanted, (FieldFault("country", _("Choose a country from the list.")),)), 422
    if not enrolment.send_factor_code(session(), _adding(), wanted, number, now=now()):
        told = _("Too many codes were sent. Use the newest one, or wait 15 minutes.")
        return _factor_page(wanted, (FieldFault("", told),)), 422
    browser[_SENT] = [wanted.value, number]
    return redirect(url_for("factors.factor", factor=wanted.value), 303)


@blueprint.post("/factors/<factor>")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def keep(factor: str) -> Answer:
    """The code that was sent, or the one the app shows."""
    wanted = _wanted(factor)
    if wanted is Factor.PASSKEY:
        raise NotFound
    if not _is_confirmed():
        return _to_confirm()
    try:
        code = read_code(request.form, 6 if wanted is Factor.TOTP else policy().code_digits)
        own_factors.add(session(), _adding(), wanted, lambda one: _keep(one, wanted, code), now=now())
    except Invalid as refused:
        return _factor_page(wanted, refused.faults), 422
    except StepRefused as refused:
        commit_anyway()
        return _factor_page(wanted, (FieldFault(_field_of_code(wanted), refused.message),)), 422
    return _done(_("It is set up. We sent you an e-mail about it."))


@blueprint.post("/factors/<factor>/remove")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def remove(factor: str) -> Answer:
    """Take the app or the telephone away; the last factor stays."""
    wanted = _wanted(factor)
    if not _is_confirmed():
        return _to_confirm(url_for("sessions.security"))
    try:
        own_factors.remove(session(), contract(), wanted, _mine(), now=now())
    except Conflict as refused:
        return _kept(refused.message)
    return _done(_("It was removed. We sent you an e-mail about it."))


@blueprint.get("/app.svg")
@requires(Permission.PROFILE_EDIT)
def app_picture() -> Response:
    """The new app's secret as a QR code."""
    if not _is_confirmed():
        raise NotFound
    setting_up = _adding()
    app = pyotp.TOTP(enrolment.totp_secret(setting_up))
    address = app.provisioning_uri(name=setting_up.user.username, issuer_name=contract().brand.product)
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=3, dark="#111", light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.post("/passkeys/options")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def options() -> Response:
    """The challenge for a further passkey."""
    if not _is_confirmed():
        answer = jsonify(error=_("Please confirm your password first."))
        answer.status_code = 409
        return answer
    setting_up = _adding()
    told = passkeys.options_to_create(session(), relying_party(), setting_up.held, setting_up.user, now=now())
    return Response(told, mimetype="application/json")


@blueprint.post("/passkeys")
@requires(Permission.PROFILE_EDIT)
@body_limit(_PASSKEY)
def keep_passkey() -> Answer:
    """Keep the passkey that was made."""
    if not _is_confirmed():
        return _to_confirm(url_for("factors.factor", factor=Factor.PASSKEY.value))
    made, party = request.form.get("credential", ""), relying_party()
    try:
        name = own_factors.read_name(request.form.get("name", ""))
        own_factors.add(
            session(),
            _adding(),
            Factor.PASSKEY,
            lambda one: enrolment.keep_passkey(session(), one, party, made, now=now(), name=name),
            now=now(),
        )
    except Invalid as refused:
        return _factor_page(Factor.PASSKEY, refused.faults), 422
    except PasskeyRefused as refused:
        return _factor_page(Factor.PASSKEY, (FieldFault("", refused.message),)), 422
    return _done(_("It is set up. We sent you an e-mail about it."))


@blueprint.get("/passkeys/<uuid:passkey_id>")
@requires(Permission.PROFILE_EDIT)
def passkey(passkey_id: UUID) -> str:
    """One passkey: its name, when it was used, rename, remove."""
    return _passkey_page(passkey_id)


@blueprint.post("/passkeys/<uuid:passkey_id>")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def rename(passkey_id: UUID) -> Answer:
    """Another name."""
    try:
        own_factors.rename_passkey(session(), passkey_id, request.form.get("name", ""), _mine(), now=now())
    except Invalid as refused:
        return _passkey_page(passkey_id, refused.faults), 422
    return _done(_("The passkey has its new name."))


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def remove_passkey(passkey_id: UUID) -> Answer:
    """Take a passkey away; the last factor stays."""
    own_factors.get_passkey(session(), passkey_id, _mine())
    if not _is_confirmed():
        return _to_confirm(url_for("factors.passkey", passkey_id=passkey_id))
    try:
        own_factors.remove_passkey(session(), contract(), passkey_id, _mine(), now=now())
    except Conflict as refused:
        return _kept(refused.message)
    return _done(_("It was removed. We sent you an e-mail about it."))


@blueprint.get("/recovery-codes")
@requires(Permission.PROFILE_EDIT)
def paper() -> Answer:
    """Ten new recovery codes, shown before they count."""
    if not _is_confirmed():
        return _to_confirm()
    browser[_SALT] = token_hex(8)
    setting_up = _adding()
    shown = shown_codes(setting_up.sending.secrets, setting_up.held, setting_up.salt)
    return render_template("accounts/security_paper.html", codes=shown)


@blueprint.post("/recovery-codes")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def renew_paper() -> Answer:
    """The codes just shown count from now on."""
    if not _is_confirmed() or _SALT not in browser:
        return redirect(url_for("factors.paper"), 303)
    own_factors.renew_paper(session(), _adding(), _mine(), now=now())
    return _done(_("The new recovery codes count from now on; the old ones are worth nothing."))


def _mine() -> Mine:
    person = signed_in()
    if person is None or person.actor.user_id is None:
        raise NotFound
    return Mine(actor(), person.session_id, sending())


def _wanted(word: str) -> Factor:
    if word not in policy().factors:
        raise NotFound
    return Factor(word)


def _adding() -> Enrolling:
    return own_factors.adding(session(), contract(), _mine(), str(browser.get(_SALT, "")))


def _is_confirmed() -> bool:
    kept = browser.get(_CONFIRMED)
    at = datetime.fromtimestamp(kept, UTC) if isinstance(kept, float) else None
    return own_factors.is_confirmed(session(), _mine(), at, now=now())


def _to_confirm(target: str = "") -> Redirect:
    return redirect(url_for("factors.confirm", next=target or request.path.removesuffix("/send")), 303)


def _keep(setting_up: Enrolling, wanted: Factor, code: str) -> None:
    if wanted is Factor.TOTP:
        enrolment.keep_totp(session(), setting_up, code, now=now())
    else:
        number = str((browser.get(_SENT) or ["", ""])[1])
        enrolment.keep_channel(session(), setting_up, wanted, number, code, now=now())


def _done(told: str) -> Redirect:
    browser.pop(_SALT, None)
    browser.pop(_SENT, None)
    flash(told, "good")
    return redirect(url_for("sessions.security"), 303)


def _kept(told: str) -> Redirect:
    flash(told, "bad")
    return redirect(url_for("sessions.security"), 303)


def _was_sent(wanted: Factor) -> bool:
    return bool((browser.get(_SENT) or [""])[0] == wanted.value)


def _field_of_code(wanted: Factor) -> str:
    """A fault of the code stands at its field where the page has one."""
    return "one_time_code" if wanted is Factor.TOTP or _was_sent(wanted) else ""


def _typed() -> dict[str, str]:
    """What was typed, as it can be shown again: control characters cannot stand on a page."""
    return {name: "".join(filter(str.isprintable, value)) for name, value in request.form.items()}


def _confirm_page(faults: Faults = ()) -> str:
    target = safe_next(request.values.get("next", "") or url_for("sessions.security"))
    return render_template("accounts/security_confirm.html", target=target, faults=faults)


def _factor_page(wanted: Factor, faults: Faults = ()) -> str:
    setting_up = _adding()
    shown = {"one_time_code"} if _field_of_code(wanted) else set()
    shown |= {"phone", "country"} if wanted in _PHONES else {"name"} if wanted is Factor.PASSKEY else set()
    return render_template(
        "accounts/security_factor.html",
        faults=tuple(one if one.field in shown else FieldFault("", one.message) for one in faults),
        use=wanted.value,
        held=own_factors.held_factors(session(), setting_up.user.id),
        person=setting_up.user,
        code_was_sent=_was_sent(wanted),
        number=as_typed(str((browser.get(_SENT) or ["", ""])[1])),
        how_to_type=how_to_type(contract(), wanted),
        countries=country_codes(),
        country=request.form.get("country", HOME),
        secret=enrolment.totp_secret(setting_up) if wanted is Factor.TOTP else "",
        longest_name=own_factors.LONGEST_NAME,
        typed=_typed(),
    )


def _passkey_page(passkey_id: UUID, faults: Faults = ()) -> str:
    return render_template(
        "accounts/security_passkey.html",
        passkey=own_factors.get_passkey(session(), passkey_id, _mine()),
        held=own_factors.held_factors(session(), _mine().user_id),
        faults=faults,
        longest_name=own_factors.LONGEST_NAME,
        typed=_typed(),
    )
