"""Finishing an account from an e-mailed link, step by step. Views only: read, call one service function, go on."""

from __future__ import annotations

import io
from collections.abc import Callable

import pyotp
import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response as Redirect

from app.accounts import enrolment, recognition
from app.accounts.dialling import COUNTRIES, HOME, as_typed, country_codes, dialled
from app.accounts.enrolment import Enrolling, LinkRefused, PasswordRefused, Step, StepRefused
from app.accounts.here import link_minutes, secrets, sending
from app.accounts.links import Unfinished, ask_for_links
from app.accounts.paper_codes import shown_codes
from app.accounts.registration_forms import how_to_type, password_faults, password_sentences, read_code
from app.domain.errors import FieldFault, Invalid
from app.web import csrf
from app.web.access import body_limit, public
from app.web.messages import gettext as _
from app.web.request import commit_anyway, contract, now, policy, session
from app.web.undeclared import known
from tenancy.vocabulary import Factor

blueprint = Blueprint("enrolment", __name__, url_prefix="/enrol")

Answer = str | tuple[str, int] | Redirect
_SMALL = 16 * 1024
_LONGEST_ADDRESS = 254
_TOKEN, _NUMBER, _CHANNEL = "enrol", "enrol_number", "enrol_channel"
_PHONES = (Factor.SMS, Factor.VOICE)
_OF_PHONE = ("country", "phone", "one_time_code")
_FIELDS = {"sms": _OF_PHONE, "voice": _OF_PHONE, "email": ("one_time_code",), "totp": ("one_time_code",)}


@blueprint.get("")
@public
def trouble() -> str:
    """Ask for a fresh link (MFA-02, MFA-11)."""
    return _again()


@blueprint.post("")
@public
@body_limit(_SMALL)
def ask_again() -> Answer:
    """Send a fresh link to whoever has not finished; answered alike for everybody (S4)."""
    who = Unfinished(request.form.get("username", "")[:_LONGEST_ADDRESS], request.form.get("password", ""))
    ask_for_links(session(), secrets(), who, now=now())
    return redirect(url_for("enrolment.trouble", sent=1), 303)


@blueprint.get("/link/<token>")
@public
def link(token: str) -> Answer:
    """The page of a link; looking at it does not use it up, so that a mail scanner cannot."""
    if not enrolment.is_link_good(session(), token, now=now()):
        return _again(is_over=True), 404
    return render_template("accounts/enrol_start.html", token=token)


@blueprint.post("/link/<token>")
@public
@body_limit(_SMALL)
def open_link(token: str) -> Answer:
    """Use the link up and begin."""
    try:
        fresh = enrolment.open_link(session(), contract(), token, now=now())
    except LinkRefused:
        return _again(is_over=True), 404
    recognition.forget()
    csrf.rotate()
    browser[_TOKEN] = fresh
    return redirect(url_for("enrolment.steps"), 303)


@blueprint.get("/steps")
@public
def steps() -> Answer:
    """The step that comes next."""
    try:
        return _page()
    except LinkRefused:
        return redirect(url_for("enrolment.trouble"), 303)


@blueprint.post("/username")
@public
@body_limit(_SMALL)
def username() -> Answer:
    """Another user name."""
    wanted = request.form.get("username", "").strip()
    if not 0 < len(wanted) <= 100:
        return _refused("username", _("Enter a user name."))
    return _step("username", lambda held: enrolment.choose_username(session(), held, wanted))


@blueprint.post("/password")
@public
@body_limit(_SMALL)
def password() -> Answer:
    """The password (MFA-05, MFA-07)."""
    known("username")  # there for password managers only
    typed = request.form.get("password", "")
    if typed != request.form.get("password_again", ""):
        return _refused("password_again", _("The two entries differ."))
    try:
        return _step("password", lambda held: enrolment.set_password(session(), held, typed, now=now()))
    except PasswordRefused as refused:
        return _page(password_faults(refused.faults, policy().password)), 422


@blueprint.post("/proof/call")
@public
@body_limit(_SMALL)
def call() -> Answer:
    """Call the organization at the number on file."""
    sent: list[bool] = []
    answer = _step("", lambda held: sent.append(enrolment.call_provider(session(), held, now=now())))
    return answer if all(sent) else _refused("one_time_code", _("Too many calls were made. Please wait 15 minutes."))


@blueprint.post("/proof")
@public
@body_limit(_SMALL)
def prove() -> Answer:
    """The code told at the organization's telephone."""
    return _code_step(lambda held, code: enrolment.prove_organization(session(), held, code, now=now()))


@blueprint.post("/factor/send")
@public
@body_limit(_SMALL)
def send() -> Answer:
    """Send the code that proves e-mail or telephone (MFA-03 to MFA-06)."""
    channel = _channel()
    typed = request.form.get("phone", "") or browser.get(_NUMBER, "")
    number = dialled(contract(), typed, channel) if channel in _PHONES else ""
    if channel is None or (channel in _PHONES and not number):
        return _refused("phone", how_to_type(contract(), channel or Factor.SMS))
    if channel in _PHONES and request.form.get("country", HOME) not in COUNTRIES:
        return _refused("country", _("Choose a country from the list."))
    browser[_NUMBER], browser[_CHANNEL] = number, channel.value
    sent: list[bool] = []
    answer = _step(
        "phone", lambda held: sent.append(enrolment.send_factor_code(session(), held, channel, number, now=now()))
    )
    told = _("Too many codes were sent. Use the newest one, or wait 15 minutes.")
    return answer if all(sent) else _refused("one_time_code", told)


@blueprint.post("/factor/code")
@public
@body_limit(_SMALL)
def keep_channel() -> Answer:
    """The code that was sent."""
    channel = Factor(browser.get(_CHANNEL, Factor.EMAIL.value))
    number = str(browser.get(_NUMBER, ""))
    return _code_step(lambda held, code: enrolment.keep_channel(session(), held, channel, number, code, now=now()))


@blueprint.post("/factor/app")
@public
@body_limit(_SMALL)
def keep_app() -> Answer:
    """The code an authenticator app shows."""
    return _code_step(lambda held, code: enrolment.keep_totp(session(), held, code, now=now()), digits=6)


@blueprint.post("/paper")
@public
@body_limit(_SMALL)
def keep_paper() -> Answer:
    """The recovery codes are kept."""
    return _step("", lambda held: enrolment.keep_paper(session(), held, now=now()))


@blueprint.get("/factor/app.svg")
@public
def app_picture() -> Response:
    """The authenticator app's secret as a QR code."""
    try:
        address = _address(held())
    except LinkRefused:
        return Response(status=404)
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=3, dark="#111", light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


def _again(*, is_over: bool = False) -> str:
    was_sent = "sent" in request.args
    minutes = link_minutes()
    return render_template("accounts/enrol_again.html", is_over=is_over, was_sent=was_sent, link_minutes=minutes)


def held() -> Enrolling:
    """The enrolment of this browser. Raises LinkRefused."""
    token = browser.get(_TOKEN)
    if not isinstance(token, str):
        raise LinkRefused("Open the link from the e-mail first.")
    return enrolment.enrolling(session(), contract(), token, sending=sending(), now=now())


def go_on(enrolling: Enrolling) -> Redirect:
    """To the next step, or, when everything is there, into the portal."""
    if enrolment.next_step(session(), enrolling) is not None:
        return redirect(url_for("enrolment.steps"), 303)
    return recognition.let_in(enrolment.complete(session(), enrolling, now=now()), "/", remembers=False)


def _step(field: str, act: Callable[[Enrolling], object]) -> Answer:
    try:
        enrolling = held()
        act(enrolling)
        return go_on(enrolling)
    except LinkRefused:
        return redirect(url_for("enrolment.trouble"), 303)
    except StepRefused as refused:
        commit_anyway()
        return _refused(field, refused.message)


def _code_step(act: Callable[[Enrolling, str], object], digits: int | None = None) -> Answer:
    try:
        code = read_code(request.form, digits or policy().code_digits)
    except Invalid as refused:
        return _page(refused.faults), 422
    return _step("one_time_code", lambda enrolling: act(enrolling, code))


def _refused(field: str, message: str) -> Answer:
    try:
        return _page((FieldFault(field, message),)), 422
    except LinkRefused:
        return redirect(url_for("enrolment.trouble"), 303)


def _page(faults: tuple[FieldFault, ...] = ()) -> str:
    enrolling = held()
    step = enrolment.next_step(session(), enrolling) or Step.FACTOR
    provider = enrolment.provider_to_call(session(), enrolling)
    return render_template(
        f"accounts/enrol_{step.value}.html",
        faults=_at_fields(faults) if step is Step.FACTOR else faults,
        person=enrolling.user,
        offered=policy().factors,
        use=_used(),
        code_was_sent=bool(browser.get(_CHANNEL)),
        number=as_typed(browser.get(_NUMBER, "")),
        countries=country_codes(),
        country=request.form.get("country", HOME),
        how_to_type=how_to_type(contract(), Factor(_used())) if _used() in _PHONES else "",
        secret=enrolment.totp_secret(enrolling),
        paper=shown_codes(enrolling.sending.secrets, enrolling.held) if step is Step.PAPER else (),
        last_digits=provider.phone[-4:] if provider else "",
        organization=provider.name if provider else "",
        password_rules=password_sentences(policy().password),
    )


def _at_fields(faults: tuple[FieldFault, ...]) -> tuple[FieldFault, ...]:
    """The faults at the fields the chosen factor's page has; one of a field it has not is told above the form."""
    shown = _FIELDS.get(_used(), ())
    return tuple(fault if fault.field in shown else FieldFault("", fault.message) for fault in faults)


def _used() -> str:
    """The factor being set up: as chosen on the page, else the one a code was sent for."""
    asked = request.values.get("use", "") or str(browser.get(_CHANNEL, ""))
    return asked if asked in policy().factors else ""


def _channel() -> Factor | None:
    asked = request.form.get("use", "")
    channel = Factor(asked) if asked in set(Factor) else None
    return channel if channel in (Factor.EMAIL, *_PHONES) and channel in policy().factors else None


def _address(enrolling: Enrolling) -> str:
    app = pyotp.TOTP(enrolment.totp_secret(enrolling))
    return app.provisioning_uri(name=enrolling.user.username, issuer_name=contract().brand.product)
