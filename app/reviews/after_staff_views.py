"""The staff's side of talks and of changes asked for: what waits, booking, outcomes, answers. Views only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import staff_recognition
from app.cases.adding import TypedCodes
from app.domain.access import Permission
from app.domain.errors import FieldFault
from app.reviews import added_codes, after_forms, after_waiting, peer_to_peer, revising
from app.reviews.blueprints import blueprint
from app.reviews.refusals import REFUSALS, told
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, contract, control, now, session

Answer = Response | str | tuple[str, int]


@blueprint.get("/review/after")
@requires(Permission.REVIEW_READ)
def after() -> Answer:
    """Talks that are ahead and changes that wait for an answer."""
    return _page()


@blueprint.post("/review/after/talks/<uuid:talk_id>/book")
@requires(Permission.REVIEW_WORK)
def book_talk(talk_id: UUID) -> Answer:
    """Book one of the offered times with a physician."""

    def act() -> str:
        peer_to_peer.book(
            session(),
            contract(),
            talk_id,
            _instant(request.form.get("starts_at", "")),
            next((one for one in _physicians() if str(one.user_id) == request.form.get("physician")), None),
            version=after_forms.version(request.form),
            actor=actor(),
            now=now(),
        )
        return _("The talk is booked. The provider is told by e-mail.")

    return _acted(act)


@blueprint.post("/review/after/talks/<uuid:talk_id>/outcome")
@requires(Permission.REVIEW_DECIDE)
def end_talk(talk_id: UUID) -> Answer:
    """What came of a talk, recorded by a physician."""

    def act() -> str:
        outcome, said = request.form.get("outcome", ""), request.form.get("reason", "")
        version = after_forms.version(request.form)
        peer_to_peer.record_outcome(
            session(), contract(), talk_id, outcome, said, version=version, actor=actor(), now=now()
        )
        return _("The outcome was recorded. The provider is told by e-mail.")

    return _acted(act)


@blueprint.post("/review/after/talks/<uuid:talk_id>/missed")
@requires(Permission.REVIEW_WORK)
def miss_talk(talk_id: UUID) -> Answer:
    """A booked talk did not take place."""

    def act() -> str:
        version, why = after_forms.version(request.form), request.form.get("reason", "")
        peer_to_peer.record_missed(session(), talk_id, why, version=version, actor=actor(), now=now())
        return _("It was recorded that the talk did not take place.")

    return _acted(act)


@blueprint.post("/review/after/changes/<uuid:revision_id>")
@requires(Permission.REVIEW_WORK)
def answer_change(revision_id: UUID) -> Answer:
    """Tell the provider that a change was made, or why not."""

    def act() -> str:
        lines = after_waiting.lines_of(session(), contract(), revision_id)
        answer = after_forms.revision(request.form, revision_id, lines)
        revising.answer_revision(session(), contract(), revision_id, answer, actor=actor(), now=now())
        return _("Your answer was sent.")

    return _acted(act)


@blueprint.get("/review/after/changes/<uuid:revision_id>/codes")
@requires(Permission.REVIEW_WORK)
def change_codes(revision_id: UUID) -> Answer:
    """Rows for the codes that a provider asked for in words."""
    return _codes_page(revision_id)


@blueprint.post("/review/after/changes/<uuid:revision_id>/codes")
@requires(Permission.REVIEW_WORK)
def add_codes(revision_id: UUID) -> Answer:
    """Enter them; they are decided as a further request."""
    if after_forms.only_changes_entries(request.form):
        return _codes_page(revision_id)
    typed = TypedCodes(control(), *after_forms.codes(request.form, added_codes.ROWS))
    try:
        added_codes.add_for_provider(session(), contract(), revision_id, typed, actor=actor(), now=now())
    except REFUSALS as refusal:
        faults, status = told(refusal)
        return _codes_page(revision_id, faults), status
    flash(_("The codes were added. They wait in the worklist as a further request."), "good")
    return redirect(url_for("reviews.after"), 303)


def _codes_page(revision_id: UUID, faults: tuple[FieldFault, ...] = ()) -> str:
    if faults:  # the reading is kept in the trail, nothing else
        session().rollback()
        commit_anyway()
    change, asked, case = after_waiting.open_change(session(), revision_id, actor=actor(), now=now())
    wrong = {fault.field: fault.message for fault in faults}
    typed = TypedCodes(control(), *after_forms.codes(request.form, added_codes.ROWS))
    return render_template(
        "reviews/change_codes.html",
        change=change,
        asked=asked,
        case=case,
        rows=added_codes.code_rows(session(), contract(), case, asked, request.form, wrong, now=now()),
        forms=added_codes.code_forms(session(), contract(), case, asked, typed, wrong, now=now()),
        faults=faults,
    )


def _acted(act: Callable[[], str]) -> Answer:
    try:
        said = act()
    except REFUSALS as refusal:
        faults, status = told(refusal)
        return _page(faults), status
    flash(said, "good")
    return redirect(url_for("reviews.after"), 303)


def _instant(text: str) -> datetime:
    """The offered time that was chosen; anything else is a time nobody offered."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _physicians() -> list[peer_to_peer.Physician]:
    """Who may be booked for a talk."""
    return peer_to_peer.physicians_among(staff_recognition.colleagues(), actor())


def _page(faults: tuple[FieldFault, ...] = ()) -> str:
    if faults:  # the page that refuses shows members as well: that reading is kept in the trail, nothing else
        session().rollback()
        commit_anyway()
    waiting = after_waiting.list_waiting(session(), contract(), actor=actor(), now=now())
    return render_template(
        "reviews/after.html",
        waiting=waiting,
        physicians=_physicians(),
        outcomes=list(peer_to_peer.OUTCOMES.items()),
        faults=tuple(FieldFault(fault.field if "." in fault.field else "", fault.message) for fault in faults),
        wrong={fault.field: fault.message for fault in faults},
        typed=request.form if faults else {},
    )
