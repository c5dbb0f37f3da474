"""A person's own profile: details, e-mail address, password. Views only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from app.accounts import people, profile
from app.accounts.here import sending
from app.accounts.profile import Mine, Refused, TypedPassword
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid, NotFound
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, contract, now, session, signed_in
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField

blueprint = Blueprint("profile", __name__)

Answer = str | tuple[str, int] | Response
Faults = tuple[FieldFault, ...]
_SMALL = 16 * 1024
_WANTED = "wanted_email"


@blueprint.get("/profile")
@requires(Permission.PROFILE_EDIT)
def show() -> str:
    """Edit User Profile (PROF-01)."""
    return _page()


@blueprint.post("/profile")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def save() -> Answer:
    """Keep the details."""
    try:
        wanted = profile.save_profile(session(), contract(), request.form, _mine(), now=now())
    except Invalid as refused:
        session().rollback()
        return _page(refused.faults), 422
    if wanted:
        browser[_WANTED] = wanted
        flash(_("The rest of your profile was saved. A new e-mail address needs your password and a code."), "good")
        return redirect(url_for("profile.email"), 303)
    flash(_("Your profile was saved."), "good")
    return redirect(url_for("profile.show"), 303)


@blueprint.get("/profile/email")
@requires(Permission.PROFILE_EDIT)
def email() -> str:
    """Another e-mail address: asked for, then confirmed by a code."""
    return _email_page(wanted=browser.get(_WANTED, ""))


@blueprint.post("/profile/email")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def ask_email() -> Answer:
    """Send a code to the new address."""
    try:
        typed = request.form.get("password", "")
        profile.ask_new_email(session(), contract(), request.form, typed, _mine(), now=now())
    except (Invalid, Refused) as refused:
        return _email_page(_kept(refused)), 422
    browser.pop(_WANTED, None)
    return redirect(url_for("profile.email"), 303)


@blueprint.post("/profile/email/confirm")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def confirm_email() -> Answer:
    """The code that was sent to the new address."""
    try:
        profile.confirm_new_email(session(), contract(), request.form.get("code", ""), _mine(), now=now())
    except Refused as refused:
        return _email_page(_kept(refused)), 422
    flash(_("Your e-mail address was changed."), "good")
    return redirect(url_for("profile.show"), 303)


@blueprint.get("/profile/password")
@requires(Permission.PROFILE_EDIT)
def password() -> str:
    """Another password."""
    return _password_page()


@blueprint.post("/profile/password")
@requires(Permission.PROFILE_EDIT)
@body_limit(_SMALL)
def change_password() -> Answer:
    """Set another password."""
    form = request.form
    typed = TypedPassword(form.get("password", ""), form.get("new", ""), form.get("new_confirm", ""))
    try:
        profile.change_password(session(), contract(), typed, _mine(), now=now())
    except (Invalid, Refused) as refused:
        return _password_page(_kept(refused)), 422
    flash(_("Your password was changed. Other browsers were signed out."), "good")
    return redirect(url_for("profile.show"), 303)


def _mine() -> Mine:
    person = signed_in()
    if person is None:
        raise NotFound
    return Mine(actor(), person.session_id, sending())


def _kept(refused: Invalid | Refused) -> Faults:
    """The faults of a refusal; what a wrong password or code counted is kept."""
    if isinstance(refused, Refused):
        commit_anyway()
        return (refused.fault,)
    return refused.faults


def _page(faults: Faults = ()) -> str:
    user = profile.get_own(session(), _mine())
    return render_template(
        "accounts/profile.html",
        user=user,
        fields=_fields(),
        states=people.states_of(contract()),
        typed=request.form if faults else people.known_values(user),
        faults=faults,
    )


def _fields() -> Mapping[AccountField, AccountInput]:
    """The fields asked, the e-mail with what it takes to change it."""
    fields = dict(profile.own_fields(contract()))
    email = fields[AccountField.EMAIL]
    told = _("A new address counts once you have typed your password and the code we send to it.")
    return fields | {AccountField.EMAIL: replace(email, hint=email.hint or told)}


def _email_page(faults: Faults = (), wanted: str = "") -> str:
    waiting = profile.find_new_email(session(), _mine(), now=now())
    if waiting is None:  # the field of the code is gone with the code
        faults = tuple(FieldFault("", one.message) if one.field == "code" else one for one in faults)
    return render_template(
        "accounts/profile_email.html",
        user=profile.get_own(session(), _mine()),
        rule=contract().users.profile_fields[AccountField.EMAIL],
        waiting=waiting,
        typed=request.form if faults else {"email": wanted, "email_confirm": wanted},
        faults=faults,
    )


def _password_page(faults: Faults = ()) -> str:
    return render_template("accounts/profile_password.html", policy=sending().policy.password, faults=faults)
