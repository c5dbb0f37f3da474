"""Consumers: search, and a member's page with earlier requests. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from app.cases import lookups, member_pages, reading
from app.cases.blueprints import read_blueprint as blueprint
from app.cases.home_views import window
from app.domain.access import Permission
from app.domain.errors import FieldFault, Invalid
from app.web.access import requires
from app.web.paging import Page, list_request
from app.web.request import actor, contract, now, session
from tenancy.vocabulary import CaseColumn

COLUMN_HEADS: dict[str, dict[str, str]] = {
    CaseColumn.CASE: {"label": "Case", "sort": "number"},
    CaseColumn.STATUS: {"label": "Status", "sort": "status"},
    CaseColumn.SUBMITTED: {"label": "Submit date", "sort": "submitted_at"},
    CaseColumn.REQUEST_INFO: {"label": "Request info", "sort": "submitted_at"},
    CaseColumn.CATEGORY: {"label": "Category", "sort": "category"},
    CaseColumn.DISCHARGE_DATE: {"label": "Discharge date", "sort": "discharge_on"},
    CaseColumn.SERVICE_TYPE: {"label": "Service type", "sort": "service"},
    CaseColumn.SERVICE_DATES: {"label": "Service dates", "sort": "service_from"},
    CaseColumn.PROCEDURES: {"label": "Procedures"},
    CaseColumn.LETTERS: {"label": "Letters"},
    CaseColumn.ACTIONS: {"label": "Actions"},
}


@blueprint.route("/consumers", methods=["GET", "POST"])
@requires(Permission.MEMBER_SEARCH)
def consumers() -> str | tuple[str, int]:
    """Search members by ID, or by last name and birth date (CONS-01..04): what is typed travels in no address."""
    typed = member_pages.MemberSearch.read(request.form)
    if request.method != "POST":
        return _consumers(typed)
    size = contract().layout.page_size
    asked = list_request(request.form, sorts=("name",), default_sort="name", default_size=size)
    try:
        rows, total = member_pages.search(session(), contract(), typed, window(asked), actor=actor(), now=now())
    except Invalid as fault:
        return _consumers(typed, faults=fault.faults), 422
    return _consumers(typed, Page(rows, asked.number, asked.size, total))


@blueprint.get("/consumers/<uuid:member_id>")
@requires(Permission.MEMBER_READ)
def consumer(member_id: UUID) -> str:
    """A member with the requests made for it and those the user's providers serve (CONS-05..07)."""
    is_servicing = request.args.get("tab") == "servicing"
    size = contract().members.history_page_size
    asked = list_request(request.args, sorts=lookups.SORTS, default_sort="-submitted_at", default_size=size)
    card = member_pages.open_member(session(), contract(), member_id, actor=actor(), now=now())
    wanted = lookups.CaseFilter(member_id=member_id, is_servicing=is_servicing)
    rows, total = reading.list_rows(session(), contract(), wanted, window(asked), actor=actor(), now=now())
    page = Page(rows, asked.number, asked.size, total)
    return render_template(
        "cases/member.html", member=card, page=page, asked=asked, is_servicing=is_servicing, column_heads=COLUMN_HEADS
    )


def _consumers(
    typed: member_pages.MemberSearch,
    page: Page[member_pages.MemberRow] | None = None,
    faults: tuple[FieldFault, ...] = (),
) -> str:
    wrong = {fault.field: fault.message for fault in faults}
    return render_template("cases/members.html", typed=typed, page=page, faults=faults, wrong=wrong)
