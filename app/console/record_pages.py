"""The control plane's trail in words. Plain values for the template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.console.acts import Told
from app.console.saying import moment
from app.web.messages import gettext as _

PLATFORM_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One act of the record."""

    at: str
    who: str
    what: str
    place: str
    about: str
    is_refused: bool


def record_lines(told: Iterable[Told]) -> tuple[RecordLine, ...]:
    """The acts in words; the record belongs to no contract and so to no zone but UTC."""
    words = _words()
    return tuple(
        RecordLine(
            at=moment(one.at, PLATFORM_ZONE),
            who=one.who or _("somebody unknown"),
            what=words.get(one.action, one.action),
            place=one.place,
            about=one.about,
            is_refused=one.result != "ok",
        )
        for one in told
    )


def _words() -> dict[str, str]:
    return {
        "staff:sign-in": _("Signed in"),
        "staff:sign-out": _("Signed out"),
        "staff:activate": _("Was let in again"),
        "staff:deactivate": _("Was shut out"),
        "staff:shut-out": _("Shut somebody out"),
        "staff:let-in": _("Let somebody in again"),
        "tenant:enter": _("Asked to look inside"),
        "toggle:switch": _("Switched a function"),
        "toggle:undo": _("Took a switch back"),
        "release:propose": _("Proposed a release"),
        "release:approve": _("Approved a release"),
        "release:withdraw": _("Withdrew a proposal"),
        "release:roll-back": _("Went back to an older release"),
        "job:revive": _("Drove a job again"),
        "letter:send-again": _("Sent a letter again"),
        "letter:print-again": _("Printed a held letter again"),
    }
