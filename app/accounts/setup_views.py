"""Setup for administrators: the provider groups and who belongs to each. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import access_review, claims, memberships, setup_reading
from app.accounts.setup_forms import listing, person_id
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldFault, Invalid
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.paging import Page, list_request
from app.web.request import actor, contract, now, session

blueprint = Blueprint("setup", __name__)

MEMBERS_SHOWN = 10
"""People in a group's row when it is opened; its page has all of them."""

Answer = str | tuple[str, int] | AnyResponse


@blueprint.get("/setup")
@requires(Permission.GROUP_MANAGE)
def groups() -> str:
    """Manage Provider Groups (USR-02, USR-03)."""
    size = contract().layout.page_size
    asked = list_request(request.args, sorts=setup_reading.GROUP_SORTS, default_sort="name", default_size=size)
    wanted = listing(asked, request.args)
    rows, total = setup_reading.list_groups(session(), contract(), wanted, actor=actor())
    return render_template(
        "accounts/setup_groups.html",
        page=Page(rows, asked.number, asked.size, total),
        members=setup_reading.list_members(session(), rows, MEMBERS_SHOWN),
        roles=role_choices(),
        asked=asked,
        text=wanted.text,
        counts=counts(),
        requests=len(claims.list_requests(session(), actor())),
        closed=setup_reading.list_closed_groups(session(), contract(), actor=actor()),
    )


@blueprint.get("/setup/groups/<uuid:group_id>")
@requires(Permission.GROUP_MANAGE)
def group(group_id: UUID) -> str:
    """One group: its people, their roles, who else could be added (USR-04)."""
    return group_page(group_id)


@blueprint.post("/setup/groups/<uuid:group_id>/people")
@requires(Permission.GROUP_MANAGE)
def add(group_id: UUID) -> Answer:
    """Add somebody of one's other groups (USR-04)."""
    try:
        role = memberships.chosen_role(contract(), request.form.get("role", ""))
        memberships.add_to_group(
            session(), contract(), group_id, person_id(request.form), role, actor=actor(), now=now()
        )
    except (Conflict, Invalid) as refused:
        return refused_page(group_id, refused)
    flash(_("The user was added to this group."), "good")
    return redirect(url_for("setup.group", group_id=group_id), 303)


@blueprint.post("/setup/groups/<uuid:group_id>/people/<uuid:user_id>")
@requires(Permission.GROUP_MANAGE)
def change(group_id: UUID, user_id: UUID) -> Answer:
    """Change somebody's role in the group (USR-08)."""
    try:
        role = memberships.chosen_role(contract(), request.form.get("role", ""))
        memberships.change_role(session(), contract(), group_id, user_id, role, actor=actor(), now=now())
    except Invalid as refused:
        session().rollback()
        return group_page(group_id, refused=refused.faults[0].message), 422
    except Conflict as refused:
        return refused_page(group_id, refused)
    flash(_("The role was changed. It counts from the user's next page on."), "good")
    return redirect(url_for("setup.group", group_id=group_id), 303)


@blueprint.post("/setup/groups/<uuid:group_id>/people/<uuid:user_id>/remove")
@requires(Permission.GROUP_MANAGE)
def remove(group_id: UUID, user_id: UUID) -> Answer:
    """Take somebody out of the group (USR-11)."""
    try:
        is_last = memberships.remove_from_group(session(), contract(), group_id, user_id, actor=actor(), now=now())
    except Conflict as refused:
        return refused_page(group_id, refused)
    told = _("The user was removed from this group.")
    flash(_("It was the user's only group, so the user was deactivated.") if is_last else told, "good")
    return redirect(url_for("setup.group", group_id=group_id), 303)


@blueprint.get("/setup/access-review.csv")
@requires(Permission.GROUP_MANAGE)
def review() -> Response:
    """Who may do what in the administrator's groups, as a file."""
    answer = Response(access_review.file(session(), contract(), actor=actor(), now=now()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="access-review-{now():%Y-%m-%d}.csv"'
    return answer


def role_choices() -> list[tuple[str, str]]:
    """The roles to choose from."""
    return [(role.value, rule.label) for role, rule in contract().users.roles.items()]


def counts() -> tuple[int, int]:
    """The counters on the two tabs."""
    return (
        setup_reading.count_groups(contract(), actor()),
        setup_reading.count_users(session(), contract(), actor()),
    )


def group_page(group_id: UUID, *, refused: str = "", faults: tuple[FieldFault, ...] = ()) -> str:
    """The page of a group, with why something was refused."""
    return render_template(
        "accounts/setup_group.html",
        group=setup_reading.get_group(session(), contract(), group_id, actor=actor()),
        people=setup_reading.list_people_of_group(session(), contract(), group_id, actor=actor()),
        available=setup_reading.list_available(session(), contract(), group_id, actor=actor()),
        roles=role_choices(),
        refused=refused,
        faults=faults,
        counts=counts(),
    )


def refused_page(group_id: UUID, refused: Conflict | Invalid) -> tuple[str, int]:
    """The group as it stands, and why the act was refused."""
    session().rollback()
    if isinstance(refused, Invalid):
        return group_page(group_id, faults=refused.faults), 422
    return group_page(group_id, refused=refused.message), 409
