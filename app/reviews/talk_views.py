"""Talks between physicians: the provider's page with new times, calling off and the calendar entry. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid, NotFound
from app.reviews import after_forms, after_reading, peer_to_peer
from app.reviews.after_reading import TalkView
from app.reviews.blueprints import blueprint
from app.reviews.calendar_entry import calendar_entry
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, now, portal, session

Answer = Response | str | tuple[str, int]


@blueprint.get("/cases/<number>/peer-to-peer/<uuid:talk_id>")
@requires(Permission.CASE_ACT)
def talk(number: str, talk_id: UUID) -> Answer:
    """A talk as it stands."""
    return _page(number, talk_id)


@blueprint.post("/cases/<number>/peer-to-peer/<uuid:talk_id>")
@requires(Permission.CASE_ACT)
def change_talk(number: str, talk_id: UUID) -> Answer:
    """Offer other times, or call it off."""
    version = after_forms.version(request.form)
    try:
        if request.form.get("act") == "cancel":
            why = request.form.get("reason", "")
            peer_to_peer.cancel(session(), talk_id, why, version=version, actor=actor(), now=now())
            said = _("The talk was called off.")
        else:
            given = after_forms.talk(request.form, ())
            peer_to_peer.reschedule(session(), contract(), talk_id, given, version=version, actor=actor(), now=now())
            said = _("Your new times were sent.")
    except Invalid as fault:
        return _page(number, talk_id, fault.faults), 422
    flash(said, "good")
    return redirect(url_for("reviews.talk", number=number, talk_id=talk_id), 303)


@blueprint.get("/cases/<number>/peer-to-peer/<uuid:talk_id>/talk.ics")
@requires(Permission.CASE_ACT)
def calendar(number: str, talk_id: UUID) -> Response:
    """The booked talk as a calendar entry; it names the case and nothing about the member."""
    shown = _own(number, talk_id)
    if shown.starts_at is None or shown.ends_at is None:
        raise NotFound
    address = portal().settings.url(contract().identity.subdomain)
    text = calendar_entry(shown, number, contract().brand.operator, address, now=now())
    answer = Response(text, mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "attachment", filename=f"peer-to-peer-{number}.ics")
    return answer


def _own(number: str, talk_id: UUID) -> TalkView:
    """The talk of this case. Raises NotFound, alike for foreign and missing ones."""
    _case, views = after_reading.open_after(session(), contract(), number, actor=actor(), now=now())
    return _found(views, talk_id)


def _found(views: tuple[after_reading.AfterView, ...], talk_id: UUID) -> TalkView:
    found = next((one for view in views for one in view.talks if one.id == talk_id), None)
    if found is None:
        raise NotFound
    return found


def _page(number: str, talk_id: UUID, faults: tuple[FieldFault, ...] = ()) -> str:
    if faults:
        session().rollback()
    case, views = after_reading.open_after(session(), contract(), number, actor=actor(), now=now())
    shown, right = _found(views, talk_id), contract().rights.get("peer_to_peer")
    return render_template(
        "reviews/talk.html",
        case=case,
        talk=shown,
        label=next(view.label for view in views if shown in view.talks),
        right=right,
        slots=after_forms.slot_count(right.minimum_slots if right else 0),
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        typed=request.form,
    )
