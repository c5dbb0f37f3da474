"""Previews at the console. Views only."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.console import drafting, previewing
from app.console.blueprints import blueprint
from app.console.here import bench
from app.console.release_pages import change_page
from app.domain.access import Permission
from app.domain.errors import Invalid, NotFound
from app.web.access import console
from app.web.messages import gettext as _
from app.web.request import actor, now

_MAY_WRITE = (Permission.CONSOLE_CONTRACT, Permission.CONSOLE_OPERATE)


@blueprint.post("/console/contracts/<slug>/preview")
@console(*_MAY_WRITE)
def show_preview(slug: str) -> tuple[str, int] | Response:
    """Show the person's draft at an address of its own."""
    draft = drafting.find_draft(bench(), slug, actor=actor())
    if draft is None:
        raise NotFound
    try:
        previewing.show_draft(bench(), slug, draft, actor=actor(), now=now())
    except Invalid as refused:
        return change_page(slug, refused.faults), 422
    return redirect(url_for("console.change", slug=slug) + "#preview", 303)


@blueprint.post("/console/contracts/<slug>/preview/end")
@console(*_MAY_WRITE)
def end_preview(slug: str) -> Response:
    """Take the preview down."""
    previewing.end_preview(bench(), slug, actor=actor(), now=now())
    flash(_("The preview is taken down."), "good")
    return redirect(url_for("console.change", slug=slug), 303)
