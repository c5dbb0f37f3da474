"""The case page, its printable summary, and what may be added to a case after submission. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.cases import documents, notes, reading
from app.cases.blueprints import read_blueprint as blueprint
from app.cases.documents import Incoming
from app.cases.panels import panels_of
from app.cases.shelves import shelf
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.domain.fields import list_choices
from app.notices.letters import list_issued
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, contract, now, session
from tenancy.contract import Contract
from tenancy.vocabulary import Feature

FILES_AT_ONCE = 20


def upload_bytes(in_force: Contract) -> int:
    """Most bytes of one upload: as many files of the contract's size as may come at once, and a little for the form."""
    return (in_force.documents.max_megabytes * FILES_AT_ONCE + 1) * documents.MEGABYTE


@blueprint.get("/cases/<number>")
@requires(Permission.CASE_READ)
def case(number: str) -> str:
    """A numbered case, read-only (SRCH-08, CASE-10..12)."""
    return _page(number)


@blueprint.get("/cases/<number>/summary")
@requires(Permission.CASE_READ)
def summary(number: str) -> str:
    """The case on one printable page (LTR-01, LTR-02)."""
    shown = reading.open_case(session(), contract(), number, actor=actor(), now=now())
    return render_template("cases/summary.html", case=shown, printed_at=now(), letters=list_issued(session(), shown.id))


@blueprint.post("/cases/<number>/notes")
@requires(Permission.NOTE_ADD)
def add_note(number: str) -> Response | tuple[str, int]:
    """Write a note on one request of a submitted case (NOTE-03)."""
    body = request.form.get("body", "")
    try:
        wanted = _request_of(number, "note_request")
        notes.add_note_to_case(session(), contract(), wanted, body, actor=actor(), now=now())
    except Invalid as fault:
        return _page(number, fault.faults, note=body), 422
    flash(_("Your note was added."), "good")
    return redirect(url_for("casebook.case", number=number, _anchor="notes"), 303)


@blueprint.post("/cases/<number>/documents")
@requires(Permission.DOCUMENT_ADD)
@body_limit(upload_bytes)
def add_documents(number: str) -> Response | tuple[str, int]:
    """Upload documents to one request of a submitted case, whatever its status (DOC-07)."""
    chosen = request.form.get("document_type", "")
    incoming = [Incoming(part.filename, part.stream) for part in request.files.getlist("files") if part.filename]
    try:
        wanted = _request_of(number, "document_request")
        kept = documents.upload_to_case(
            session(), contract(), shelf(), wanted, incoming, document_type=chosen, actor=actor(), now=now()
        )
    except Invalid as fault:
        return _page(number, fault.faults, document_type=chosen), 422
    for result in kept:
        said = result.fault or contract().documents.success_text
        flash(f"{result.file_name}: {said}", "bad" if result.fault else "good")
    return redirect(url_for("casebook.case", number=number, _anchor="documents"), 303)


def _request_of(number: str, field: str) -> UUID:
    """The request that the form's field names; raises Invalid when it is none of the case."""
    shown = reading.requests_of(session(), number, actor=actor())
    wanted = request.form.get(field, shown[0][0] if len(shown) == 1 else "")
    if wanted not in dict(shown):
        asked = field if len(shown) > 1 else ""
        raise Invalid((FieldFault(asked, _("Choose the request it belongs to.")),))
    return UUID(wanted)


def _may_copy() -> bool:
    """Whether the contract lets cases be copied and the page that copies is there."""
    return contract().features.get(Feature.COPY, False) and "cases.copy" in current_app.view_functions


def _page(number: str, faults: tuple[FieldFault, ...] = (), note: str = "", document_type: str = "") -> str:
    if faults:  # the page that refuses shows the case as well: that reading is kept in the trail, nothing else
        session().rollback()
        commit_anyway()
    shown = reading.open_case(session(), contract(), number, actor=actor(), now=now())
    return render_template(
        "cases/case.html",
        case=shown,
        letters=list_issued(session(), shown.id),
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        typed=request.form.to_dict() | {"body": note, "document_type": document_type},
        document_types=list_choices(contract(), "document_types"),
        just_submitted="submitted" in request.args,
        panels=panels_of(shown),
        may_copy=shown.is_own and _may_copy(),
    )
