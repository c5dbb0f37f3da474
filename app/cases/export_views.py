"""Lists taken away as files: Home's, a search's, a member's. Views only."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Response, request

from app.cases import exports, lookups, reading
from app.cases.blueprints import read_blueprint as blueprint
from app.cases.home_views import LISTS, chosen_group, window
from app.cases.lookups import CaseFilter
from app.cases.search_forms import CaseSearch, case_filter
from app.directory.queries import get_member
from app.domain.access import Permission
from app.web.access import requires
from app.web.paging import list_request
from app.web.rendering import day_local
from app.web.request import actor, contract, now, session


@blueprint.get("/export.csv")
@requires(Permission.CASE_EXPORT)
def export_home() -> Response:
    """One of Home's lists."""
    statuses = LISTS.get(request.args.get("list", ""), LISTS["un_submitted"])
    return _file(CaseFilter(statuses=statuses, group_id=chosen_group()), "-modified_at")


@blueprint.get("/cases/export.csv")
@requires(Permission.CASE_EXPORT)
def export_search() -> Response:
    """What a search by case found. Raises Invalid as the search does."""
    return _file(case_filter(contract(), CaseSearch.read(request.args), actor().group_ids), "-submitted_at")


@blueprint.get("/consumers/<uuid:member_id>/export.csv")
@requires(Permission.CASE_EXPORT)
def export_member(member_id: UUID) -> Response:
    """The requests of one member. Raises NotFound."""
    get_member(session(), member_id)
    is_servicing = request.args.get("tab") == "servicing"
    return _file(CaseFilter(member_id=member_id, is_servicing=is_servicing), "-submitted_at")


def _file(wanted: CaseFilter, usual: str) -> Response:
    asked = list_request(request.args, sorts=lookups.SORTS, default_sort=usual)
    first = replace(window(asked), offset=0, limit=exports.MOST_ROWS)
    rows, _total = reading.list_rows(
        session(), contract(), wanted, first, actor=actor(), now=now(), total=exports.MOST_ROWS, action="case:export"
    )
    body = "".join(exports.case_csv(contract(), rows))
    name = f"cases-{day_local(now()).replace('/', '-')}.csv"
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
