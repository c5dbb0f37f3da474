"""The console's page of the operator's own people: who they are, what they may, who looked inside. Views only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import staff_list, staff_recognition
from app.accounts.setup_forms import listing
from app.accounts.staff_list import Held
from app.accounts.staff_pages import role_names
from app.accounts.staff_plan import CONSOLE
from app.domain.access import Permission, may
from app.domain.errors import Conflict
from app.web.access import body_limit, console
from app.web.messages import gettext as _
from app.web.paging import Page, list_request
from app.web.rendering import in_zone
from app.web.request import actor, control, now, portal

blueprint = Blueprint("staff_list", __name__, url_prefix="/console/staff")
_SMALL = 8 * 1024
_ZONE = "UTC"


@blueprint.get("")
@console(Permission.CONSOLE_SEE)
def index() -> str:
    """Everybody who has signed in, and who was let look inside a contract."""
    return _page()


@blueprint.post("/<uuid:staff_id>/out")
@console(Permission.CONSOLE_OPERATE)
@body_limit(_SMALL)
def shut_out(staff_id: UUID) -> Response | tuple[str, int]:
    """Shut somebody out of every place at once."""
    return _act(staff_list.shut_out, staff_id, _("%(name)s was shut out and signed out everywhere."))


@blueprint.post("/<uuid:staff_id>/in")
@console(Permission.CONSOLE_OPERATE)
@body_limit(_SMALL)
def let_in(staff_id: UUID) -> Response | tuple[str, int]:
    """Let somebody sign in again."""
    return _act(staff_list.let_in, staff_id, _("%(name)s may sign in again."))


def _act(act: Callable[..., str], staff_id: UUID, said: str) -> Response | tuple[str, int]:
    try:
        name = act(control(), staff_id, actor=actor(), now=now())
    except Conflict as refused:
        return _page(refused.message), 409
    flash(said % {"name": name}, "good")
    return redirect(url_for("staff_list.index"), 303)


def _page(refused: str = "") -> str:
    names = {slug: loaded.contract.identity.display for slug, loaded in sorted(portal().tenants.items())}
    asked = list_request(request.args, sorts=staff_list.SORTS, default_sort="name", default_size=25)
    wanted = listing(asked, request.args)
    people, total = staff_list.list_staff(control(), staff_recognition.provider().plan, tuple(names), wanted)
    return render_template(
        "accounts/staff_list.html",
        page=Page(people, asked.number, asked.size, total),
        asked=asked,
        wanted=wanted,
        most_visits=staff_list.ENTRIES_SHOWN,
        visits=staff_list.list_visits(control(), now=now()),
        names=names,
        refused=refused,
        moment=lambda at: in_zone(at, _ZONE),
        held_in_words=lambda held: (", ".join(role_names(held.roles)), _where(held, names)),
        may_operate=may(actor(), Permission.CONSOLE_OPERATE),
    )


def _where(held: Held, names: dict[str, str]) -> str:
    """The places in words; every contract together where it is every one."""
    contracts = [names[place] for place in held.places if place != CONSOLE]
    told = [_("every contract")] if len(contracts) == len(names) > 1 else contracts
    return ", ".join([*([_("console")] if CONSOLE in held.places else []), *told])
