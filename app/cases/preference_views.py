"""PREFERENCES: favourite providers and codes, and which e-mails are wanted (PREF-01..04). Views only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import notice_choices
from app.cases import code_search, favourites
from app.cases.picker_views import uuid_of
from app.directory import queries as directory
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, control, now, session
from tenancy.vocabulary import CodeSystem, Event, Feature

blueprint = Blueprint("preferences", __name__, template_folder="templates")

SECTIONS = (*favourites.PARTS, favourites.PROCEDURES, favourites.DIAGNOSES)
"""The sections in the order of the contract's titles."""
SHOWN = 25
_CODES = "<any(diagnoses, procedures):kind>"
_PART = "<any(servicing, pcp, attending):part>"


@blueprint.get("/preferences")
@requires(Permission.PREFERENCE_EDIT)
def index() -> str:
    """Everything that is kept, in the contract's sections."""
    _must_be_on()
    notices = notice_choices.wanted_events(session(), contract(), actor=actor())
    return render_template(
        "cases/preferences.html",
        sections=_sections(),
        providers={part: favourites.list_providers(session(), part, actor=actor()) for part in favourites.PARTS},
        codes={
            kind: favourites.list_codes(session(), contract(), kind, actor=actor())
            for kind in (favourites.PROCEDURES, favourites.DIAGNOSES)
        },
        notices=notices,
        wanted=[event.value for event, is_wanted in notices.items() if is_wanted],
        wording=EVENT_WORDS,
    )


@blueprint.get(f"/preferences/codes/{_CODES}")
@requires(Permission.PREFERENCE_EDIT)
def codes(kind: str) -> str:
    """Find codes to keep (PREF-02)."""
    _must_be_on()
    rule, text = favourites.rule_of(contract(), kind), request.args.get("find", "").strip()[:100]
    asked = request.args.get("system", "")
    chosen = next((one for one in rule.systems if one.value == asked), rule.systems[0])
    hits = code_search.search(control(), contract(), kind, text, chosen, now=now()) if text else []
    kept = {f"{one.system}:{one.code}" for one in favourites.list_codes(session(), contract(), kind, actor=actor())}
    return render_template(
        "cases/preference_codes.html",
        kind=kind,
        title=_sections()[kind],
        systems=[(one.value, rule.labels.get(one, one.value)) for one in rule.systems],
        system=CodeSystem(chosen).value,
        text=text,
        hits=hits,
        kept=kept,
    )


@blueprint.post(f"/preferences/codes/{_CODES}")
@requires(Permission.PREFERENCE_EDIT)
def keep_code(kind: str) -> Response:
    """Keep a code, or let it go."""
    _must_be_on()
    form = request.form
    if "drop" in form:
        favourites.drop_code(session(), form["drop"], actor=actor(), now=now())
        flash(_("Removed from your preferences."), "good")
        return _back(url_for("preferences.index", _anchor=kind), "preferences.codes", kind=kind)
    favourites.keep_code(session(), control(), contract(), kind, form.get("code", ""), actor=actor(), now=now())
    flash(_("Added to your preferences."), "good")
    return _back(url_for("preferences.codes", kind=kind), "preferences.codes", kind=kind)


@blueprint.get(f"/preferences/providers/{_PART}")
@requires(Permission.PREFERENCE_EDIT)
def providers(part: str) -> str:
    """Find providers to keep."""
    _must_be_on()
    text = request.args.get("find", "").strip()[:100]
    entity = "individual" if part == favourites.ATTENDING else None
    found, total = directory.search_providers(session(), text, entity=entity, limit=SHOWN)
    kept = {one.id for one in favourites.list_providers(session(), part, actor=actor())}
    return render_template(
        "cases/preference_providers.html",
        part=part,
        title=_sections()[part],
        text=text,
        found=found,
        total=total,
        kept=kept,
    )


@blueprint.post(f"/preferences/providers/{_PART}")
@requires(Permission.PREFERENCE_EDIT)
def keep_provider(part: str) -> Response:
    """Keep a provider, or let it go."""
    _must_be_on()
    form = request.form
    if "drop" in form:
        favourites.drop_provider(session(), part, uuid_of(form["drop"]), actor=actor(), now=now())
        flash(_("Removed from your preferences."), "good")
        return _back(url_for("preferences.index", _anchor=part), "preferences.providers", part=part)
    chosen: UUID = uuid_of(form.get("provider", ""))
    favourites.keep_provider(session(), contract(), part, chosen, actor=actor(), now=now())
    flash(_("Added to your preferences."), "good")
    return _back(url_for("preferences.providers", part=part), "preferences.providers", part=part)


@blueprint.post("/preferences/notices")
@requires(Permission.PREFERENCE_EDIT)
def notices() -> Response:
    """Which e-mails are wanted."""
    wanted = request.form.getlist("event")
    notice_choices.choose_notices(session(), contract(), wanted, actor=actor(), now=now())
    flash(_("Your choice was saved."), "good")
    return redirect(url_for("preferences.index", _anchor="notices"), 303)


def _back(otherwise: str, endpoint: str, **place: Any) -> Response:
    """To the hits of the search that the button stood among, so that several are ticked one after another (PREF-02)."""
    searched: dict[str, Any] = {name: request.form[name][:100] for name in ("find", "system") if name in request.form}
    return redirect(url_for(endpoint, **place, **searched) if searched.get("find") else otherwise, 303)


def _sections() -> dict[str, str]:
    """The contract's titles by section; a contract that names fewer has fewer."""
    return dict(zip(SECTIONS, contract().preferences.sections, strict=False))


def _must_be_on() -> None:
    if not contract().features.get(Feature.PREFERENCES, False):
        raise NotFound


EVENT_WORDS = {
    Event.CASE_RECEIVED: _("A request of mine was received"),
    Event.STATUS_CHANGED: _("The status of a request of mine changed"),
    Event.INFORMATION_REQUESTED: _("More information is needed"),
    Event.MESSAGE_SENT: _("There is a new message"),
}
