"""What changed for providers from one release of a contract to the next, in the words of their guide. Knows no page.

Both releases' guides are written for the same day and held against each other. What the plan finds beside that, such
as a label or a list, is said in the words of the thing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.cases.changes_said import change_said
from app.guides.blocks import Chapter, Fact, Facts, Heading
from app.guides.writing import write_guide
from app.web.messages import gettext as _
from tenancy.in_force import ContractsInForce
from tenancy.loader import LoadedContract
from tenancy.plan import Area, differences
from tenancy.releases import Publication, ReleaseUnknown, list_publications
from tenancy.scope import ControlSession
from tenancy.stored import StoredUnreadable

MOST = 10
INSIDE = (
    ("review", "may"),
    ("review", "levels"),
    ("review", "demands"),
    ("review", "auto_approvals"),
    ("review", "due_soon"),
    ("review", "expiring_days"),
    ("identity", "subdomain"),
    ("identity", "state"),
    ("identity", "client_code"),
    ("registration", "code", "pattern"),
    ("registration", "code", "check_digit"),
    ("sample_data",),
    ("waivers",),
    ("brand", "primary"),
    ("brand", "accent"),
)
"""Parts that only the payer's own people work with."""

INWARD = frozenset({"criterion", "met_when", "x12_service_type", "pos"})
"""Keys, wherever they stand, that only reviewers and other systems see."""


HEADINGS: Mapping[Area, str] = {
    Area.TOGGLES: _("What you can do here"),
    Area.CLOCKS: _("Decision times"),
    Area.RIGHTS: _("After a decision"),
    Area.QUESTIONS: _("Questionnaires"),
    Area.DOCUMENTS: _("Documents and notes"),
    Area.LISTS: _("Lists to choose from"),
    Area.FIELDS: _("Making a request"),
    Area.ACCESS: _("Signing in and people"),
    Area.TEXTS: _("Names and texts"),
    Area.LETTERS: _("Letters and e-mails"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """What one release changed, under headings, and since when it is in force."""

    since: datetime
    release: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def list_notes(
    session: ControlSession, contracts: ContractsInForce, slug: str, *, now: datetime, most: int = MOST
) -> tuple[Note, ...]:
    """The newest releases that changed something for providers, the newest first. ``session`` is control's.

    A release whose predecessor can no longer be read is left out.
    """
    notes: list[Note] = []
    for one in list_publications(session, slug):
        if one.effective_at <= now and one.replaces and (note := _note(session, contracts, one)) is not None:
            notes.append(note)
        if len(notes) == most:
            break
    return tuple(notes)


def notes_between(old: LoadedContract, new: LoadedContract, on: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a provider notices of the step from one release to another on that day: headings with sentences."""
    seen = [one for one in differences(old.contract, new.contract) if not _is_inside(one.path)]
    before, after = ({one.name: one for one in write_guide(each, on=on).chapters} for each in (old, new))
    told: set[str] = set()
    parts: dict[str, list[str]] = {}
    for name, chapter in after.items() if seen else ():
        for key, sentence in _facts_between(before.get(name), chapter):
            told.add(key)
            parts.setdefault(chapter.title, []).append(sentence)
    for change in seen:
        if not any(_is_same_place(change.dotted, key) for key in told):
            parts.setdefault(HEADINGS[change.area], []).append(change_said(change))
    return tuple((heading, tuple(dict.fromkeys(sentences))) for heading, sentences in parts.items())


def _facts_between(old: Chapter | None, new: Chapter) -> Iterator[tuple[str, str]]:
    """Each fact that is new, gone or otherwise, by its key, as a sentence."""
    before, after = _facts_of(old), _facts_of(new)
    for key, fact in after.items():
        then = before.get(key)
        if then is None:
            yield key, _("New: %(label)s – %(words)s", label=fact.label, words=fact.words)
        elif then != fact:
            label = fact.label if then.label == fact.label else f"{fact.label} ({_('before:')} {then.label})"
            now = fact.words if then.words == fact.words else f"{fact.words} ({_('before:')} {then.words})"
            yield key, f"{label}: {now}"
    for key, fact in before.items():
        if key not in after:
            yield key, _("No longer: %(label)s – %(words)s", label=fact.label, words=fact.words)


def _facts_of(chapter: Chapter | None) -> dict[str, Fact]:
    """The chapter's facts by key; those of a right carry its name, which stands above them in the guide."""
    found: dict[str, Fact] = {}
    heading = ""
    for block in chapter.blocks if chapter else ():
        heading = block.text if isinstance(block, Heading) else heading
        for fact in block.rows if isinstance(block, Facts) else ():
            is_of_right = heading and fact.key.startswith("rights.")
            found[fact.key] = replace(fact, label=f"{heading} – {fact.label}") if is_of_right else fact
    return found


def _is_same_place(change: str, fact: str) -> bool:
    return f"{change}.".startswith(f"{fact}.") or f"{fact}.".startswith(f"{change}.")


def _is_inside(path: tuple[str, ...]) -> bool:
    return not INWARD.isdisjoint(path) or any(path[: len(part)] == part for part in INSIDE)


def _note(session: ControlSession, contracts: ContractsInForce, one: Publication) -> Note | None:
    try:
        old = contracts.release(session, one.slug, one.replaces or "")
        new = contracts.release(session, one.slug, one.hash)
    except (ReleaseUnknown, StoredUnreadable):
        return None
    zone = ZoneInfo(new.contract.identity.time_zone)
    parts = notes_between(old, new, one.effective_at.astimezone(zone).date())
    return Note(one.effective_at, one.hash, parts) if parts else None
