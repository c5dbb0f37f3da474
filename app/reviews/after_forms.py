"""What is typed after a decision, read into the values the services take. Knows no database and no rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from werkzeug.datastructures import FileStorage

from app.cases.documents import Incoming
from app.reviews.asking import Enclosed
from app.reviews.peer_to_peer import TalkOffered
from app.reviews.reconsiderations import ReconsiderationAsked
from app.reviews.talk_slots import TypedSlot

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


def version(form: Mapping[str, str]) -> int:
    """The version of a talk that was shown; none is told as one that never was."""
    typed = form.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0
