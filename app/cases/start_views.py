"""Starting a request: category, member, earlier requests, a temporary member. Views only."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for

from app.cases import copying, drafts, starting
from app.cases.blueprints import draft_blueprint as blueprint
from app.cases.draft_views import Answer, act
from app.cases.drafts import Start
from app.cases.starting import Stage, StartForm, StartPage
from app.directory import service as directory
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import contract, control, current_group, in_force, now, session, tenant


@blueprint.get("/cases/new")
@requires(Permission.CASE_CREATE)
def start() -> Answer:
    """CREATE CASE: case type, contract, category (CR1-01, CR2-01)."""
    drafts.must_be_open(contract(), now())
    return shown(starting.start_page(contract(), StartForm.read({})))


@blueprint.post("/cases/new")
@requires(Permission.CASE_CREATE)
def go_on() -> Answer:
    """Whatever button was pressed on the way: on to the member, search, choose, create."""
    drafts.must_be_open(contract(), now())
    page = starting.start_page(contract(), StartForm.read(request.form))
    pressed = request.form.get("act", "search")
    try:
        return _ACTS.get(pressed, search)(page)
    except Invalid as fault:
        return shown(page.with_faults(fault.faults)), 422


@blueprint.post("/cases/new/member")
@requires(Permission.CASE_CREATE)
def pick_member() -> Answer:
    """Take the member whose button was pressed (CR2-02)."""
    page = starting.start_page(contract(), StartForm.read(request.form))
    try:
        return choose(page)
    except Invalid as fault:
        return shown(page.with_faults(fault.faults)), 422


def to_member(page: StartPage) -> Answer:
    """From the parameters to the member."""
    page.form.chosen_category(contract())
    return shown(at(page, Stage.MEMBER))


def back(page: StartPage) -> Answer:
    """From the member back to the parameters."""
    return shown(at(page, Stage.PARAMETERS))


def search(page: StartPage) -> Answer:
    """Find members by ID, or by last name and birth date (CR1-02, CONS-01)."""
    return shown(starting.with_members(session(), contract(), page, **act()))


def choose(page: StartPage) -> Answer:
    """Take a member and, where the contract has it so, review earlier requests first (CONS-08)."""
    page.form.chosen_category(contract())
    return shown(starting.with_chosen(session(), contract(), at(page, Stage.REVIEW), **act()))


def create(page: StartPage) -> Answer:
    """Open the draft (CR1-03, CR2-02)."""
    category, member = page.form.chosen_category(contract()), page.form.member_id
    if member is None and page.form.search.is_asked:
        page = starting.with_members(session(), contract(), page, **act())
    if member is None:
        return shown(page.with_faults((FieldFault("member", starting.CHOOSE_MEMBER),))), 422
    own = starting.own_provider(session(), current_group())
    begun = Start(category, member, current_group(), own.id)
    opened = drafts.open_draft(session(), tenant().loaded, begun, **act())
    first = contract().intake.sections[1].section.value if page.is_stepwise else ""
    return redirect(url_for("cases.draft", draft_id=opened.draft_id, at=first or None), 303)


def temporary(page: StartPage) -> Answer:
    """The form of a temporary member, with what was searched for filled in (TMP-01)."""
    typed = {"last_name": page.form.search.last_name, "birth_date": page.form.search.birth_date}
    return temporary_form(page, typed)


def add_temporary(page: StartPage) -> Answer:
    """Add a temporary member and go on with it (TMP-02, TMP-03)."""
    own = starting.own_provider(session(), current_group())
    facility = own if request.form.get("use_facility_address") else None
    try:
        added = directory.create_temporary_member(session(), contract(), request.form, facility=facility, **act())
    except Invalid as fault:
        return temporary_form(page.with_faults(fault.faults), request.form.to_dict()), 422
    stage = Stage.REVIEW if page.is_stepwise else Stage.MEMBER
    chosen = replace(page, form=replace(page.form, member_id=added.id, stage=stage))
    return shown(starting.with_chosen(session(), contract(), chosen, **act()))


@blueprint.post("/cases/<number>/copy")
@requires(Permission.CASE_COPY)
def copy(number: str) -> Answer:
    """Start a request as a copy of an earlier one (ACT-05)."""
    drafts.must_be_open(contract(), now())
    copied = copying.copy_case(session(), control(), in_force(), number, **act())
    flash(_("Copied from %(number)s. Dates, documents and notes were not copied.", number=number), "good")
    if copied.left_out:
        flash(_("No longer in force and left out: %(codes)s", codes=", ".join(copied.left_out)), "warn")
    return redirect(url_for("cases.draft", draft_id=copied.draft_id), 303)


_ACTS = {
    "to_member": to_member,
    "back": back,
    "search": search,
    "create": create,
    "temporary": temporary,
    "add_temporary": add_temporary,
}


def at(page: StartPage, stage: Stage) -> StartPage:
    """The page at another stage."""
    return replace(page, form=replace(page.form, stage=stage))


def shown(page: StartPage) -> str:
    """The page of this stage; where all sections stand on one page, starting is one page too."""
    return render_template("cases/start.html", page=page)


def temporary_form(page: StartPage, typed: dict[str, str]) -> str:
    """The form of a temporary member."""
    own = starting.own_provider(session(), current_group())
    return render_template("cases/start_temporary.html", page=page, typed=typed, facility=own)
