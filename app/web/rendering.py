"""How values look on a page: dates as MM/DD/YYYY, instants in the contract's zone with the zone shown, sizes, phones.

Must not know any room; templates get plain values and these filters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from markupsafe import Markup
from werkzeug.local import LocalProxy

from app.domain.errors import FieldFault
from app.web import addresses, assets, csrf, messages, navigation
from app.web.paging import SIZES
from app.web.request import contract, in_force, policy, portal, signed_in
from app.web.sessions import CONSOLE_COUNTDOWN, CONSOLE_IDLE
from tenancy.contract import Contract
from tenancy.vocabulary import Navigation, Word

_MEGABYTE = 1024 * 1024
_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")


def date_us(value: date | str | None) -> str:
    """A date as MM/DD/YYYY (FMT-01); what a user typed comes back as typed."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value.month:02}/{value.day:02}/{value.year:04}"


def in_zone(value: datetime, zone: str) -> str:
    """An instant as ``6/17/2021 11:30:23 AM CDT`` in this zone (FMT-01), the zone always shown."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{local.month}/{local.day}/{local.year} {_clock(local)}:{local:%S %p %Z}"


def instant_local(value: datetime | None) -> str:
    """An instant in the contract's zone, or nothing."""
    return in_zone(value, _zone()) if value else ""


def time_local(value: datetime | None) -> str:
    """The time of day in the contract's zone, e.g. ``10:02 AM CDT``."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(_zone()))
    return f"{_clock(local)} {local:%p %Z}"


def day_local(value: datetime | None) -> str:
    """The calendar day of an instant in the contract's zone."""
    return date_us(value.astimezone(ZoneInfo(_zone())).date()) if value else ""


def iso(value: datetime | date | None) -> str:
    """The machine's form of an instant or date, for ``<time datetime>``."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if value else ""


def phone(value: str | None) -> str:
    """Ten digits as ``111-111-1111`` (PROF-02); anything else as it is."""
    digits = re.sub(r"\D", "", value or "")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else value or ""


def tel(value: str) -> str:
    """The number as a ``tel:`` address takes it."""
    digits = re.sub(r"\D", "", value)
    return f"+1{digits}" if len(digits) == 10 else digits


def grouped(value: int) -> str:
    """A whole number with commas between thousands."""
    return f"{value:,}"


def file_size(value: int | None) -> str:
    """Bytes as people say them; 1 MB is 1,048,576 bytes (DOC-02)."""
    if value is None:
        return ""
    if value >= _MEGABYTE:
        return f"{value / _MEGABYTE:.1f} MB"
    return f"{max(1, round(value / 1024))} KB"


def icon(name: str, style: str = "") -> Markup:
    """One icon of our own sprite."""
    return _icon(assets.asset("icons.svg"), name, style)


@lru_cache(maxsize=256)
def _icon(sprite: str, name: str, style: str) -> Markup:
    return Markup('<svg class="c-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        style, sprite, name
    )


def field_id(name: str) -> str:
    """The id of the field of this name, also the target of links to it."""
    return "f-" + _NOT_NAME.sub("-", name).strip("-").lower()


def by_field(faults: Sequence[FieldFault]) -> Mapping[str, str]:
    """The first message of each field, for putting beside it."""
    return {fault.field: fault.message for fault in reversed(faults)}


def list_url(**changes: object) -> str:
    """This page's address with some arguments changed; None drops one. A new order or size starts at page one."""
    arguments = {key: value for key, value in request.args.items() if key not in changes}
    if {"sort", "size"} & changes.keys():
        arguments.pop("page", None)
    arguments.update({key: str(value) for key, value in changes.items() if value is not None})
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **arguments})


def other_arguments(*without: str) -> list[tuple[str, str]]:
    """The arguments of this page's address as pairs, without these."""
    return [(key, value) for key, value in request.args.items(multi=True) if key not in without]


def page_sizes(current: int) -> Sequence[int]:
    """Sizes of a page to choose from."""
    return sorted({*SIZES, current})


def idle_times() -> Mapping[str, int]:
    """Seconds without activity before the warning, and seconds it counts down; the guides' own at the console."""
    if g.get("is_console", False):
        return {"idle": CONSOLE_IDLE.seconds, "countdown": CONSOLE_COUNTDOWN.seconds}
    held = policy()
    return {"idle": int(held.idle.total_seconds()), "countdown": int(held.countdown.total_seconds())}


def install(app: Flask) -> None:
    """Give the portal's templates their filters and functions."""
    prepare(app)
    app.jinja_env.globals.update(
        csrf_field=csrf.csrf_field,
        csrf_token=csrf.csrf_token,
        list_url=list_url,
        other_arguments=other_arguments,
        page_sizes=page_sizes,
        url_for=addresses.address,
        contract=LocalProxy(_contract_or_none),  # for macros: they are read once, for whoever asks first
        current_path=lambda: request.path,
        brand_version=lambda: in_force().release[:12],
        navigation_items=navigation.items,
        console_items=navigation.console_items,
        user_menu=navigation.user_menu,
        unread=lambda: navigation.unread(Navigation.MESSAGE_CENTER),
        home_url=navigation.home_url,
        word=word,
        place_label=place_label,
        search_url=navigation.search_url,
        idle_times=idle_times,
        preview_note=lambda: portal().contracts.preview(found.slug) if (found := g.get("tenant")) else None,
        group_choices=lambda: found.groups if (found := signed_in()) else (),
        inside_until=lambda: found.until if (found := signed_in()) else None,
    )
    app.context_processor(_of_this_request)


def prepare(app: Flask) -> None:
    """What any of our templates needs: sentences, addresses of files, filters."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=messages.gettext,
        gettext=messages.gettext,
        ngettext=messages.ngettext,
        pgettext=messages.pgettext,
        npgettext=messages.npgettext,
        asset=assets.asset,
        icon_of=icon,
    )
    for make in _FILTERS:
        app.jinja_env.filters[make.__name__] = make


def word(name: str) -> str:
    """What the contract calls a thing (GEN-06, CONS-01), as the beginning of a label."""
    said = contract().words.get(Word(name)) or name.replace("_", " ")
    return said[:1].upper() + said[1:]


def place_label(place: str) -> str:
    """What the contract's navigation calls a place; also the heading of its page."""
    labels = [item.label for item in contract().layout.navigation if item.place is Navigation(place)]
    return labels[0] if labels else place.replace("_", " ").capitalize()


def _of_this_request() -> dict[str, object]:
    found = signed_in()
    return {"contract": _contract_or_none(), "actor": found.actor if found else None}


def _contract_or_none() -> Contract | None:
    return contract() if g.get("tenant") is not None else None


def _zone() -> str:
    return contract().identity.time_zone


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M}"


_FILTERS: tuple[Callable[..., object], ...] = (
    date_us,
    instant_local,
    time_local,
    day_local,
    iso,
    phone,
    tel,
    grouped,
    file_size,
    field_id,
    by_field,
)
