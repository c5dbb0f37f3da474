"""Home, and the search box of the header. Views only: read, ask one service, render."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.cases import lookups, reading
from app.cases.blueprints import read_blueprint as blueprint
from app.cases.lookups import CaseFilter, Window
from app.domain.access import Permission
from app.web.access import requires
from app.web.paging import ListRequest, Page, list_request
from app.web.request import actor, contract, now, session

LISTS = {
    "un_submitted": ("un_submitted",),
    "submitted": ("submitted",),
    "completed": ("completed",),
    "work_in_progress": ("un_submitted", "submitted"),
}


def chosen_group() -> UUID | None:
    """The one of one's groups whose cases are asked for by ``?group=``; None for all of them, so that none is lost."""
    asked = request.args.get("group", "")
    return next((group_id for group_id in actor().group_ids if str(group_id) == asked), None)


def window(asked: ListRequest) -> Window:
    """The rows a list request means."""
    return Window(offset=asked.offset, limit=asked.size, sort=asked.sort, descending=asked.descending)


@blueprint.get("/")
@requires(Permission.HOME_READ)
def home() -> str:
    """Home: tiles and the saved requests, newest first (HOME-01..06)."""
    shown = request.args.get("list", "un_submitted")
    shown = shown if shown in LISTS else "un_submitted"
    size = contract().layout.page_size
    asked = list_request(request.args, sorts=lookups.SORTS, default_sort="-modified_at", default_size=size)
    chosen = chosen_group()
    wanted = CaseFilter(statuses=LISTS[shown], group_id=chosen)
    counts = reading.home_counts(session(), actor=actor(), group_id=chosen)
    rows, total = reading.list_rows(
        session(), contract(), wanted, window(asked), actor=actor(), now=now(), total=counts.total_of(shown)
    )
    page = Page(rows, asked.number, asked.size, total)
    return render_template("cases/home.html", counts=counts, shown=shown, asked=asked, page=page, chosen=chosen)


@blueprint.route("/search", methods=["GET", "POST"])
@requires(Permission.CASE_SEARCH)
def find() -> Response | tuple[str, int]:
    """The header's search: a hit opens the case directly (NAV-03); what is typed, whatever it is, is in no address."""
    if request.method != "POST":
        return redirect(url_for("casebook.search"), 303)
    text = request.form.get("q", "")
    number = reading.find_number(session(), text, actor=actor())
    if number is None:
        return render_template("cases/not_found.html"), 404
    return redirect(url_for("casebook.case", number=number), 303)
