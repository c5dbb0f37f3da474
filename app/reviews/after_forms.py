"""What is typed after a decision, read into the values the services take. Knows no database and no rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from app.cases.added_answers import DROP, MORE, Form, without_dropped
from app.cases.adding import TypedCode
from app.cases.documents import Incoming
from app.domain import typed
from app.domain.errors import FieldFault, Invalid
from app.reviews.after_waiting import CertifiedLine
from app.reviews.asking import Enclosed
from app.reviews.peer_to_peer import TalkOffered
from app.reviews.reconsiderations import ReconsiderationAsked
from app.reviews.revising import Certified, RevisionAnswer
from app.reviews.talk_slots import TypedSlot
from tenancy.vocabulary import LineField

MORE_SLOTS = 2
MOST_SLOTS = 10


def slot_count(minimum: int) -> int:
    """How many rows for dates and times a form shows."""
    return min(max(minimum, 1) + MORE_SLOTS, MOST_SLOTS)


def enclosed(form: Mapping[str, str], files: Iterable[FileStorage]) -> Enclosed:
    """Words and files."""
    incoming = [Incoming(part.filename, part.stream) for part in files if part.filename]
    return Enclosed(form.get("body", ""), incoming, form.get("document_type", ""))


def talk(form: Mapping[str, str], files: Iterable[FileStorage]) -> TalkOffered:
    """Who will talk, and when."""
    slots = [
        TypedSlot(form.get(f"slot.{place}.day", ""), form.get(f"slot.{place}.time", "")) for place in range(MOST_SLOTS)
    ]
    who = {name: form.get(name, "") for name in ("clinician", "phone", "zone")}
    return TalkOffered(**who, slots=slots, enclosed=enclosed(form, files))


def reconsideration(form: Mapping[str, str], files: Iterable[FileStorage]) -> ReconsiderationAsked:
    """On which ground, with which words and files."""
    return ReconsiderationAsked(form.get("ground", ""), enclosed(form, files))


def codes(form: MultiDict[str, str], rows: int) -> tuple[list[TypedCode], Form]:
    """The rows in which something was typed: codes to be added, with their fields; and what they bring along."""
    typed = [_code(form, place) for place in range(rows)]
    used = [one for one in typed if one.code.strip() or any(one.values.values())]
    return used, without_dropped(dict(form.lists()))


def only_changes_entries(form: Mapping[str, str]) -> bool:
    """Whether a button was pressed that adds an entry to a repeated question or removes one."""
    return MORE in form or DROP in form


def _code(form: Mapping[str, str], place: int) -> TypedCode:
    values = {field.value: form.get(f"code.{place}.{field.value}", "").strip() for field in LineField}
    return TypedCode(place, form.get(f"code.{place}.code", ""), values)


def revision(form: Mapping[str, str], revision_id: UUID, lines: Sequence[CertifiedLine]) -> RevisionAnswer:
    """The answer to a change, with what is typed for each certified line. Raises Invalid for what is no day."""
    is_done = form.get("act") == "done"
    faults: list[FieldFault] = []
    names = [(f"{revision_id}.{line.field}", line.line_id) for line in lines if is_done]
    wanted = [_certified(form, name, line_id, faults) for name, line_id in names]
    if faults:
        raise Invalid(tuple(faults))
    return RevisionAnswer(form.get(f"{revision_id}.answer", ""), is_done, wanted)


def _certified(form: Mapping[str, str], name: str, line_id: UUID | None, faults: list[FieldFault]) -> Certified:
    units = form.get(f"{name}.units", "").strip()
    days = [_day(form, f"{name}.{which}", faults) for which in ("start_on", "end_on")]
    return Certified(line_id, int(units) if units.isascii() and units.isdecimal() and len(units) < 7 else None, *days)


def _day(form: Mapping[str, str], name: str, faults: list[FieldFault]) -> date | None:
    raw = form.get(name, "")
    try:
        return typed.day(raw) if raw.strip() else None
    except typed.Unreadable as reason:
        faults.append(FieldFault(name, f"Enter the day {reason.how}."))
        return None


def version(form: Mapping[str, str]) -> int:
    """The version of a talk that was shown; none is told as one that never was."""
    typed = form.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0
