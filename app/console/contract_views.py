"""The contracts at the console: the list, one contract with its releases, going back, the record. Views only."""

from __future__ import annotations

from flask import render_template

from app.console import contract_pages as pages
from app.console.acts import list_told
from app.console.blueprints import blueprint
from app.console.here import bench
from app.console.record_pages import record_lines
from app.domain.access import Permission
from app.web.access import console
from app.web.request import control, now


@blueprint.get("/console")
@console(Permission.CONSOLE_SEE)
def contracts() -> str:
    """The console's first page: every contract with its release and how it is."""
    return render_template("console/contracts.html", lines=pages.contract_lines(bench(), now=now()))


@blueprint.get("/console/contracts/<slug>")
@console(Permission.CONSOLE_SEE)
def contract(slug: str) -> str:
    """One contract: what is in force, what waits, the history of its releases."""
    loaded = bench().in_force(slug, now())
    return render_template(
        "console/contract.html",
        slug=slug,
        name=loaded.contract.identity.display,
        releases=pages.release_lines(bench(), slug, now=now()),
        waiting=pages.proposal_lines(bench(), slug),
        features=pages.feature_lines(bench(), slug, now=now()),
        warnings=loaded.warnings,
    )


@blueprint.get("/console/record")
@console(Permission.CONSOLE_SEE)
def record() -> str:
    """What the staff did on the platform's side, the newest first."""
    return render_template("console/record.html", lines=record_lines(list_told(control(), limit=200)))
