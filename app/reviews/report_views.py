"""The public figures for supervisors, and the same over one's own requests for providers. Views only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Response, render_template, request

from app.cases.drafts import local_day
from app.domain import typed
from app.domain.access import Actor, ActorKind, Permission, may
from app.domain.errors import FieldFault, Invalid
from app.reviews import metrics
from app.reviews.blueprints import report_blueprint as blueprint
from app.reviews.metrics import Figures, Period
from app.web.access import requires
from app.web.request import actor, contract, now, session
from app.web.spreadsheet import BYTE_ORDER_MARK, csv_line

Read = Callable[..., Figures]


@blueprint.get("/reports")
@requires(Permission.CASE_READ)
def index() -> str | tuple[str, int]:
    """Reports for providers; where the contract or the person's role has none, the page says so (RPT-01, RPT-02)."""
    if not contract().reports.provider_reports or not may(actor(), Permission.REPORT_READ):
        return render_template("reviews/no_reports.html")
    return _page(metrics.group_figures)


@blueprint.get("/reports.csv")
@requires(Permission.REPORT_READ)
def index_csv() -> Response:
    """The same as a file."""
    return _file(metrics.group_figures)


@blueprint.get("/review/metrics")
@requires(Permission.METRICS_READ)
def public() -> str | tuple[str, int]:
    """The nine figures that are published every year."""
    return _page(metrics.public_figures)


@blueprint.get("/review/metrics.csv")
@requires(Permission.METRICS_READ)
def public_csv() -> Response:
    """The same as a file."""
    return _file(metrics.public_figures)


def _period(today: date) -> Period:
    """What the address asks for, this year so far unless it says. Raises Invalid."""
    faults: list[FieldFault] = []
    days = {"first": date(today.year, 1, 1), "last": today}
    for name in days:
        if raw := request.args.get(name, "").strip():
            try:
                days[name] = typed.day(raw)
            except typed.Unreadable as reason:
                faults.append(FieldFault(name, f"Enter the day {reason.how}."))
    if faults:
        raise Invalid(tuple(faults))
    return Period(**days)


def _read(read: Read) -> Figures:
    person: Actor = actor()
    return read(session(), contract(), _period(local_day(contract(), now())), actor=person, now=now())


def _page(read: Read) -> str | tuple[str, int]:
    faults: tuple[FieldFault, ...] = ()
    figures: Figures | None = None
    try:
        figures = _read(read)
    except Invalid as fault:
        faults = fault.faults
    page = render_template(
        "reviews/metrics.html",
        figures=figures,
        faults=faults,
        wrong={fault.field: fault.message for fault in faults},
        typed=request.args,
        shown_time=metrics.shown_time,
        is_staff=actor().kind is ActorKind.STAFF,
    )
    return (page, 422) if faults else page


def _file(read: Read) -> Response:
    figures = _read(read)
    body = BYTE_ORDER_MARK + "".join(csv_line(row) for row in metrics.rows_of(figures))
    answer = Response(body, mimetype="text/csv")
    name = f"figures-{figures.period.first}-{figures.period.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
