"""The draft itself: its page or steps, saving a section, notes, cancelling. Views only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.cases import draft_reading, drafts, moving, notes
from app.cases.blueprints import draft_blueprint as blueprint
from app.cases.drafts import Seen
from app.cases.moving import Moved, changes_for
from app.cases.page_values import DraftPage
from app.cases.pages import Retyped
from app.cases.queries import AlreadySubmitted
from app.cases.release_gate import release_named
from app.domain.access import Actor, Permission
from app.domain.errors import Conflict, FieldFault, Invalid, NotFound
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, in_force, is_partial, now, session, tenant
from tenancy.vocabulary import SectionName

FORM_BYTES = 512 * 1024
_OF_THE_FORM = frozenset({"csrf_token", "seen", "go", "told"})
Answer = Response | str | tuple[str, int]


class Act(TypedDict):
    """Who acts and when, as every service asks."""

    actor: Actor
    now: datetime


def act() -> Act:
    """Who acts in this request and when."""
    return Act(actor=actor(), now=now())


@blueprint.errorhandler(AlreadySubmitted)
def show_submitted(error: AlreadySubmitted) -> Response:
    """A draft that became a case meanwhile leads to its case page."""
    target = url_for("casebook.case", number=error.number)
    if is_partial():
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


@blueprint.get("/drafts/<uuid:draft_id>")
@requires(Permission.CASE_EDIT)
def draft(draft_id: UUID) -> Answer:
    """All sections on one page, or the first step that needs something (CR1, CR2)."""
    at = request.args.get("at", "")
    page = read(draft_id, open_section=at, retyped=Retyped(focus=request.args.get("focus", "")))
    if page.is_stepwise:
        needing = [section.name for section in page.sections if section.state == "needs"]
        return redirect(url_for("cases.step", draft_id=draft_id, section=at or (needing or ["submit"])[0]), 303)
    return show(page, at)


@blueprint.get("/drafts/<uuid:draft_id>/<section>")
@requires(Permission.CASE_EDIT)
def step(draft_id: UUID, section: str) -> Answer:
    """One step of a draft; where all sections stand on one page, its place there."""
    page = read(draft_id, open_section=section, retyped=Retyped(focus=request.args.get("focus", "")))
    if section not in {one.name for one in page.sections}:
        raise NotFound
    if not page.is_stepwise:
        return redirect(url_for("cases.draft", draft_id=draft_id, at=section, _anchor=f"section-{section}"), 303)
    return show(page, section)


@blueprint.post("/drafts/<uuid:draft_id>/<section>")
@requires(Permission.CASE_EDIT)
@body_limit(FORM_BYTES)
def save(draft_id: UUID, section: str) -> Answer:
    """Save what was typed into a section: by its button, or by itself while somebody types."""
    name = section_name(section)
    before = look(draft_id) if is_partial() else None
    typed = request.form
    seen = Seen(digest=request.form.get("seen", ""))
    try:
        result = drafts.save_section(session(), contract(), draft_id, name, typed, seen=seen, **act())
    except Conflict as conflict:
        return show_conflict(draft_id, section, typed, conflict)
    told = request.form.get("told", "")
    retyped = Retyped(section, typed, result.faults, is_refused=told == "refused")
    if before is not None:
        return saved(draft_id, before, section, retyped=retyped, filled=bool(result.filled or told), told=told)
    if result.faults:
        return show(look(draft_id, section, retyped), section), 422
    return onward(draft_id, section)


@blueprint.post("/drafts/<uuid:draft_id>/notes")
@requires(Permission.NOTE_ADD)
@body_limit(FORM_BYTES)
def add_note(draft_id: UUID) -> Answer:
    """Save a note for good (NOTE-01)."""
    before = look(draft_id) if is_partial() else None
    body = request.form.get("body", "")
    if not body.strip() and request.form.get("go"):
        return onward(draft_id, "notes")
    try:
        notes.add_note_to_draft(session(), contract(), draft_id, body, **act())
    except Invalid as fault:
        return refused(draft_id, "notes", {"body": body}, fault.faults)
    if before is not None:
        return saved(draft_id, before, "notes", redraw=True)
    return onward(draft_id, "notes")


@blueprint.post("/drafts/<uuid:draft_id>/notes/unsaved")
@requires(Permission.NOTE_ADD)
@body_limit(FORM_BYTES)
def keep_note(draft_id: UUID) -> Answer:
    """Keep what is being written; it is no note until it is saved."""
    notes.keep_unsaved_note(session(), contract(), draft_id, request.form.get("body", ""), **act())
    return pieces_of(draft_id)


@blueprint.get("/drafts/<uuid:draft_id>/pieces")
@requires(Permission.CASE_EDIT)
def pieces(draft_id: UUID) -> Answer:
    """What an upload changes beside its own list, for a page that stands open."""
    return render_template("cases/draft_pieces.html", draft=read(draft_id))


@blueprint.get("/drafts/<uuid:draft_id>/cancel")
@requires(Permission.CASE_CANCEL)
def confirm_cancel(draft_id: UUID) -> Answer:
    """Ask before a draft is abandoned."""
    return render_template("cases/draft_cancel.html", draft=read(draft_id))


@blueprint.post("/drafts/<uuid:draft_id>/cancel")
@requires(Permission.CASE_CANCEL)
def cancel(draft_id: UUID) -> Answer:
    """Abandon a draft (SUB-05)."""
    drafts.cancel_draft(session(), draft_id, **act())
    flash(_("The request was cancelled. Nothing was sent."), "good")
    return redirect(url_for("casebook.home"), 303)


@blueprint.post("/drafts/<uuid:draft_id>/release")
@requires(Permission.CASE_EDIT)
@body_limit(FORM_BYTES)
def move(draft_id: UUID) -> Answer:
    """The author has read what the release in force changes for the draft."""
    moving.move_draft(session(), in_force(), draft_id, **act())
    return redirect(url_for("cases.draft", draft_id=draft_id, at=request.form.get("at") or None), 303)


# ---------------------------------------------------------------- shared by every page of a draft


def moved(page: DraftPage) -> Moved | None:
    """What changed for the draft since its author began; None where nothing did."""
    present = tenant().loaded
    if page.release == present.release:
        return None
    before = release_named(page.release)
    if before is None:
        return moving.UNKNOWN
    found = changes_for(before.contract, present.contract, page.category, page.service)
    return found if found.sentences else None


def section_name(word: str) -> SectionName:
    """The section of this word. Raises NotFound for any other."""
    try:
        return SectionName(word)
    except ValueError:
        raise NotFound from None


def read(draft_id: UUID, *, open_section: str = "", retyped: Retyped = draft_reading.NOTHING) -> DraftPage:
    """The draft, opened to be read; audited."""
    return draft_reading.read_draft(
        session(), contract(), draft_id, open_section=open_section, retyped=retyped, **act()
    )


def look(draft_id: UUID, open_section: str = "", retyped: Retyped = draft_reading.NOTHING) -> DraftPage:
    """The draft as it stands within an act that is audited by itself."""
    return draft_reading.page_of(session(), contract(), draft_id, open_section=open_section, retyped=retyped, **act())


def show(page: DraftPage, section: str, **more: object) -> str:
    """The draft's page, or the step of this section."""
    key = str(uuid4())
    more = {"moved": moved(page), **more}
    if not page.is_stepwise:
        return render_template("cases/draft.html", draft=page, at=section, submission_key=key, **more)
    template = "cases/draft_review.html" if section == "submit" else "cases/draft_step.html"
    return render_template(template, draft=page, section=page.section(section), submission_key=key, **more)


def onward(draft_id: UUID, section: str, focus: str = "") -> Response:
    """Back to the section, or on to the following step when that button was used."""
    if request.form.get("go") == "next":
        following = look(draft_id).following(section)
        section = following.name if following else section
    elif request.form.get("go", "").startswith("to:"):
        section = request.form["go"].removeprefix("to:")
    if section not in {name.value for name in SectionName}:
        raise NotFound
    anchor = f"section-{section}"
    return redirect(url_for("cases.draft", draft_id=draft_id, at=section, focus=focus or None, _anchor=anchor), 303)


def saved(
    draft_id: UUID,
    before: DraftPage,
    section: str,
    *,
    retyped: Retyped | None = None,
    redraw: bool = False,
    filled: bool = False,
    told: str = "",
) -> str:
    """The pieces of the page that changed: what is missing, the states, and the sections that ask other things now.

    ``told`` is what the page said beside inputs when it was sent: ``refused`` goes on telling what is empty.
    """
    page = look(draft_id, section, retyped or Retyped(section))
    old = {one.name: one.shape for one in before.sections}
    changed = {one.name for one in page.sections if one.shape != old.get(one.name)}
    if redraw or filled or (retyped and retyped.faults):
        changed.add(section)
    swap = "outerHTML" if redraw else "outerMorph"
    return render_template("cases/draft_saved.html", draft=page, at=section, changed=changed, swap=swap, told=told)


def pieces_of(draft_id: UUID) -> str:
    """What is missing and when it was saved, for a page that stands open."""
    return render_template("cases/draft_pieces.html", draft=look(draft_id))


def refused(draft_id: UUID, section: str, typed: dict[str, str], faults: tuple[FieldFault, ...]) -> Answer:
    """The section once more with what was typed and what is wrong with it; nothing was saved."""
    session().rollback()
    page = look(draft_id, section, Retyped(section, typed, faults))
    if is_partial():
        return render_template("cases/draft_saved.html", draft=page, at=section, changed={section}, typed=typed)
    return show(page, section, typed=typed), 422


def show_conflict(draft_id: UUID, section: str, typed: Mapping[str, str], conflict: Conflict) -> tuple[str, int]:
    """Both versions side by side: nothing is overwritten before somebody chose."""
    session().rollback()
    page = look(draft_id, section)
    theirs = dict(conflict.current or {})
    labels = {one.name: one.label for one in page.section(section).every_field()}
    differing = [
        (labels[name], theirs.get(name, ""), text, name)
        for name, text in typed.items()
        if name in labels and theirs.get(name, "") != text
    ]
    own = {name: text for name, text in typed.items() if name not in _OF_THE_FORM}
    template = "cases/draft_conflict_piece.html" if is_partial() else "cases/draft_conflict.html"
    text = render_template(
        template, draft=page, section=page.section(section), differing=differing, typed=own, message=conflict.message
    )
    return text, 409
