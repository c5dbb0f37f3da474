"""The review page of one request and the acts on it. Views only: read, ask one service, redirect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import staff_recognition
from app.cases.shelves import shelf
from app.cases.upload_views import handed_out
from app.domain.access import Permission, may
from app.domain.errors import FieldFault
from app.reviews import assignment, determinations, files, forms, information, letter_desk, queries, reading
from app.reviews.assignment import Reviewer, reviewers_among
from app.reviews.blueprints import blueprint
from app.reviews.determinations import Grounds
from app.reviews.refusals import REFUSALS, told
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, contract, now, session, tenant


@blueprint.get("/review/<number>/<label>")
@requires(Permission.REVIEW_READ)
def review(number: str, label: str) -> str:
    """A request with everything sent for it, its clocks, and the decision beside it."""
    return _page(number, label)


@blueprint.post("/review/<number>/<label>/take")
@requires(Permission.REVIEW_WORK)
def take(number: str, label: str) -> Response | tuple[str, int]:
    """Take a request, or give it back."""

    def act(wanted: UUID, version: int) -> str:
        if request.form.get("give_back"):
            assignment.assign(session(), wanted, None, version=version, actor=actor(), now=now())
            return _("You gave the request back to the team.")
        assignment.take(session(), wanted, version=version, actor=actor(), now=now())
        return _("This request is yours.")

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/assign")
@requires(Permission.REVIEW_ASSIGN)
def assign(number: str, label: str) -> Response | tuple[str, int]:
    """Give a request to somebody."""

    def act(wanted: UUID, version: int) -> str:
        to = forms.person(request.form, _reviewers())
        assignment.assign(session(), wanted, to, version=version, actor=actor(), now=now())
        return _("%(name)s has this request now.", name=to.name if to else _("The team"))

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/escalate")
@requires(Permission.REVIEW_WORK)
def escalate(number: str, label: str) -> Response | tuple[str, int]:
    """Send a request up."""

    def act(wanted: UUID, version: int) -> str:
        why = request.form.get("escalation", "")
        assignment.escalate(session(), contract(), wanted, why, version=version, actor=actor(), now=now())
        return _("The request was sent up.")

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/extend")
@requires(Permission.REVIEW_WORK)
def extend(number: str, label: str) -> Response | tuple[str, int]:
    """Extend the deadline, with a notice."""

    def act(wanted: UUID, version: int) -> str:
        why = request.form.get("extension", "")
        assignment.extend_deadline(session(), contract(), wanted, why, version=version, actor=actor(), now=now())
        return _("The deadline was extended. The provider is told.")

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/information")
@requires(Permission.REVIEW_WORK)
def ask(number: str, label: str) -> Response | tuple[str, int]:
    """Ask the provider for what is missing."""

    def act(wanted: UUID, version: int) -> str:
        items, message = request.form.getlist("items"), request.form.get("message", "")
        information.request_information(
            session(), contract(), wanted, items, message, version=version, actor=actor(), now=now()
        )
        return _("The provider was asked. You see the answer here.")

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/information/<uuid:information_id>/withdraw")
@requires(Permission.REVIEW_WORK)
def withdraw(number: str, label: str, information_id: UUID) -> Response | tuple[str, int]:
    """Take a question back."""

    def act(_wanted: UUID, version: int) -> str:
        information.withdraw_information(
            session(), contract(), information_id, version=version, actor=actor(), now=now()
        )
        return _("The question was taken back. The clocks run again.")

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/decide")
@requires(Permission.REVIEW_DECIDE)
def decide(number: str, label: str) -> Response | tuple[str, int]:
    """Decide lines of a request."""

    def act(wanted: UUID, version: int) -> str:
        made = forms.decisions(request.form, reading.ledger_of(session(), contract(), wanted, now=now()))
        grounds = Grounds(rationale=request.form.get("rationale", ""))
        done = determinations.record_determination(
            session(), tenant().loaded, wanted, made, version=version, grounds=grounds, actor=actor(), now=now()
        )
        return _("The request is decided.") if done.is_complete else _("Your decisions were recorded.")

    return acted(number, label, act)


@blueprint.get("/review/documents/<uuid:document_id>")
@requires(Permission.REVIEW_READ)
def document(document_id: UUID) -> Response:
    """A document of a submitted case."""
    return handed_out(files.open_document(session(), shelf(), document_id, actor=actor(), now=now()))


def _id(number: str, label: str) -> UUID:
    return queries.get_staff_request(session(), number, label)[0].id


def _reviewers() -> tuple[Reviewer, ...]:
    """Whom the person at the keyboard may give a request to."""
    if not may(actor(), Permission.REVIEW_ASSIGN):
        return ()
    return reviewers_among(contract(), staff_recognition.colleagues(), actor())


def _back(number: str, label: str, said: str) -> Response:
    flash(said, "good")
    return redirect(url_for("reviews.review", number=number, label=label), 303)


def acted(number: str, label: str, act: Callable[[UUID, int], str]) -> Response | tuple[str, int]:
    """Do it and come back to the page; what is refused is told there, with what was typed still in it."""
    wanted = _id(number, label)
    try:
        said = act(wanted, forms.version(request.form))
    except REFUSALS as refusal:
        faults, status = told(refusal)
        return _page(number, label, faults, request.form), status
    return _back(number, label, said)


def _page(number: str, label: str, faults: tuple[FieldFault, ...] = (), typed: Mapping[str, str] | None = None) -> str:
    if faults:  # the page that refuses shows the case as well: that reading is kept in the trail, nothing else
        session().rollback()
        commit_anyway()
    shown = reading.open_review(session(), contract(), number, label, actor=actor(), now=now())
    return render_template(
        "reviews/review.html",
        case=shown.case,
        asked=shown.request,
        may_decide=shown.decisions,
        reviewers=_reviewers(),
        reason_words={
            name: {"criterion": reason.criterion, "change": reason.change}
            for name, reason in contract().review.reasons.items()
            if reason.criterion or reason.change
        },
        letters=letter_desk.letters_of(session(), shown.case.id),
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        typed=typed or {},
        ticked=request.form.getlist("items") if faults else (),
    )
