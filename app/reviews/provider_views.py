"""What providers see of the review on the case page, and answering what was asked for there. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.cases.case_views import upload_bytes
from app.cases.documents import Incoming
from app.cases.records import CaseFile
from app.cases.shelves import shelf
from app.domain.access import Permission
from app.domain.errors import Closed, FieldFault, Invalid
from app.domain.fields import list_choices
from app.reviews import after_reading, information, reading
from app.reviews.blueprints import blueprint
from app.reviews.history import history_of_case
from app.reviews.information import Reply
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, now, session

_ITEM = "item."


def case_panel(case: CaseFile) -> Markup:
    """On the case page: rights with their last moments and what may be asked for, for one's own cases; then clocks,
    questions and decisions of every request.
    """
    history = history_of_case(session(), case.rows)
    text = ""
    if case.is_own:
        views = after_reading.case_after(session(), contract(), case, history, now=now())
        text = render_template("reviews/_after_panel.html", case=case, views=views)
    requests = reading.case_requests(contract(), case, history, now=now())
    text += render_template("reviews/_case_panel.html", case=case, requests=requests)
    return Markup(text)  # noqa: S704 - templates


@blueprint.get("/cases/<number>/information/<uuid:information_id>")
@requires(Permission.INFORMATION_ANSWER)
def information_page(number: str, information_id: UUID) -> str:
    """What was asked for, with the form that answers it."""
    return _page(number, information_id)


@blueprint.post("/cases/<number>/information/<uuid:information_id>")
@requires(Permission.INFORMATION_ANSWER)
@body_limit(upload_bytes)
def answer(number: str, information_id: UUID) -> Response | tuple[str, int]:
    """Answer what was asked for, in words and with documents."""
    try:
        done = information.answer_information(
            session(), contract(), shelf(), information_id, _reply(), actor=actor(), now=now()
        )
    except Invalid as fault:
        return _page(number, information_id, fault.faults), 422
    except Closed as fault:
        return _page(number, information_id, (FieldFault("", fault.message),)), 409
    for one in done.uploaded:
        flash(f"{one.file_name}: {one.fault or contract().documents.success_text}", "bad" if one.fault else "good")
    flash(_("Your answer was sent. The reviewer sees it now."), "good")
    return redirect(url_for("casebook.case", number=done.case_number), 303)


def _reply() -> Reply:
    texts = {int(key[5:]): request.form[key] for key in request.form if _is_item(key)}
    incoming = [Incoming(part.filename, part.stream) for part in request.files.getlist("files") if part.filename]
    return Reply(texts, request.form.get("answer", ""), incoming, request.form.get("document_type", ""))


def _is_item(key: str) -> bool:
    return key.startswith(_ITEM) and key[5:].isdecimal() and len(key) < 9


def _page(number: str, information_id: UUID, faults: tuple[FieldFault, ...] = ()) -> str:
    if faults:
        session().rollback()
    case, asked = reading.open_question(session(), contract(), number, information_id, actor=actor(), now=now())
    return render_template(
        "reviews/answer.html",
        case=case,
        asked=asked,
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        typed=request.form,
        document_types=list_choices(contract(), "document_types"),
    )
