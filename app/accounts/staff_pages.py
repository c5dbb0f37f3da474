"""What the staff's own pages show: their roles at a place, the tenants they may enter. Plain values for templates."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.staff import ENTRY_LENGTHS, list_entries
from app.domain.access import Permission, StaffRole, may
from app.domain.errors import FieldFault
from app.web.messages import gettext as _
from app.web.rendering import in_zone
from app.web.request import actor, control, now, portal, signed_in

WORKLIST = "reviews.worklist"


@dataclass(frozen=True, slots=True)
class TenantLine:
    """One tenant as the console lists it; ``until`` ends an entry that is in force."""

    slug: str
    name: str
    address: str
    until: str


def role_names(roles: tuple[StaffRole, ...]) -> tuple[str, ...]:
    """The roles in words."""
    names = {
        StaffRole.REVIEWER_NURSE: _("Reviewer (nurse)"),
        StaffRole.REVIEWER_PHYSICIAN: _("Reviewer (physician)"),
        StaffRole.SUPERVISOR: _("Supervisor"),
        StaffRole.CONTRACT_MANAGER: _("Contract manager"),
        StaffRole.OPS: _("Operations"),
    }
    return tuple(names[role] for role in roles)


def front_page() -> str | Response:
    """On to the worklist where there is one, else what the person is here."""
    person = signed_in()
    assert person is not None
    if WORKLIST in current_app.view_functions and may(person.actor, Permission.WORKLIST_READ) and not request.args:
        return redirect(url_for(WORKLIST), 303)
    return render_template("accounts/staff_front.html", roles=role_names(person.actor.staff_roles), until=person.until)


def console_page(faults: tuple[FieldFault, ...] = ()) -> str:
    """The tenants with the person's entries, and the form that asks for one."""
    person = actor()
    open_entries = list_entries(control(), person, now=now())
    lines = tuple(
        TenantLine(
            slug,
            loaded.contract.identity.display,
            f"{portal().settings.url(loaded.contract.identity.subdomain)}staff/start",
            in_zone(open_entries[slug], loaded.contract.identity.time_zone) if slug in open_entries else "",
        )
        for slug, loaded in sorted(portal().tenants.items())
    )
    return render_template(
        "accounts/console.html",
        lines=lines,
        roles=role_names(person.staff_roles),
        choices=[(line.slug, line.name) for line in lines],
        lengths=[(minutes, _("%(minutes)s minutes", minutes=minutes)) for minutes in ENTRY_LENGTHS],
        faults=faults,
        typed=request.form,
        may_enter=may(person, Permission.TENANT_ENTER),
    )
