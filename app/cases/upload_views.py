"""Documents of a draft: upload, deactivate, download. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from app.cases import documents
from app.cases.blueprints import draft_blueprint as blueprint
from app.cases.documents import Incoming, OpenedDocument, Uploaded
from app.cases.draft_views import Answer, act, look, onward, refused, saved, show
from app.cases.pages import Retyped
from app.cases.shelves import shelf
from app.domain.access import Permission
from app.domain.errors import Invalid
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.messages import ngettext
from app.web.request import contract, is_partial, session
from tenancy.contract import Contract

FILES_AT_ONCE = 20
SANDBOX = "default-src 'none'; sandbox"


def upload_bytes(in_force: Contract) -> int:
    """Most bytes of one upload: as many files of the contract's size as come at once, and a little for the form."""
    return (in_force.documents.max_megabytes * FILES_AT_ONCE + 1) * documents.MEGABYTE


@blueprint.post("/drafts/<uuid:draft_id>/documents/upload")
@requires(Permission.DOCUMENT_ADD)
@body_limit(upload_bytes)
def upload(draft_id: UUID) -> Answer:
    """Keep the files that can be kept and say beside each other one why not (DOC-01 to DOC-05)."""
    kind = request.form.get("document_type", "")
    incoming = [Incoming(part.filename, part.stream) for part in request.files.getlist("files") if part.filename]
    try:
        results = documents.upload_to_draft(
            session(), contract(), shelf(), draft_id, incoming, document_type=kind, **act()
        )
    except Invalid as fault:
        if is_partial():
            return uploaded(draft_id, documents.all_refused(incoming, fault.faults[0].message))
        return refused(draft_id, "documents", {"document_type": kind}, fault.faults)
    if is_partial():
        return uploaded(draft_id, results)
    return upload_answer(draft_id, results)


def upload_answer(draft_id: UUID, results: tuple[Uploaded, ...]) -> Answer:
    """On with the draft when every file was kept; else its page, which says beside each other one why not."""
    kept = sum(1 for one in results if one.document_id)
    if kept:
        flash(contract().documents.success_text, "good")
    if refused := len(results) - kept:
        said = ngettext("One file was not kept.", "%(num)s files were not kept.", refused)
        flash(f"{said} {_('The reason stands beside its name.')}", "bad")
    if kept == len(results):
        return onward(draft_id, "documents")
    return show(look(draft_id, "documents", Retyped("documents")), "documents", results=results), 200 if kept else 422


@blueprint.post("/drafts/<uuid:draft_id>/documents/<uuid:document_id>/deactivate")
@requires(Permission.DOCUMENT_DEACTIVATE)
def deactivate_document(draft_id: UUID, document_id: UUID) -> Answer:
    """Take a document off the draft; it is kept (DOC-08)."""
    before = look(draft_id)
    documents.deactivate_document(session(), contract(), draft_id, document_id, **act())
    if is_partial():
        return saved(draft_id, before, "documents", redraw=True)
    return onward(draft_id, "documents")


@blueprint.get("/documents/<uuid:document_id>")
@requires(Permission.DOCUMENT_READ)
def document(document_id: UUID) -> Response:
    """A document to keep or open in its own program, never inside the portal's pages (S11)."""
    return handed_out(documents.open_document(session(), shelf(), document_id, **act()))


def handed_out(opened: OpenedDocument) -> Response:
    """A document as an answer that no browser opens inside a page."""
    answer = Response(opened.pieces, mimetype=opened.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=opened.file_name)
    answer.headers["Content-Length"] = str(opened.size)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def uploaded(draft_id: UUID, results: tuple[Uploaded, ...]) -> Answer:
    """The list of documents anew, with what is missing beside it; refused files say why."""
    page = look(draft_id, "documents", Retyped("documents"))
    text = render_template(
        "cases/upload_answer.html", draft=page, at="documents", section=page.section("documents"), results=results
    )
    return text, 200 if any(one.document_id for one in results) else 422
