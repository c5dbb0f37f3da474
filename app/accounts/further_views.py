"""Register New Provider: a further organization under the same login, found, looked at, confirmed. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from app.accounts import further_providers
from app.accounts.here import sending
from app.accounts.identifying import NotIdentified, identify_typed
from app.directory.queries import get_provider
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldFault
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, now, session

blueprint = Blueprint("further", __name__)

Answer = str | tuple[str, int] | Response
_SMALL = 16 * 1024
_FOUND = "further"
_SECONDS = 900


@blueprint.get("/setup/register")
@requires(Permission.GROUP_MANAGE)
def find() -> str:
    """NPI and code, then what was found (REG-31)."""
    return _page()


@blueprint.post("/setup/register")
@requires(Permission.GROUP_MANAGE)
@body_limit(_SMALL)
def look() -> Answer:
    """Find Provider: told alike whether or not the organization is registered (S5)."""
    browser.pop(_FOUND, None)
    try:
        found = identify_typed()
    except NotIdentified as refused:
        return _page(refused.faults), refused.status
    browser[_FOUND] = [str(found.id), int(now().timestamp())]
    return redirect(url_for("further.find"), 303)


@blueprint.post("/setup/register/confirm")
@requires(Permission.GROUP_MANAGE)
@body_limit(_SMALL)
def confirm() -> Answer:
    """Select: the group is the administrator's, or its administrators are asked (REG-33, S5)."""
    found = _found()
    if found is None:
        return redirect(url_for("further.find"), 303)
    if "selected" not in request.form:
        return _page((FieldFault("selected", _("Tick the provider, then press Select.")),)), 422
    try:
        is_ours = further_providers.register(session(), contract(), found, sending=sending(), actor=actor(), now=now())
    except Conflict as refused:
        session().rollback()
        return _page((FieldFault("selected", refused.message),)), 409
    browser.pop(_FOUND, None)
    if is_ours:
        flash(_("The provider is registered. You are its administrator."), "good")
    else:
        flash(_("The request was sent. You get an e-mail when it is decided."), "good")
    return redirect(url_for("setup.groups"), 303)


def _found() -> UUID | None:
    kept = browser.get(_FOUND)
    if not isinstance(kept, list) or now().timestamp() - kept[1] > _SECONDS:
        return None
    return UUID(kept[0])


def _page(faults: tuple[FieldFault, ...] = ()) -> str:
    found = _found()
    provider = get_provider(session(), found) if found else None
    typed = {name: "".join(filter(str.isprintable, value)) for name, value in request.form.items()}
    return render_template("accounts/setup_register.html", provider=provider, typed=typed, faults=faults)
