"""Submitting a draft, and accepting the disclaimer beforehand. Views only."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import redirect, request, url_for

from app.cases import drafts, submission
from app.cases.blueprints import draft_blueprint as blueprint
from app.cases.draft_views import Answer, act, look, saved, show
from app.cases.pages import Retyped
from app.cases.submission import Confirmed, Incomplete
from app.domain.access import Permission
from app.domain.errors import Conflict
from app.web.access import requires
from app.web.request import contract, databases, session, tenant
from app.web.undeclared import known


@blueprint.post("/drafts/<uuid:draft_id>/submit")
@requires(Permission.CASE_SUBMIT)
def submit(draft_id: UUID) -> Answer:
    """Send the request; the answer to a second press is the same case (SUB-04, R2)."""
    form = request.form
    version = form.get("version", "")
    confirmed = Confirmed(
        key=form.get("submission_key", "")[:80] or str(uuid4()),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        accepted=bool(form.get("accepted")),
    )
    try:
        with databases().control.session(is_durable=False) as control:
            sent = submission.submit_case(session(), control, tenant().loaded, draft_id, confirmed, **act())
    except Incomplete as fault:
        return refuse(draft_id, fault.message, 422)
    except Conflict as conflict:
        return refuse(draft_id, conflict.message, 409)
    return redirect(url_for("casebook.case", number=sent.number, submitted=""), 303)


def refuse(draft_id: UUID, message: str, status: int) -> Answer:
    """The draft's page, with everything that keeps it from being sent."""
    session().rollback()
    return show(look(draft_id, retyped=Retyped(is_refused=True)), "submit", not_ready=message, told="refused"), status


@blueprint.post("/drafts/<uuid:draft_id>/disclaimer")
@requires(Permission.CASE_EDIT)
def disclaimer(draft_id: UUID) -> Answer:
    """Keep that the box was ticked or cleared (SUB-01)."""
    known("version", "submission_key")  # the box stands in the form that submits
    before = look(draft_id)
    accepted = bool(request.form.get("accepted"))
    drafts.accept_disclaimer(session(), contract(), draft_id, accepted=accepted, **act())
    return saved(draft_id, before, "submit")
