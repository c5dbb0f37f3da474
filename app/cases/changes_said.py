"""A change of a contract in words for those who work with the portal, without its keys. Knows no page and no row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from app.web.messages import gettext as _
from tenancy.plan import Area, Change, ChangeKind
from tenancy.saying import said

_QUOTED = re.compile("“[^”]+”")


def change_said(change: Change) -> str:
    """What is new, gone, or now otherwise and how it was before; the key's own meaning names what has no name."""
    names: Sequence[str] = _QUOTED.findall(change.sentence.partition(": ")[0])
    called, what = names[-1] if names else "", change.meaning.partition(";")[0].rstrip(".")
    if change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
        entry = _entry(change, called)
        return _("New: %(entry)s", entry=entry) if change.before is None else _("No longer: %(entry)s", entry=entry)
    if change.area is Area.TOGGLES:
        state = _("now possible") if change.after else _("no longer possible")
        return f"{called.strip('“”').capitalize()}: {state}"
    if change.kind is ChangeKind.ORDER:
        return _("%(what)s: in another order", what=f"{called} – {what}" if called else what)
    values = f"{said(change.after)} ({_('before:')} {said(change.before)})"
    return f"{called} – {what}: {values}" if called else f"{what}: {values}"


def _entry(change: Change, called: str) -> str:
    """What came or went: its name, a plain value as it is read, with the day it stands under where there is one."""
    value = change.before if change.after is None else change.after
    words = said(value) if isinstance(value, str | time) else called
    try:
        return f"{said(date.fromisoformat(change.path[-1]))}, {words}"
    except ValueError:
        return words
