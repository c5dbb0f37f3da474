"""Setup for administrators: the users of one's groups. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app.accounts import invitations, memberships, people, setup_reading
from app.accounts.here import sending
from app.accounts.reach import get_managed_user, is_wholly_managed
from app.accounts.setup_forms import listing
from app.accounts.setup_views import Answer, counts
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldFault, Invalid
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.paging import Page, list_request
from app.web.request import actor, contract, now, session

blueprint = Blueprint("people", __name__)

LINK_SENT = _("An e-mail with a link is on its way.")
LINK_NOT_SENT = _("Too many links were sent to this address. Wait 15 minutes, then send the link again.")


@blueprint.get("/setup/users")
@requires(Permission.GROUP_MANAGE)
def users() -> str:
    """Manage Users (USR-02, USR-10, USR-15)."""
    size = contract().layout.page_size
    asked = list_request(request.args, sorts=setup_reading.USER_SORTS, default_sort="name", default_size=size)
    wanted = listing(asked, request.args)
    rows, total = setup_reading.list_people(session(), contract(), wanted, actor=actor())
    page = Page(rows, asked.number, asked.size, total)
    return render_template("accounts/setup_users.html", page=page, asked=asked, wanted=wanted, counts=counts())


@blueprint.get("/setup/groups/<uuid:group_id>/people/new")
@requires(Permission.GROUP_MANAGE)
def new(group_id: UUID) -> str:
    """The form of a new user, with the contract's fields (USR-05)."""
    return _new_page(group_id)


@blueprint.post("/setup/groups/<uuid:group_id>/people/new")
@requires(Permission.GROUP_MANAGE)
def create(group_id: UUID) -> Answer:
    """Add a new user to the group (USR-05, USR-14)."""
    try:
        role = memberships.chosen_role(contract(), request.form.get("role", ""))
        invited = people.invite_user(
            session(), contract(), group_id, request.form, role, sending=sending(), actor=actor(), now=now()
        )
    except Invalid as refused:
        session().rollback()
        return _new_page(group_id, refused.faults), 422
    told = _("The user was added. Tell the user the user name: %(name)s.", name=invited.username)
    flash(told + " " + (LINK_SENT if invited.was_sent else LINK_NOT_SENT), "good" if invited.was_sent else "warn")
    return redirect(url_for("setup.group", group_id=group_id), 303)


@blueprint.post("/setup/users/<uuid:user_id>/resend")
@requires(Permission.GROUP_MANAGE)
def resend(user_id: UUID) -> Answer:
    """A fresh link for somebody who has not finished signing up (USR-14)."""
    sent = invitations.resend(session(), contract(), user_id, sending=sending(), actor=actor(), now=now())
    flash(LINK_SENT if sent else LINK_NOT_SENT, "good" if sent else "warn")
    return redirect(url_for("people.user", user_id=user_id), 303)


@blueprint.post("/setup/users/<uuid:user_id>/reset")
@requires(Permission.GROUP_MANAGE)
def reset(user_id: UUID) -> Answer:
    """Let a user sign up anew: a new telephone, a lost authenticator."""
    try:
        sent = people.reset_registration(session(), contract(), user_id, sending=sending(), actor=actor(), now=now())
    except Conflict as refused:
        return _refused(user_id, refused)
    flash(LINK_SENT if sent else LINK_NOT_SENT, "good" if sent else "warn")
    return redirect(url_for("people.user", user_id=user_id), 303)


@blueprint.get("/setup/users/<uuid:user_id>")
@requires(Permission.GROUP_MANAGE)
def user(user_id: UUID) -> str:
    """One user: details, groups and roles, what can be done."""
    return _user_page(user_id)


@blueprint.post("/setup/users/<uuid:user_id>")
@requires(Permission.GROUP_MANAGE)
def edit(user_id: UUID) -> Answer:
    """Correct a user's details (USR-11)."""
    try:
        people.edit_user(session(), contract(), user_id, request.form, actor=actor(), now=now())
    except (Invalid, Conflict) as refused:
        return _refused(user_id, refused)
    flash(_("The changes were saved."), "good")
    return redirect(url_for("people.user", user_id=user_id), 303)


@blueprint.post("/setup/users/<uuid:user_id>/deactivate")
@requires(Permission.GROUP_MANAGE)
def deactivate(user_id: UUID) -> Answer:
    """Shut a user out of every group of the administrator, at once (USR-11, S6)."""
    try:
        is_shut = memberships.deactivate_user(session(), contract(), user_id, actor=actor(), now=now())
    except Conflict as refused:
        return _refused(user_id, refused)
    told = _("The user was deactivated and signed out everywhere.")
    flash(told if is_shut else _("The user can no longer work for your groups."), "good")
    return redirect(url_for("people.user", user_id=user_id), 303)


@blueprint.post("/setup/users/<uuid:user_id>/reactivate")
@requires(Permission.GROUP_MANAGE)
def reactivate(user_id: UUID) -> Answer:
    """Bring a deactivated user back with the earlier roles."""
    try:
        memberships.reactivate_user(session(), contract(), user_id, actor=actor(), now=now())
    except Conflict as refused:
        return _refused(user_id, refused)
    flash(_("The user is active again, with the roles held before."), "good")
    return redirect(url_for("people.user", user_id=user_id), 303)


def _new_page(group_id: UUID, faults: tuple[FieldFault, ...] = ()) -> str:
    rules = contract().users
    return render_template(
        "accounts/setup_new_user.html",
        group=setup_reading.get_group(session(), contract(), group_id, actor=actor()),
        fields=rules.new_user_fields,
        states=people.states_of(contract()),
        roles=[(role.value, rule.label) for role, rule in rules.roles.items()],
        typed=request.form or {"role": rules.default_role.value},
        faults=faults,
    )


def _user_page(user_id: UUID, *, refused: str = "", faults: tuple[FieldFault, ...] = ()) -> str:
    found = get_managed_user(session(), contract(), user_id, actor=actor())
    fields = people.editable_fields(contract(), found)
    typed = request.form if faults else people.known_values(found)
    return render_template(
        "accounts/setup_user.html",
        person=setup_reading.get_person(session(), contract(), user_id, actor=actor()),
        is_editable=is_wholly_managed(session(), contract(), user_id, actor=actor()),
        is_oneself=user_id == actor().user_id,
        fields=fields,
        states=people.states_of(contract()),
        typed=typed,
        refused=refused,
        faults=faults,
    )


def _refused(user_id: UUID, refused: Conflict | Invalid) -> tuple[str, int]:
    session().rollback()
    if isinstance(refused, Invalid):
        return _user_page(user_id, faults=refused.faults), 422
    return _user_page(user_id, refused=refused.message), 409
