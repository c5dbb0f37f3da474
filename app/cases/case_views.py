"""The case page, its printable summary, and what may be added to a case after submission. Views only."""

from __future__ import annotations

from flask import render_template

from app.cases import reading
from app.cases.blueprints import read_blueprint as blueprint
from app.domain.access import Permission
from app.web.access import requires
from app.web.request import actor, contract, now, session


@blueprint.get("/cases/<number>")
@requires(Permission.CASE_READ)
def case(number: str) -> str:
    """A numbered case, read-only (SRCH-08, CASE-10..12)."""
    shown = reading.open_case(session(), contract(), number, actor=actor(), now=now())
    return render_template("cases/case.html", case=shown)


@blueprint.get("/cases/<number>/summary")
@requires(Permission.CASE_READ)
def summary(number: str) -> str:
    """The case on one printable page (LTR-01, LTR-02)."""
    shown = reading.open_case(session(), contract(), number, actor=actor(), now=now())
    return render_template("cases/summary.html", case=shown, printed_at=now())
