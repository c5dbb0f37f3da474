"""Another e-mail address while an account is being set up. Views only: read, call one service function, go on."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response as Redirect

from app.accounts import enrolment_email
from app.accounts.enrolment import LinkRefused, StepRefused
from app.accounts.enrolment_views import held
from app.accounts.registration_forms import read_code
from app.domain.errors import FieldFault, Invalid
from app.web.access import body_limit, public
from app.web.messages import gettext as _
from app.web.request import commit_anyway, contract, now, policy, session

blueprint = Blueprint("enrolment_email", __name__, url_prefix="/enrol/email")

Answer = str | tuple[str, int] | Redirect
Faults = tuple[FieldFault, ...]
_SMALL = 16 * 1024
_WAITING = "enrol_address"


@blueprint.get("")
@public
def show() -> Answer:
    """The address in force, and where another one is typed."""
    return _page()


@blueprint.post("")
@public
@body_limit(_SMALL)
def ask() -> Answer:
    """Send a code to the new address."""
    try:
        email = enrolment_email.read_address(contract(), request.form)
        if not enrolment_email.send_code(session(), held(), email, now=now()):
            return _page((_many_sent(),), 422)
    except Invalid as refused:
        return _page(refused.faults, 422)
    except StepRefused as refused:
        return _page((FieldFault("email", refused.message),), 422)
    except LinkRefused:
        return _over()
    browser[_WAITING] = email
    return redirect(url_for("enrolment_email.show"), 303)


@blueprint.post("/code")
@public
@body_limit(_SMALL)
def prove() -> Answer:
    """The code that was sent to the new address."""
    try:
        code = read_code(request.form, policy().code_digits)
        enrolment_email.keep_address(session(), held(), str(browser.get(_WAITING, "")), code, now=now())
    except Invalid as refused:
        return _page(refused.faults, 422)
    except StepRefused as refused:
        commit_anyway()
        return _page((FieldFault("one_time_code", refused.message),), 422)
    except LinkRefused:
        return _over()
    browser.pop(_WAITING, None)
    return redirect(url_for("enrolment.steps"), 303)


def _page(faults: Faults = (), status: int = 200) -> Answer:
    try:
        person = held().user
    except LinkRefused:
        return _over()
    waiting = str(browser.get(_WAITING, ""))
    shown = {"email", "one_time_code"} if waiting else {"email"}
    page = render_template(
        "accounts/enrol_email.html",
        person=person,
        waiting=waiting,
        typed=request.form.get("email", waiting),
        faults=tuple(one if one.field in shown else FieldFault("", one.message) for one in faults),
    )
    return page, status


def _many_sent() -> FieldFault:
    return FieldFault("", _("Too many codes were sent. Use the newest one, or wait 15 minutes."))


def _over() -> Redirect:
    return redirect(url_for("enrolment.trouble"), 303)
