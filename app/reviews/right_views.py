"""Rights that are used outside the portal: how, until when, where to, and the form to send. Views only."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from app.cases.records import CaseFile
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.reviews import after_reading
from app.reviews.appeal_forms import appeal_form
from app.reviews.blueprints import blueprint
from app.reviews.rights import RightNow
from app.web.access import requires
from app.web.request import actor, contract, now, session


@blueprint.get("/cases/<number>/rights/<label>/<name>")
@requires(Permission.CASE_READ)
def right(number: str, label: str, name: str) -> str:
    """One right with its dates, who may use it, what to send and where to (APL-01 to APL-03)."""
    case, found = _found(number, label, name)
    first = [contract().rights[one].label for one in found.right.exhaust_first if one in contract().rights]
    return render_template("reviews/right.html", case=case, label=label, right=found, first=first)


@blueprint.get("/cases/<number>/rights/<label>/<name>/form.pdf")
@requires(Permission.CASE_READ)
def right_form(number: str, label: str, name: str) -> Response:
    """The form of a right, filled with what the portal knows."""
    case, found = _found(number, label, name)
    pdf = appeal_form(contract(), case, label, found, now=now())
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{number}-{label}.pdf")
    return answer


def _found(number: str, label: str, name: str) -> tuple[CaseFile, RightNow]:
    """The case and the right of one of its requests. Raises NotFound, alike for foreign and missing ones."""
    case, views = after_reading.open_after(session(), contract(), number, actor=actor(), now=now())
    for view in views:
        if view.label == label:
            for one in view.rights:
                if one.name == name:
                    return case, one
    raise NotFound
