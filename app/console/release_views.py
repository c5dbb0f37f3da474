"""Changing a contract at the console: the file, its report and plan, a second person, going back. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.console import contract_pages, drafting, releasing
from app.console.blueprints import blueprint
from app.console.forms import ProposeForm, must_have_reason, read_text
from app.console.here import bench
from app.console.release_pages import back_page, change_page, proposal_page
from app.console.releasing import Refused
from app.console.saying import moment
from app.domain.access import Permission
from app.domain.errors import Invalid, NotFound
from app.web.access import body_limit, console
from app.web.messages import gettext as _
from app.web.request import actor, commit_anyway, now

Answer = str | tuple[str, int] | Response
_FILE_BYTES = 1_500_000
_MAY_WRITE = (Permission.CONSOLE_CONTRACT, Permission.CONSOLE_OPERATE)


@blueprint.get("/console/contracts/<slug>/change")
@console(*_MAY_WRITE)
def change(slug: str) -> Answer:
    """The contract's file as it stands or as the person left it, with its report and plan."""
    return change_page(slug)


@blueprint.post("/console/contracts/<slug>/change")
@console(*_MAY_WRITE)
@body_limit(_FILE_BYTES)
def save(slug: str) -> Answer:
    """Keep the file and check it."""
    try:
        drafting.save_draft(bench(), slug, read_text(request.form, request.files), actor=actor(), now=now())
    except Invalid as refused:
        return change_page(slug, refused.faults), 422
    return redirect(url_for("console.change", slug=slug) + "#report", 303)


@blueprint.post("/console/contracts/<slug>/change/drop")
@console(*_MAY_WRITE)
def drop(slug: str) -> Answer:
    """Begin again from the newest release."""
    drafting.drop_draft(bench(), bench().must_know(slug), actor=actor())
    flash(_("Your change is gone. This is the newest release."), "good")
    return redirect(url_for("console.change", slug=slug), 303)


@blueprint.post("/console/contracts/<slug>/change/take-over")
@console(*_MAY_WRITE)
def take_over(slug: str) -> Answer:
    """Say that somebody else's newer release was taken over."""
    drafting.take_over(bench(), bench().must_know(slug), actor=actor())
    return redirect(url_for("console.change", slug=slug) + "#report", 303)


@blueprint.post("/console/contracts/<slug>/propose")
@console(*_MAY_WRITE)
def propose(slug: str) -> Answer:
    """Hand the change to a second person."""
    draft = drafting.find_draft(bench(), slug, actor=actor())
    if draft is None:
        raise NotFound
    try:
        asked = ProposeForm.read(request.form, bench().newest(slug).contract, now())
        made = releasing.propose_draft(bench(), slug, draft, asked.reason, asked.effective_at, actor=actor(), now=now())
    except Invalid as refused:
        return change_page(slug, refused.faults), 422
    except Refused as refused:
        commit_anyway()
        return change_page(slug, refused=refused), 409
    flash(_("Proposed. A second contract manager puts it in force."), "good")
    return redirect(url_for("console.proposal", proposal_id=made.id), 303)


@blueprint.get("/console/proposals")
@console(Permission.CONSOLE_SEE)
def proposals() -> Answer:
    """Every release that waits for a second person."""
    return render_template("console/proposals.html", lines=contract_pages.proposal_lines(bench()))


@blueprint.get("/console/proposals/<uuid:proposal_id>")
@console(Permission.CONSOLE_SEE)
def proposal(proposal_id: UUID) -> Answer:
    """One release that waits, with what it changes."""
    return proposal_page(proposal_id)


@blueprint.post("/console/proposals/<uuid:proposal_id>/approve")
@console(Permission.CONSOLE_CONTRACT)
def approve(proposal_id: UUID) -> Answer:
    """Put a release in force as its second person."""
    try:
        done = releasing.approve_proposal(bench(), proposal_id, actor=actor(), now=now())
    except Refused as refused:
        commit_anyway()
        return proposal_page(proposal_id, refused), 409
    zone = releasing.zone_of(bench(), done)
    flash(_("Approved. In force from %(time)s.", time=moment(done.effective_at, zone)), "good")
    if done.slug not in bench().slugs():  # a new state: every process knows it within seconds
        return redirect(url_for("console.proposal", proposal_id=proposal_id), 303)
    return redirect(url_for("console.contract", slug=done.slug), 303)


@blueprint.post("/console/proposals/<uuid:proposal_id>/withdraw")
@console(*_MAY_WRITE)
def withdraw(proposal_id: UUID) -> Answer:
    """Take a release back before it is in force, or turn it down."""
    try:
        releasing.withdraw_proposal(bench(), proposal_id, actor=actor(), now=now())
    except Refused as refused:
        commit_anyway()
        return proposal_page(proposal_id, refused), 409
    flash(_("Withdrawn. Nothing was changed."), "good")
    return redirect(url_for("console.proposals"), 303)


@blueprint.get("/console/contracts/<slug>/back/<release>")
@console(*_MAY_WRITE)
def back(slug: str, release: str) -> Answer:
    """What going back to an older release changes."""
    return back_page(slug, release)


@blueprint.post("/console/contracts/<slug>/back/<release>")
@console(*_MAY_WRITE)
def go_back(slug: str, release: str) -> Answer:
    """Put an older release in force again, at once."""
    try:
        reason = must_have_reason(request.form)
        releasing.plan_of_going_back(bench(), slug, release, now=now())
        releasing.go_back(bench(), slug, release, reason, actor=actor(), now=now())
    except Invalid as refused:
        return back_page(slug, release, refused.faults), 422
    flash(_("The older release is in force again."), "good")
    return redirect(url_for("console.contract", slug=slug), 303)
