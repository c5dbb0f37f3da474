"""Messages about a case, read and started by the payer's staff. Views only."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.cases import conversations
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.notices import messages
from app.notices.messages import Typed
from app.reviews.blueprints import blueprint
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, now, session


@blueprint.get("/review/<number>/messages")
@requires(Permission.REVIEW_READ)
def case_messages(number: str) -> str:
    """The threads of a case with the form that starts one."""
    return _page(number)


@blueprint.post("/review/<number>/messages")
@requires(Permission.REVIEW_WORK)
def send_message(number: str) -> Response | tuple[str, int]:
    """Start a thread; whoever sent the request is told by e-mail."""
    written = Typed(request.form.get("subject", ""), request.form.get("body", ""))
    meant = conversations.case_meant_by_staff(session(), number)
    try:
        thread_id = messages.start_thread(session(), contract(), meant, written, actor=actor(), now=now())
    except Invalid as fault:
        return _page(number, fault.faults), 422
    flash(_("Your message was sent."), "good")
    return redirect(url_for("messages.thread", thread_id=thread_id), 303)


def _page(number: str, faults: tuple[FieldFault, ...] = ()) -> str:
    meant = conversations.case_meant_by_staff(session(), number)
    rows, _total = messages.list_threads(
        session(), actor=actor(), now=now(), offset=0, limit=conversations.MOST_THREADS, case_id=meant.case_id
    )
    return render_template(
        "notices/case_messages.html",
        number=number,
        rows=rows,
        back=url_for("reviews.review", number=number, label="R01"),
        here=url_for("reviews.send_message", number=number),
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        typed=request.form,
    )
