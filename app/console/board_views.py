"""The boards: deadlines at risk, stuck letters and jobs over all tenants, driving them again, metrics. Views only."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from uuid import UUID

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.console import board_pages as pages
from app.console import driving
from app.console.blueprints import blueprint
from app.console.here import bench, reach
from app.console.metrics import exposition
from app.console.rollups import MOST_LISTED
from app.domain.access import Permission, may
from app.domain.errors import Conflict, NotFound
from app.web.access import console, machine
from app.web.messages import gettext as _
from app.web.paging import list_request
from app.web.request import actor, control, now, portal


@blueprint.get("/console/boards")
@console(Permission.CONSOLE_SEE)
def boards() -> str:
    """Every tenant with its deadlines at risk and what is stuck."""
    lines = pages.board_lines(bench(), now=now())
    asked = list_request(request.args, sorts=tuple(pages.SORTS), default_sort="-risk", default_size=25)
    health = request.args.get("health", "") if request.args.get("health") in pages.SEVERITY else ""
    shown = pages.sorted_lines(lines, asked, health)
    return render_template("console/boards.html", page=shown, asked=asked, totals=pages.totals_of(lines), health=health)


@blueprint.get("/console/boards/<slug>")
@console(Permission.CONSOLE_SEE)
def board(slug: str) -> str:
    """One tenant: deadlines by rule, letters and jobs that are stuck."""
    line, zone = pages.board_line(bench(), slug, now=now()), pages.zone_of(bench(), slug)
    return render_template(
        "console/board.html",
        line=line,
        deadlines=pages.deadline_lines(line, zone),
        letters=pages.letter_lines(line, zone),
        jobs=pages.job_lines(line, zone),
        checks=pages.check_lines(line),
        scans=pages.scan_lines(line),
        most=MOST_LISTED,
        may_drive=may(actor(), Permission.CONSOLE_OPERATE),
    )


@blueprint.post("/console/boards/<slug>/jobs/<uuid:row_id>")
@console(Permission.CONSOLE_OPERATE)
def revive_job(slug: str, row_id: UUID) -> Response:
    """Drive a job again that was given up."""
    return _driven(slug, lambda one: driving.revive_job(control(), one, row_id, actor=actor(), now=now()))


@blueprint.post("/console/boards/<slug>/deliveries/<uuid:delivery_id>")
@console(Permission.CONSOLE_OPERATE)
def send_again(slug: str, delivery_id: UUID) -> Response:
    """Send a letter again the way that failed."""
    return _driven(slug, lambda one: driving.send_letter_again(control(), one, delivery_id, actor=actor(), now=now()))


@blueprint.post("/console/boards/<slug>/letters/<uuid:letter_id>")
@console(Permission.CONSOLE_OPERATE)
def print_again(slug: str, letter_id: UUID) -> Response:
    """Print a held letter again."""
    return _driven(slug, lambda one: driving.print_letter_again(control(), one, letter_id, actor=actor(), now=now()))


@blueprint.get("/metrics")
@machine
def metrics() -> FlaskResponse:
    """What Prometheus reads, for whoever knows the token of the settings."""
    token = portal().settings.metrics_token
    if token is None:
        raise NotFound
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        return FlaskResponse("token\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return FlaskResponse(exposition(bench(), now=now()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _driven(slug: str, act: Callable[[driving.Inside], str | None]) -> Response:
    """Do one act inside a tenant, wake its worker, and go back to its board."""
    bench().must_know(slug)
    try:
        with reach(slug) as found:
            still_held = act(found)
            found.session.commit()
    except (Conflict, NotFound) as refused:
        flash(refused.message, "bad")
    else:
        portal().waker.wake(slug)
        flash(still_held or _("It is under way again."), "warn" if still_held else "good")
    return redirect(url_for("console.board", slug=slug), 303)
