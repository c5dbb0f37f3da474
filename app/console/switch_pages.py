"""What the pages about functions show: the form as it was typed, and the look at what a switch would do."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app.console import contract_pages as pages
from app.console.forms import EVERYBODY, GROUPS, SHARE, SwitchForm
from app.console.here import bench, groups_of
from app.console.moments import LATER, MONDAY, NOW, next_monday
from app.console.saying import feature_name, moment
from app.console.switching import Look
from app.domain.access import Permission, may
from app.domain.errors import FieldFault
from app.web.messages import gettext as _
from app.web.messages import ngettext
from app.web.request import actor, now
from tenancy.contract import Contract
from tenancy.saying import listed
from tenancy.vocabulary import Feature

FIELDS = ("feature", "state", "whom", "share", "when", "starts_on", "starts_at", "ends_on", "ends_at", "reason")
_MOST_NAMED = 12


def switches_page(slug: str, faults: tuple[FieldFault, ...] = ()) -> str:
    """How the functions stand, the form with what was typed, the history."""
    loaded, groups = bench().in_force(slug, now()), groups_of(slug)
    names = {one.id: one.name for one in groups}
    return render_template(
        "console/switches.html",
        slug=slug,
        name=loaded.contract.identity.display,
        zone=loaded.contract.identity.time_zone,
        features=pages.feature_lines(bench(), slug, now=now()),
        lines=pages.switch_lines(bench(), slug, names, now=now()),
        group_options=[(str(one.id), one.name, _people(one.people)) for one in groups],
        chosen=request.form.getlist("groups"),
        choices=[(one.value, feature_name(one)) for one in Feature if one in loaded.contract.features],
        whom_options=_whom_options(len(groups)),
        when_options=when_options(loaded.contract),
        typed=request.form,
        faults=faults,
        may_switch=may(actor(), Permission.CONSOLE_CONTRACT),
    )


def when_options(contract: Contract) -> list[tuple[str, str]]:
    """From when something holds, in the contract's zone."""
    zone = contract.identity.time_zone
    return [
        (NOW, _("At once")),
        (MONDAY, _("Next Monday at 6:00: %(time)s", time=moment(next_monday(now(), zone), zone))),
        (LATER, _("At another time, typed below")),
    ]


def look_values(slug: str, contract: Contract, asked: SwitchForm, look: Look) -> dict[str, Any]:
    """The page that says what a switch does before it is done."""
    wanted, zone = asked.wanted, contract.identity.time_zone
    return {
        "slug": slug,
        "name": contract.identity.display,
        "feature": feature_name(wanted.feature),
        "is_on": wanted.is_on,
        "starts": moment(wanted.starts_at, zone) if wanted.starts_at else _("at once"),
        "ends": moment(wanted.ends_at, zone) if wanted.ends_at else _("until somebody takes it back"),
        "whom": _touched(look),
        "changes": look.changes,
        "reason": asked.reason,
        "kept": [(key, value) for key in FIELDS if (value := request.form.get(key, ""))]
        + [("groups", one) for one in request.form.getlist("groups")],
    }


def _touched(look: Look) -> str:
    count = _people(look.people)
    if look.is_for_everybody:
        groups = ngettext("all of %(num)s group", "all of %(num)s groups", len(look.groups))
        return f"{groups}, {count}"
    if not look.groups:
        return _("no group yet; the share grows into the list of groups as they register")
    names = [one.name for one in look.groups[:_MOST_NAMED]]
    more = len(look.groups) - len(names)
    told = listed([*names, _("%(more)s more", more=more)] if more else names)
    return f"{told}: {count}"


def _people(count: int) -> str:
    return ngettext("%(num)s person", "%(num)s people", count)


def _whom_options(count: int) -> list[tuple[str, str, str]]:
    return [
        (EVERYBODY, _("Everybody"), ngettext("%(num)s group", "%(num)s groups", count)),
        (GROUPS, _("Only the groups marked below"), ""),
        (SHARE, _("A share of the groups"), _("The same groups stay in it while the share grows.")),
    ]
