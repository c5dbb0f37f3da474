"""The Message Center: threads about cases, reading and answering them. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.access import ActorKind, Permission
from app.domain.errors import FieldFault, Invalid
from app.notices import messages
from app.notices.messages import Typed
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.navigation import count_with
from app.web.paging import Page, list_request
from app.web.request import actor, contract, is_partial, now, session
from tenancy.vocabulary import Navigation

blueprint = Blueprint("messages", __name__, template_folder="templates")


def install(app: Flask) -> None:
    """Show how many threads are unread beside the entry of the navigation."""
    count_with(app, Navigation.MESSAGE_CENTER, lambda: messages.count_unread(session(), actor=actor()))


@blueprint.get("/messages")
@requires(Permission.MESSAGE_READ, Permission.REVIEW_READ)
def center() -> str:
    """Threads, the latest first; each unfolds to what is new in it (MSG-01)."""
    asked = list_request(request.args, sorts=("sent_at",), default_sort="-sent_at", default_size=10)
    rows, total = messages.open_center(session(), actor=actor(), now=now(), offset=asked.offset, limit=asked.size)
    page = Page(rows, asked.number, asked.size, total)
    return render_template("notices/center.html", page=page, is_staff=actor().kind is ActorKind.STAFF)


@blueprint.get("/messages/<uuid:thread_id>")
@requires(Permission.MESSAGE_READ, Permission.REVIEW_READ)
def thread(thread_id: UUID) -> str:
    """A thread with the form that answers it."""
    return _page(thread_id)


@blueprint.post("/messages/<uuid:thread_id>")
@requires(Permission.MESSAGE_SEND, Permission.REVIEW_WORK)
def reply(thread_id: UUID) -> Response | tuple[str, int]:
    """Answer in a thread (MSG-02)."""
    written = Typed(request.form.get("subject", ""), request.form.get("body", ""))
    try:
        messages.reply(session(), contract(), thread_id, written, actor=actor(), now=now())
    except Invalid as fault:
        return _page(thread_id, fault.faults), 422
    flash(_("Your message was sent."), "good")
    return redirect(url_for("messages.thread", thread_id=thread_id), 303)


@blueprint.post("/messages/<uuid:thread_id>/read")
@requires(Permission.MESSAGE_READ, Permission.REVIEW_READ)
def mark_read(thread_id: UUID) -> Response:
    """What is in the thread is read."""
    messages.mark_read(session(), thread_id, actor=actor(), now=now())
    return Response(status=204) if is_partial() else redirect(url_for("messages.center"), 303)


def _page(thread_id: UUID, faults: tuple[FieldFault, ...] = ()) -> str:
    shown = messages.open_thread(session(), thread_id, actor=actor(), now=now())
    return render_template(
        "notices/thread.html",
        messages=shown,
        subject=messages.reply_subject(contract(), shown[-1].subject),
        faults=faults,
        is_staff=actor().kind is ActorKind.STAFF,
        wrong={fault.field: fault.message for fault in faults},
        typed=request.form,
    )
