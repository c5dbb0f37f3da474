"""Registering: which organization, who registers, done. Views only: read, call one service function, go on."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from app.accounts import registration
from app.accounts.enrolment import PasswordRefused
from app.accounts.here import link_minutes, sending
from app.accounts.identifying import NotIdentified, identify_typed
from app.accounts.registration_forms import PersonForm, code_name, parts_of, password_faults, password_sentences
from app.directory.queries import get_provider
from app.domain.claims import is_open
from app.domain.errors import FieldFault, Invalid
from app.web.access import body_limit, public
from app.web.request import contract, now, policy, session

blueprint = Blueprint("registration", __name__, url_prefix="/register")

Answer = str | tuple[str, int] | Response
_SMALL = 16 * 1024
_CLAIM = "claim"
_CLAIM_SECONDS = 3600


@blueprint.get("")
@public
def organization() -> Answer:
    """Which organization (REG-05), or when registration opens (GEN-13)."""
    browser.pop(_CLAIM, None)
    return _organization_page()


@blueprint.post("")
@public
@body_limit(_SMALL)
def identify() -> Answer:
    """NPI and code; answered alike whether or not the organization is registered (S5)."""
    if not _is_open():
        return _organization_page(), 409
    try:
        found = identify_typed()
    except NotIdentified as refused:
        return _organization_page(refused.faults), refused.status
    browser[_CLAIM] = [str(found.id), int(now().timestamp())]
    return redirect(url_for("registration.person"), 303)


@blueprint.get("/you")
@public
def person() -> Answer:
    """Who registers (REG-09 to REG-14)."""
    claimed = _claimed()
    if claimed is None or not _is_open():
        return redirect(url_for("registration.organization"), 303)
    return _person_page(claimed)


@blueprint.post("/you")
@public
@body_limit(_SMALL)
def register() -> Answer:
    """Keep the claim and send the link (REG-17)."""
    claimed = _claimed()
    if claimed is None or not _is_open():
        return redirect(url_for("registration.organization"), 303)
    try:
        typed = PersonForm.read(request.form, contract())
        registration.register(session(), contract(), claimed, typed.person, sending=sending(), now=now())
    except Invalid as refused:
        return _person_page(claimed, refused.faults), 422
    except PasswordRefused as refused:
        return _person_page(claimed, password_faults(refused.faults, policy().password)), 422
    browser.pop(_CLAIM, None)
    return redirect(url_for("registration.done"), 303)


@blueprint.get("/done")
@public
def done() -> str:
    """What happens next (REG-17, REG-19)."""
    return render_template("accounts/registered.html", link_minutes=link_minutes())


def _is_open() -> bool:
    return is_open(contract().registration, now().astimezone(ZoneInfo(contract().identity.time_zone)).date())


def _claimed() -> UUID | None:
    """The organization that was identified here within the hour."""
    kept = browser.get(_CLAIM)
    if not isinstance(kept, list) or len(kept) != 2 or now().timestamp() - kept[1] > _CLAIM_SECONDS:
        return None
    return UUID(kept[0])


def _typed() -> dict[str, str]:
    """What was typed, as it can be shown again: control characters cannot stand on a page."""
    return {name: "".join(filter(str.isprintable, value)) for name, value in request.form.items()}


def _organization_page(faults: tuple[FieldFault, ...] = ()) -> str:
    template = "accounts/register_organization.html" if _is_open() else "accounts/register_closed.html"
    kind = code_name(contract().registration.code.kind)
    return render_template(template, faults=faults, typed=_typed(), code_name=kind)


def _person_page(claimed: UUID, faults: tuple[FieldFault, ...] = ()) -> str:
    return render_template(
        "accounts/register_person.html",
        faults=faults,
        typed=_typed(),
        organization=get_provider(session(), claimed),
        parts=parts_of(contract().registration.fields),
        states=contract().catalogue.lists.get("states", {}),
        password_rules=password_sentences(policy().password),
    )
