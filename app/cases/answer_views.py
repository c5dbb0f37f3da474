"""Questionnaires of a draft: answering, adding entries, marking complete. Views only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from app.cases import answer_pages, draft_answers
from app.cases.answer_pages import Given
from app.cases.blueprints import draft_blueprint as blueprint
from app.cases.draft_answers import Answering
from app.cases.draft_views import FORM_BYTES, Answer, act, onward, read
from app.cases.drafts import Seen
from app.domain.access import Permission
from app.domain.errors import Conflict
from app.web.access import body_limit, requires
from app.web.request import contract, is_partial, session

ADD, REMOVE = "more", "drop"


@blueprint.get("/drafts/<uuid:draft_id>/questionnaires/<name>")
@requires(Permission.CASE_EDIT)
def questionnaire(draft_id: UUID, name: str) -> Answer:
    """One questionnaire (QST-02)."""
    draft = read(draft_id)
    page = answer_pages.answer_page(session(), contract(), draft_id, name, Given(), **act())
    return render_template("cases/questionnaire.html", draft=draft, page=page)


@blueprint.post("/drafts/<uuid:draft_id>/questionnaires/<name>")
@requires(Permission.CASE_EDIT)
@body_limit(FORM_BYTES)
def answer(draft_id: UUID, name: str) -> Answer:
    """Keep the answers; add or remove an entry; mark the questionnaire as complete."""
    form = without_entry(request.form, request.form.get(REMOVE, ""))
    is_final = request.form.get("go") == "complete"
    answering = Answering(form, Seen(digest=request.form.get("seen", "")), complete=is_final)
    given = Given(form, more=tuple(request.form.getlist(ADD)))
    try:
        result = draft_answers.save_answers(session(), contract(), draft_id, name, answering, **act())
    except Conflict as conflict:
        session().rollback()
        return drawn(draft_id, name, Given(form, message=conflict.message), 409)
    given = Given(form, result.faults, given.more, drawn=request.form.get("drawn"))
    if is_partial() or result.faults:
        return drawn(draft_id, name, given, 200 if is_partial() else 422)
    return answered(draft_id, name, given)


def answered(draft_id: UUID, name: str, given: Given) -> Answer:
    """Where the button that was pressed leads: back to the request, a further entry, or this page again."""
    if request.form.get("go") in ("complete", "leave"):
        return onward(draft_id, "questionnaires")
    if given.more or request.form.get(REMOVE):
        return drawn(draft_id, name, given, 200)
    return redirect(url_for("cases.questionnaire", draft_id=draft_id, name=name), 303)


def drawn(draft_id: UUID, name: str, given: Given, status: int) -> Answer:
    """The questionnaire with what was typed, whole or as the pieces that changed."""
    page = answer_pages.answer_page(session(), contract(), draft_id, name, given, **act())
    if is_partial():
        return render_template("cases/questionnaire_saved.html", page=page), status
    return render_template("cases/questionnaire.html", draft=read(draft_id), page=page), status


def without_entry(form: MultiDict[str, str], dropped: str) -> Mapping[str, Sequence[str]]:
    """The form as lists, without the entry whose remove button was pressed, e.g. ``q.drugs.1``."""
    return {
        key: values
        for key, values in form.lists()
        if not (dropped and dropped.startswith("q.") and key.startswith(f"{dropped}."))
    }
