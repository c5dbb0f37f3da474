"""Instants, switches and releases as sentences for the console's pages. Knows no query and no template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.web.messages import gettext as _
from app.web.messages import ngettext
from tenancy.releases import INSTALLED, ROLLED_BACK, Publication
from tenancy.saying import listed, spoken
from tenancy.toggles import ToggleChange

SHORT = 12
_MOST_NAMED = 3


def moment(at: datetime, zone: str) -> str:
    """``Mon 11/30/2026, 6:00 AM MST``: the day of the week helps with what is scheduled."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.month}/{local.day}/{local.year}, {local.hour % 12 or 12}:{local:%M %p %Z}"


def whom(change: ToggleChange, names: Mapping[UUID, str]) -> str:
    """For whom a switch is meant."""
    if change.share is not None:
        return _("%(share)s %% of the groups", share=change.share)
    if not change.groups:
        return _("everybody")
    known = sorted(names.get(one, _("a group that is gone")) for one in change.groups)
    if len(known) > _MOST_NAMED:
        return ngettext("%(num)s group", "%(num)s groups", len(known))
    return listed(known)


def when(change: ToggleChange, zone: str) -> str:
    """From when, and until when if it ends by itself."""
    start = _("from %(time)s", time=moment(change.starts_at, zone))
    return f"{start} {_('until %(time)s', time=moment(change.ends_at, zone))}" if change.ends_at else start


def feature_name(feature: str) -> str:
    """A function's name in words: ``Temporary member``."""
    return spoken(feature).capitalize()


def people(publication: Publication) -> str:
    """Who put a release in force."""
    if publication.kind == INSTALLED:
        return _("the installation")
    if publication.approver:
        return _("%(author)s and %(approver)s", author=publication.author, approver=publication.approver)
    return publication.author


def kind_word(publication: Publication) -> str:
    """How a release came into force."""
    if publication.kind == ROLLED_BACK:
        return _("Went back")
    return _("Installed") if publication.kind == INSTALLED else _("Published")


def short(release: str | None) -> str:
    """The start of a release's hash, as people say it."""
    return (release or "")[:SHORT]
