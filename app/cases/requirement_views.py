"""Asking whether authorization is required, the proof of the answer, and the code lists. Views only."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.cases import requirement
from app.cases.blueprints import requirement_blueprint as blueprint
from app.cases.drafts import local_day
from app.cases.requirement import Asked
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.web.access import requires
from app.web.request import actor, contract, control, is_partial, now, session, tenant
from tenancy.contract.declare import EMPTY


@blueprint.get("/authorization")
@requires(Permission.REQUIREMENT_CHECK)
def index() -> str:
    """The question, for any code, place, date and member."""
    today = local_day(contract(), now())
    return _page(Asked.read({"service_on": f"{today:%m/%d/%Y}", "category": "outpatient"}))


@blueprint.post("/authorization")
@requires(Permission.REQUIREMENT_CHECK)
def ask() -> Response | str | tuple[str, int]:
    """Answer at once: as a piece under the form, or as the page of the proof."""
    asked = Asked.read(request.form)
    try:
        row = requirement.check_requirement(session(), control(), tenant().loaded, asked, actor=actor(), now=now())
    except Invalid as fault:
        if is_partial():
            return render_template("cases/_requirement_answer.html", row=None, faults=fault.faults), 422
        return _page(asked, fault.faults), 422
    if is_partial():
        return render_template("cases/_requirement_answer.html", row=row, faults=())
    return redirect(url_for("requirement.proof", reference=row.reference), 303)


@blueprint.get("/authorization/lists")
@requires(Permission.REQUIREMENT_CHECK)
def lists() -> str:
    """The code lists with their versions and dates, and the rules that read them."""
    today = local_day(contract(), now())
    return render_template("cases/requirement_lists.html", lists=requirement.code_lists(contract(), on=today))


@blueprint.get("/authorization/<reference>")
@requires(Permission.REQUIREMENT_CHECK)
def proof(reference: str) -> str:
    """The answer as it was given, to print."""
    shown = requirement.open_proof(session(), contract(), reference, actor=actor(), now=now())
    return render_template("cases/requirement_proof.html", proof=shown, row=shown.row)


def _page(asked: Asked, faults: tuple[FieldFault, ...] = ()) -> str:
    rule = contract().intake.procedures
    return render_template(
        "cases/requirement.html",
        asked=asked,
        faults=faults,
        wrong={fault.field: fault.message for fault in faults} or EMPTY,
        systems=[(one.value, rule.labels.get(one, one.value)) for one in rule.systems],
        places=[(name, place.label) for name, place in contract().catalogue.places.items()],
    )
