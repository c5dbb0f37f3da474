"""What providers may ask for on a submitted case: a page for each action. Views only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.cases.adding import TypedCodes
from app.cases.answer_pages import AnswerForm
from app.cases.case_views import upload_bytes
from app.cases.records import CaseFile
from app.cases.shelves import shelf
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid, NotFound
from app.domain.fields import list_choices
from app.reviews import actions, added_codes, after_forms, after_reading, changes, peer_to_peer, reconsiderations
from app.reviews.after_reading import AfterView
from app.reviews.asking import Asked
from app.reviews.blueprints import blueprint
from app.web.access import body_limit, requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, control, now, session
from tenancy.vocabulary import ActionKind

Answer = Response | str | tuple[str, int]


@blueprint.get("/cases/<number>/actions/<kind_of_action>")
@requires(Permission.CASE_ACT)
def action(number: str, kind_of_action: str) -> Answer:
    """The request to ask for (ACT-02), then the form."""
    return _page(number, _kind(kind_of_action), request.args.get("request", ""))


@blueprint.post("/cases/<number>/actions/<kind_of_action>")
@requires(Permission.CASE_ACT)
@body_limit(upload_bytes)
def act_on(number: str, kind_of_action: str) -> Answer:
    """Ask for it; what cannot be taken is shown with what was typed."""
    wanted = _kind(kind_of_action)
    if wanted not in _ACTS:
        raise NotFound
    label = request.form.get("request", "")
    if after_forms.only_changes_entries(request.form):
        return _page(number, wanted, label)
    try:
        done = _ACTS[wanted](_request_id(number, label))
    except Invalid as fault:
        return _page(number, wanted, label, fault.faults), 422
    for one in done.uploaded:
        flash(f"{one.file_name}: {one.fault or contract().documents.success_text}", "bad" if one.fault else "good")
    flash(_DONE[wanted](), "good")
    return redirect(url_for("casebook.case", number=done.case_number), 303)


@blueprint.post("/cases/<number>/extend")
@requires(Permission.CASE_ACT)
def extend_stay(number: str) -> Answer:
    """Continue a stay: the further request opens to be filled in (EXT-01)."""
    case, views = after_reading.open_after(session(), contract(), number, actor=actor(), now=now())
    changes.start_extension(_counter(), views[-1].id)
    flash(_("Enter the new last day, then submit."), "good")
    return redirect(url_for("cases.draft", draft_id=case.id), 303)


def _kind(word: str) -> ActionKind:
    kinds = {kind.value: kind for kind in contract().actions.kinds}
    if word not in kinds:
        raise NotFound
    return kinds[word]


def _request_id(number: str, label: str) -> UUID:
    _case, views = after_reading.open_after(session(), contract(), number, actor=actor(), now=now())
    for view in views:
        if view.label == label:
            return view.id
    raise Invalid((FieldFault("request", _("Choose the request it belongs to.")),))


def _counter() -> changes.Counter:
    return changes.Counter(session(), contract(), shelf(), actor(), now())


def _reconsider(request_id: UUID) -> Asked:
    given = after_forms.reconsideration(request.form, request.files.getlist("files"))
    return reconsiderations.ask_reconsideration(
        session(), contract(), shelf(), request_id, given, actor=actor(), now=now()
    )


def _talk(request_id: UUID) -> Asked:
    given = after_forms.talk(request.form, request.files.getlist("files"))
    return peer_to_peer.ask_peer_to_peer(session(), contract(), shelf(), request_id, given, actor=actor(), now=now())


def _clinical(request_id: UUID) -> Asked:
    given = after_forms.enclosed(request.form, request.files.getlist("files"))
    return changes.send_clinical(_counter(), request_id, given)


def _revise(request_id: UUID) -> Asked:
    given = after_forms.enclosed(request.form, request.files.getlist("files"))
    codes = TypedCodes(control(), *after_forms.codes(request.form, added_codes.ROWS))
    return changes.ask_revision(_counter(), request_id, given, codes)


def _withdraw(request_id: UUID) -> Asked:
    given = after_forms.enclosed(request.form, request.files.getlist("files"))
    return changes.withdraw_request(_counter(), request_id, given)


def _discharge(request_id: UUID) -> Asked:
    day, where = request.form.get("discharge_on", ""), request.form.get("discharge_to", "")
    return changes.record_discharge(_counter(), request_id, day, where)


_ACTS: Mapping[ActionKind, Callable[[UUID], Asked]] = {
    ActionKind.ADDITIONAL_CLINICAL: _clinical,
    ActionKind.REVISION: _revise,
    ActionKind.RECONSIDERATION: _reconsider,
    ActionKind.PEER_TO_PEER: _talk,
    ActionKind.DISCHARGE: _discharge,
    ActionKind.CANCEL: _withdraw,
}
_DONE: Mapping[ActionKind, Callable[[], str]] = {
    ActionKind.ADDITIONAL_CLINICAL: lambda: _("It was sent. The status of the case stays the same."),
    ActionKind.REVISION: lambda: _("Your note was sent. Our staff changes the request and tells you."),
    ActionKind.RECONSIDERATION: lambda: _(
        "The request is looked at again, by somebody who had no part in the decision."
    ),
    ActionKind.PEER_TO_PEER: lambda: _("Your times were sent. We tell you by e-mail which one is booked."),
    ActionKind.DISCHARGE: lambda: _("The discharge was recorded."),
    ActionKind.CANCEL: lambda: _("The request was taken back."),
}


def _page(number: str, kind: ActionKind, label: str, faults: tuple[FieldFault, ...] = ()) -> str:
    """The form of an action, or first the choice among several requests. Raises Closed or Conflict if none has it."""
    if faults:
        session().rollback()
    case, views = after_reading.open_after(session(), contract(), number, actor=actor(), now=now())
    possible = after_reading.open_kind(views, kind)
    if not possible:
        _refuse(views, kind)
    chosen = next((view for view in possible if view.label == label), possible[0] if len(possible) == 1 else None)
    right = contract().rights.get(kind.value)
    wrong = {fault.field: fault.message for fault in faults}
    return render_template(
        "reviews/action.html",
        case=case,
        kind=kind.value,
        action=contract().actions.kinds[kind],
        right=right,
        chosen=chosen,
        possible=possible,
        right_now=next((one for one in chosen.rights if one.name == kind.value), None) if chosen else None,
        slots=after_forms.slot_count(right.minimum_slots if right else 0),
        faults=faults,
        wrong=wrong,
        typed=request.form,
        added=_added(case, chosen, wrong) if kind is ActionKind.REVISION else _Added(),
        not_kept=[part.filename for part in request.files.getlist("files") if part.filename],
        document_types=list_choices(contract(), "document_types"),
        is_billed=any(line.units_used for one in case.requests for line in one.lines),
    )


@dataclass(frozen=True, slots=True)
class _Added:
    """Rows for codes to be added to the chosen request, and the questionnaires that the typed codes bring."""

    rows: Sequence[added_codes.CodeRow] = ()
    forms: Sequence[AnswerForm] = ()


def _added(case: CaseFile, chosen: AfterView | None, wrong: Mapping[str, str]) -> _Added:
    asked = next((one for one in case.rows.requests if chosen is not None and one.id == chosen.id), None)
    if asked is None:
        return _Added()
    codes = TypedCodes(control(), *after_forms.codes(request.form, added_codes.ROWS))
    return _Added(
        added_codes.code_rows(session(), contract(), case.rows, asked, request.form, wrong, now=now()),
        added_codes.code_forms(session(), contract(), case.rows, asked, codes, wrong, now=now()),
    )


def _refuse(views: tuple[AfterView, ...], kind: ActionKind) -> None:
    offers = [(view.offers, offer) for view in views if (offer := view.offer(kind)) is not None]
    if not offers:
        raise NotFound
    raise actions.refusal(*offers[-1])
