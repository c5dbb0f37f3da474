"""Choosing from the directory for a draft: codes and providers. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from app.cases import code_search, draft_codes, draft_providers, favourites, preferred
from app.cases.blueprints import draft_blueprint as blueprint
from app.cases.draft_views import Answer, act, look, onward, read, saved, show
from app.cases.drafts import Saved
from app.cases.page_values import DraftPage
from app.cases.pages import Retyped
from app.directory import queries as directory
from app.domain.access import Permission
from app.domain.errors import Invalid, NotFound
from app.web.access import requires
from app.web.request import actor, contract, control, is_partial, now, session
from tenancy.vocabulary import CodeSystem, ProviderRole, SectionName

BOXES = {"diagnoses": "diagnosis-code", "procedures": "procedure-code"}
PROVIDERS_SHOWN = 25


@blueprint.post("/drafts/<uuid:draft_id>/<any(diagnoses, procedures):kind>/find")
@requires(Permission.CODE_SEARCH)
def find_codes(draft_id: UUID, kind: str) -> str:
    """The codes that what is being typed could mean, as a piece of the page."""
    read_only = code_search.search(control(), contract(), kind, request.form.get("find", ""), system(kind), now=now())
    return render_template("cases/code_hits.html", id=BOXES[kind], hits=read_only, draft_id=draft_id)


@blueprint.post("/drafts/<uuid:draft_id>/<any(diagnoses, procedures):kind>/add")
@requires(Permission.CASE_EDIT)
def add_codes(draft_id: UUID, kind: str) -> Answer:
    """Add the code that was picked, or every code that was typed; words are searched instead (DX-01, PX-01)."""
    before = look(draft_id)
    typed = request.form.get("code") or request.form.get("find", "")
    try:
        result = _add(draft_id, kind, typed)
    except Invalid as fault:
        session().rollback()
        hits = code_search.search(control(), contract(), kind, typed, system(kind), now=now())
        faults = () if hits and "code" not in request.form else fault.faults
        retyped = Retyped(kind, {}, faults, BOXES[kind], find=typed, system=system(kind).value, hits=hits or None)
        return again(draft_id, kind, before, retyped)
    focus = result.focus or BOXES[kind]
    if is_partial():
        return saved(draft_id, before, kind, retyped=Retyped(kind, focus=focus, system=system(kind).value), redraw=True)
    return onward(draft_id, kind, focus=focus)


def _add(draft_id: UUID, kind: str, typed: str) -> Saved:
    rule = contract().intake.diagnoses if kind == "diagnoses" else contract().intake.procedures
    picked = draft_codes.read_picked(rule, typed, system(kind))
    add = draft_codes.add_diagnoses if kind == "diagnoses" else draft_codes.add_procedures
    return add(session(), control(), contract(), draft_id, picked, **act())


def again(draft_id: UUID, kind: str, before: DraftPage, retyped: Retyped) -> Answer:
    """The section once more with the hits for what was typed, or with what is wrong with it."""
    if is_partial():
        return saved(draft_id, before, kind, retyped=retyped, redraw=True)
    return show(look(draft_id, kind, retyped), kind), 422 if retyped.faults else 200


def system(kind: str) -> CodeSystem:
    """The coding system chosen in the form, if the contract lets it be used here; else its first."""
    rule = contract().intake.diagnoses if kind == "diagnoses" else contract().intake.procedures
    chosen = request.form.get("system", "")
    return next((one for one in rule.systems if one.value == chosen), rule.systems[0])


@blueprint.post("/drafts/<uuid:draft_id>/<any(diagnoses, procedures):kind>/keep")
@requires(Permission.PREFERENCE_EDIT)
def keep_code(draft_id: UUID, kind: str) -> Answer:
    """Keep a code at hand, or let it go (PREF-04)."""
    before, form = look(draft_id), request.form
    preferred.keep_or_let_go(session(), draft_id, form.get("system", ""), form.get("code", ""), **act())
    if is_partial():
        return saved(draft_id, before, kind, redraw=True)
    return onward(draft_id, kind)


@blueprint.post("/drafts/<uuid:draft_id>/diagnoses/order")
@requires(Permission.CASE_EDIT)
def order_diagnoses(draft_id: UUID) -> Answer:
    """Move, remove or reorder diagnoses: one form with a button for each (DX-04)."""
    before, form = look(draft_id), request.form
    if "remove" in form:
        draft_codes.remove_diagnosis(session(), contract(), draft_id, uuid_of(form["remove"]), **act())
    elif "move" in form:
        moved, _, direction = form["move"].partition(":")
        step = -1 if direction == "up" else 1
        draft_codes.move_diagnosis(session(), contract(), draft_id, uuid_of(moved), step, **act())
    else:
        order = [uuid_of(one) for one in form.get("order", "").split(",") if one]
        draft_codes.order_diagnoses(session(), contract(), draft_id, order, **act())
    if is_partial():
        return saved(draft_id, before, "diagnoses", redraw=True)
    return onward(draft_id, "diagnoses")


@blueprint.post("/drafts/<uuid:draft_id>/procedures/<uuid:line_id>/remove")
@requires(Permission.CASE_EDIT)
def remove_procedure(draft_id: UUID, line_id: UUID) -> Answer:
    """Take a procedure line off the request."""
    before = look(draft_id)
    draft_codes.remove_procedure(session(), contract(), draft_id, line_id, **act())
    if is_partial():
        return saved(draft_id, before, "procedures", retyped=Retyped(focus=BOXES["procedures"]), redraw=True)
    return onward(draft_id, "procedures", focus=BOXES["procedures"])


@blueprint.get("/drafts/<uuid:draft_id>/providers/<role>")
@requires(Permission.PROVIDER_SEARCH)
def provider(draft_id: UUID, role: str) -> str:
    """Look a provider up by NPI or name for a part on the request (CR2-03, CR2-04)."""
    page = read(draft_id)
    rule = next((one for one in page.section(SectionName.PROVIDERS).providers if one.role == role), None)
    if rule is None:
        raise NotFound
    text = request.args.get("q", "").strip()
    entity = "individual" if role == ProviderRole.ATTENDING else None
    found, total = directory.search_providers(session(), text, entity=entity, limit=PROVIDERS_SHOWN)
    kept = favourites.list_providers(session(), favourites.PART_OF_ROLE.get(rule.role, ""), actor=actor())
    return render_template(
        "cases/provider_picker.html",
        draft=page,
        part=rule,
        text=text,
        found=found,
        total=total,
        kept=kept,
        is_asked=bool(text),
    )


@blueprint.post("/drafts/<uuid:draft_id>/providers/<role>")
@requires(Permission.CASE_EDIT)
def choose_provider(draft_id: UUID, role: str) -> Response:
    """Give the part to the provider that was chosen, or leave it out."""
    part = role_of(role)
    if "leave_out" in request.form:
        draft_providers.leave_provider_out(session(), contract(), draft_id, part, **act())
        return onward(draft_id, "providers")
    chosen = uuid_of(request.form.get("provider", ""))
    result = draft_providers.choose_provider(session(), contract(), draft_id, part, chosen, **act())
    return onward(draft_id, "providers", focus=result.focus)


def role_of(word: str) -> ProviderRole:
    """The part of this word. Raises NotFound for any other."""
    try:
        return ProviderRole(word)
    except ValueError:
        raise NotFound from None


def uuid_of(text: str) -> UUID:
    """The id in a form. Raises NotFound for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
