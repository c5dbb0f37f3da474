"""The Cases page: search by case and by consumer. Views only."""

from __future__ import annotations

from flask import render_template, request

from app.cases import lookups, reading
from app.cases.blueprints import read_blueprint as blueprint
from app.cases.drafts import local_day
from app.cases.home_views import window
from app.cases.records import CaseRow
from app.cases.search_forms import CaseSearch, case_filter, search_choices
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.web.access import requires
from app.web.paging import ListRequest, Page, list_request
from app.web.request import actor, contract, now, session


@blueprint.get("/cases")
@requires(Permission.CASE_SEARCH)
def search() -> str | tuple[str, int]:
    """Search by case: a span of dates is mandatory (SRCH-01..06)."""
    typed = CaseSearch.read(request.args)
    if not typed.is_asked:
        return _shown(CaseSearch.usual(local_day(contract(), now())))
    try:
        wanted = case_filter(contract(), typed, actor().group_ids)
    except Invalid as fault:
        return _shown(typed, faults=fault.faults), 422
    asked = _asked()
    rows, total = reading.list_rows(session(), contract(), wanted, window(asked), actor=actor(), now=now())
    return _shown(typed, Page(rows, asked.number, asked.size, total))


def _asked() -> ListRequest:
    size = contract().layout.page_size
    return list_request(request.args, sorts=lookups.SORTS, default_sort="-submitted_at", default_size=size)


def _shown(typed: CaseSearch, page: Page[CaseRow] | None = None, faults: tuple[FieldFault, ...] = ()) -> str:
    asked = _asked()
    return render_template(
        "cases/search.html",
        typed=typed,
        asked=asked,
        page=page,
        export=typed.arguments | {"sort": asked.sort_text},
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        choices=search_choices(contract(), reading.groups(session(), actor=actor())),
    )
