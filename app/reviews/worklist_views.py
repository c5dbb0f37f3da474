"""The worklist of the payer's staff: filters, tabs, saved filters, pins. Views only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.access import Permission
from app.domain.errors import Invalid
from app.domain.fields import service_label
from app.reviews import marks, queries, reading
from app.reviews.blueprints import blueprint
from app.reviews.forms import FILTERS, worklist_filter
from app.web.access import requires, safe_next
from app.web.messages import gettext as _
from app.web.paging import Page, list_request
from app.web.request import actor, contract, now, session


@blueprint.get("/review")
@requires(Permission.WORKLIST_READ)
def worklist() -> str:
    """Open requests, the earliest deadline first."""
    asked = worklist_filter(request.args)
    page_asked = list_request(request.args, sorts=("due_at",), default_sort="due_at", default_size=25)
    rows, total = reading.worklist(
        session(), contract(), asked, offset=page_asked.offset, limit=page_asked.size, actor=actor(), now=now()
    )
    return render_template(
        "reviews/worklist.html",
        asked=asked,
        page=Page(rows, page_asked.number, page_asked.size, total),
        counts=reading.count_views(session(), contract(), actor=actor(), now=now()),
        most=queries.MOST_COUNTED,
        saved=queries.list_saved_views(session(), user_id) if (user_id := actor().user_id) else (),
        services=[(key, service_label(one)) for key, one in contract().catalogue.services.items()],
        query=request.query_string.decode("ascii", "ignore"),
    )


@blueprint.post("/review/views")
@requires(Permission.WORKLIST_READ)
def save_view() -> Response:
    """Keep the filters under a name."""
    filters: dict[str, Any] = {key: value for key in FILTERS if (value := request.form.get(key, ""))}
    try:
        query = url_for("reviews.worklist", **filters).partition("?")[2]
        marks.save_view(session(), request.form.get("name", ""), query, actor=actor(), now=now())
        flash(_("Your view was saved."), "good")
    except Invalid as fault:
        flash(fault.faults[0].message, "bad")
    return redirect(url_for("reviews.worklist", **filters), 303)


@blueprint.post("/review/views/<uuid:view_id>/delete")
@requires(Permission.WORKLIST_READ)
def drop_view(view_id: UUID) -> Response:
    """Forget saved filters."""
    marks.drop_view(session(), view_id, actor=actor())
    return redirect(url_for("reviews.worklist"), 303)


@blueprint.post("/review/requests/<uuid:request_id>/pin")
@requires(Permission.WORKLIST_READ)
def pin(request_id: UUID) -> Response:
    """Keep a request at hand, or no longer."""
    marks.pin(session(), request_id, request.form.get("pin") == "yes", actor=actor(), now=now())
    return redirect(safe_next(request.form.get("next", url_for("reviews.worklist"))), 303)


@blueprint.post("/review/requests/<uuid:request_id>/read")
@requires(Permission.REVIEW_READ)
def mark_read(request_id: UUID) -> Response:
    """What happened to the request is read."""
    marks.mark_read(session(), request_id, actor=actor(), now=now())
    return Response(status=204)
