"""The Cases page: search by case and by consumer. Views only."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app.cases import lookups, reading
from app.cases.blueprints import read_blueprint as blueprint
from app.cases.home_views import window
from app.cases.search_forms import CaseSearch, case_filter, search_choices
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.web.access import requires
from app.web.paging import Page, list_request
from app.web.request import actor, contract, now, session


@blueprint.get("/cases")
@requires(Permission.CASE_SEARCH)
def search() -> str | tuple[str, int]:
    """Search by case: a span of dates is mandatory (SRCH-01..06)."""
    typed = CaseSearch.read(request.args)
    size = contract().layout.page_size
    asked = list_request(request.args, sorts=lookups.SORTS, default_sort="-submitted_at", default_size=size)
    faults: tuple[FieldFault, ...] = ()
    page: Page[Any] | None = None
    if typed.is_asked:
        try:
            wanted = case_filter(contract(), typed, actor().group_ids)
            rows, total = reading.list_rows(session(), contract(), wanted, window(asked), actor=actor(), now=now())
            page = Page(rows, asked.number, asked.size, total)
        except Invalid as fault:
            faults = fault.faults
    shown = render_template(
        "cases/search.html",
        typed=typed,
        asked=asked,
        page=page,
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        choices=search_choices(contract(), reading.groups(session(), actor=actor())),
    )
    return (shown, 422) if faults else shown
