"""Functions of one contract: how they stand, switching with a look at who is touched, taking back. Views only."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.console import switching
from app.console.blueprints import blueprint
from app.console.forms import SwitchForm
from app.console.here import bench, groups_of
from app.console.saying import moment
from app.console.switch_pages import look_values, switches_page
from app.domain.access import Permission
from app.domain.errors import Invalid
from app.web.access import console
from app.web.messages import gettext as _
from app.web.request import actor, now

Answer = str | tuple[str, int] | Response


@blueprint.get("/console/contracts/<slug>/functions")
@console(Permission.CONSOLE_SEE)
def switches(slug: str) -> Answer:
    """How the functions stand, the form that switches one, and the history."""
    return switches_page(slug)


@blueprint.post("/console/contracts/<slug>/functions")
@console(Permission.CONSOLE_CONTRACT)
def switch(slug: str) -> Answer:
    """First a page that says what it does and whom it touches; sent again with ``sure`` it is done."""
    loaded = bench().in_force(slug, now())
    try:
        asked = SwitchForm.read(request.form, slug, loaded.contract, now())
        look = switching.look_at_switch(bench(), asked.wanted, groups_of(slug), now=now())
        if request.form.get("sure") != "yes" or "again" in request.form:
            return render_template("console/switch_look.html", **look_values(slug, loaded.contract, asked, look))
        done = switching.switch_feature(bench(), asked.wanted, asked.reason, actor=actor(), now=now())
    except Invalid as refused:
        return switches_page(slug, refused.faults), 422
    zone = loaded.contract.identity.time_zone
    flash(_("Switched from %(time)s.", time=moment(done.starts_at, zone)), "good")
    return redirect(url_for("console.switches", slug=slug), 303)


@blueprint.post("/console/contracts/<slug>/functions/<int:number>/undo")
@console(Permission.CONSOLE_CONTRACT)
def undo_switch(slug: str, number: int) -> Answer:
    """Take a switch back in one click."""
    try:
        switching.take_back(bench(), slug, number, _("Taken back at the console."), actor=actor(), now=now())
    except Invalid as refused:
        flash(refused.faults[0].message, "bad")
    else:
        flash(_("Taken back. What was in force before is in force again."), "good")
    return redirect(url_for("console.switches", slug=slug), 303)
