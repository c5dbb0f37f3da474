"""The main navigation: the contract's entries in its order, those whose page is there and open to the person.

Knows the addresses of pages by endpoint name only; must not import the rooms that serve them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from app.domain.access import ActorKind, Permission, may
from app.web.access import Scope, rule_of
from app.web.messages import gettext as _
from app.web.request import contract, signed_in
from tenancy.contract.identity import NavigationItem
from tenancy.vocabulary import Feature, Navigation

HOME = "casebook.home"
SEARCH = "casebook.find"
WORKLIST, TALKS = "reviews.worklist", "reviews.after"
FIGURES = "reports.public"
REQUESTS = "requests.for_staff"
MESSAGES = "messages.center"
_COUNTS = "charter.navigation_counts"
PROFILE = "profile.show"
SECURITY = "sessions.security"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry leads, which icon stands before it, and which pages count as being there."""

    endpoint: str
    icon: str
    within: tuple[str, ...] = ()
    feature: Feature | None = None


PLACES: Mapping[Navigation, Place] = {
    Navigation.HOME: Place(HOME, "home"),
    Navigation.CASES: Place(
        "casebook.search", "cases", ("casebook.case", "casebook.summary", "casebook.search_by_member")
    ),
    Navigation.CREATE_CASE: Place("cases.start", "create", ("cases.",)),
    Navigation.CONSUMERS: Place("casebook.consumers", "people", ("casebook.consumer",)),
    Navigation.SETUP: Place("setup.groups", "setup", ("setup.", "people.", "further.", "closing.", "requests.")),
    Navigation.MESSAGE_CENTER: Place("messages.center", "mail", ("messages.",), Feature.MESSAGES),
    Navigation.REPORTS: Place("reports.index", "report", ("reports.",)),
    Navigation.PREFERENCES: Place("preferences.index", "star", ("preferences.",), Feature.PREFERENCES),
    Navigation.HELP: Place("help.index", "help", ("help.",)),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation as a page shows it."""

    label: str
    href: str
    icon: str
    is_current: bool
    apart: bool = False
    count: int = 0


def items() -> tuple[Entry, ...]:
    """The entries this person sees, in the contract's order (NAV-01, NAV-02, USR-01)."""
    person = signed_in()
    if person is not None and person.actor.kind is ActorKind.STAFF:
        return _of_staff()
    return tuple(_entry(item) for item in contract().layout.navigation if _is_shown(item))


def _of_staff() -> tuple[Entry, ...]:
    """What the payer's own people see."""
    if not _exists(WORKLIST) or (person := signed_in()) is None or not may(person.actor, Permission.WORKLIST_READ):
        return ()
    endpoint = request.endpoint or ""
    here = endpoint.startswith("reviews.") and endpoint != TALKS
    entries = [Entry(_("Worklist"), url_for(WORKLIST), "cases", here)]
    if _exists(TALKS) and may(person.actor, Permission.REVIEW_READ):
        entries.append(Entry(_("Talks and changes"), url_for(TALKS), "phone", endpoint == TALKS))
    if _exists(FIGURES) and may(person.actor, Permission.METRICS_READ):
        entries.append(Entry(_("Figures"), url_for(FIGURES), "report", (request.endpoint or "").startswith("reports.")))
    if _exists(REQUESTS) and may(person.actor, Permission.REGISTRATION_DECIDE):
        entries.append(Entry(_("Requests to join"), url_for(REQUESTS), "people", endpoint == REQUESTS))
    if _exists(MESSAGES) and may(person.actor, Permission.REVIEW_READ):
        is_there = (request.endpoint or "").startswith("messages.")
        new = unread(Navigation.MESSAGE_CENTER)
        entries.append(Entry(_("Messages"), url_for(MESSAGES), "mail", is_there, count=new))
    return tuple(entries)


CONSOLE_PLACES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "console.contracts",
        _("Contracts"),
        "cases",
        ("console.contract", "console.change", "console.switches", "console.back"),
    ),
    ("console.proposals", _("Approvals"), "check-circle", ("console.proposal",)),
    ("console.boards", _("Boards"), "report", ("console.board",)),
    ("console.search", _("Search"), "search", ()),
    ("console.compare", _("Compare"), "copy", ()),
    ("console.record", _("Record"), "clock", ()),
    ("staff.console_front", _("Look inside"), "lock", ()),
    ("staff_list.index", _("Staff"), "people", ()),
)
"""Endpoint, words, icon, and the beginnings of endpoints that count as being there."""


def console_items() -> tuple[Entry, ...]:
    """The entries of the console's navigation; everybody who may see the console sees all of them."""
    here = request.endpoint or ""
    return tuple(
        Entry(label, url_for(endpoint), icon, here == endpoint or any(here.startswith(one) for one in within))
        for endpoint, label, icon, within in CONSOLE_PLACES
        if _exists(endpoint)
    )


def home_url() -> str:
    """Home of a signed-in person."""
    return "/"


def search_url() -> str:
    """Where the search box of the header goes (NAV-03)."""
    return url_for(SEARCH) if _exists(SEARCH) else "/search"


def user_menu() -> tuple[tuple[str, str], ...]:
    """Entries of the menu under the person's name, besides signing out (NAV-04)."""
    person = signed_in()
    if person is None or person.actor.kind is ActorKind.STAFF:
        return ()
    entries = ((_("Edit User Profile"), PROFILE), (_("Security"), SECURITY))
    return tuple((label, url_for(endpoint)) for label, endpoint in entries if _exists(endpoint))


def _entry(item: NavigationItem) -> Entry:
    place = PLACES[item.place]
    here = request.endpoint or ""
    is_current = here == place.endpoint or any(
        here == name or (name[-1] == "." and here.startswith(name)) for name in place.within
    )
    return Entry(
        label=item.label,
        href=url_for(place.endpoint),
        icon=place.icon,
        is_current=is_current,
        apart=item.place is Navigation.HELP,
        count=unread(item.place),
    )


def count_with(app: Flask, place: Navigation, count: Callable[[], int]) -> None:
    """Show this figure beside the entry of a place: what is new there for the person."""
    app.extensions.setdefault(_COUNTS, {})[place] = count


def unread(place: Navigation) -> int:
    """What is new at a place for this person; counted once a request, and not for a page that says what went wrong."""
    counts: dict[Navigation, Callable[[], int]] = current_app.extensions.get(_COUNTS, {})
    if place not in counts or g.get("asks_nothing", False):
        return 0
    counted: dict[Navigation, int] = g.setdefault("unread", {})
    try:
        return counted[place] if place in counted else counted.setdefault(place, counts[place]())
    except SQLAlchemyError:  # a page that says what went wrong still has its navigation
        return 0


def _is_shown(item: NavigationItem) -> bool:
    place, person = PLACES[item.place], signed_in()
    if person is None or not _exists(place.endpoint):
        return False
    if item.admins_only and not may(person.actor, Permission.GROUP_MANAGE):
        return False
    if place.feature is not None and not contract().features.get(place.feature, False):
        return False
    rule = rule_of(current_app.view_functions[place.endpoint])
    if rule is not None and rule.scope is Scope.PUBLIC:
        return True
    return rule is not None and any(may(person.actor, permission) for permission in rule.permissions)


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
