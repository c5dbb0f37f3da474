"""Removing a provider group after a second look, and bringing it back. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import group_closing, setup_reading
from app.accounts.group_closing import OnlyGroup
from app.domain.access import Permission
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, now, session

blueprint = Blueprint("closing", __name__)


@blueprint.get("/setup/groups/<uuid:group_id>/remove")
@requires(Permission.GROUP_MANAGE)
def ask(group_id: UUID) -> str:
    """What removing the group means (USR-03)."""
    return _page(group_id)


@blueprint.post("/setup/groups/<uuid:group_id>/remove")
@requires(Permission.GROUP_MANAGE)
def remove(group_id: UUID) -> Response | tuple[str, int]:
    """Remove the group (USR-03)."""
    try:
        group_closing.remove_group(session(), contract(), group_id, actor=actor(), now=now())
    except OnlyGroup as refused:
        session().rollback()
        return _page(group_id, refused.message), 409
    flash(_("The provider group was removed. You can bring it back below."), "good")
    return redirect(url_for("setup.groups"), 303)


@blueprint.post("/setup/groups/<uuid:group_id>/restore")
@requires(Permission.GROUP_MANAGE)
def restore(group_id: UUID) -> Response:
    """Bring a removed group back."""
    group_closing.restore_group(session(), contract(), group_id, actor=actor(), now=now())
    flash(_("The provider group is back, with everybody's roles as they were."), "good")
    return redirect(url_for("setup.groups"), 303)


def _page(group_id: UUID, refused: str = "") -> str:
    group = setup_reading.get_group(session(), contract(), group_id, actor=actor())
    return render_template("accounts/setup_group_remove.html", group=group, refused=refused)
