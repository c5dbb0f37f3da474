"""A draft that was begun under an older release: what the one in force changes for it. Knows no page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import drafts
from app.cases.changes_said import change_said
from app.domain.access import Actor
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.plan import Area, Change, Reach, differences
from tenancy.vocabulary import Category

MOST_SHOWN = 12
LATER = frozenset({Area.LETTERS})


@dataclass(frozen=True, slots=True)
class Moved:
    """What a person is told: the changes that concern the draft, in words, and how many more there are.

    ``is_known`` is false when the older release cannot be read any more.
    """

    sentences: tuple[str, ...] = ()
    more: int = 0
    is_known: bool = True


UNKNOWN = Moved(is_known=False)


def changes_for(old: Contract, new: Contract, category: str, service: str) -> Moved:
    """What the move from one release to the other changes for a draft of this category and service."""
    found = [change_said(change) for change in _concerning(differences(old, new), category, service)]
    return Moved(tuple(found[:MOST_SHOWN]), max(0, len(found) - MOST_SHOWN))


def move_draft(session: Session, loaded: LoadedContract, draft_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Keep that its author saw what changed: from here on the draft is one of the release in force.

    What was typed stays, also where the release does not ask for it any more. Raises NotFound, AlreadySubmitted,
    Forbidden.
    """
    case = drafts.begin(session, draft_id, actor)
    if case.release == loaded.release:
        return
    detail = {"from": case.release[:12], "to": loaded.release[:12]}
    case.release = loaded.release
    drafts.finish(session, loaded.contract, case, "draft:move", actor=actor, now=now, detail=detail)


def _concerning(changes: tuple[Change, ...], category: str, service: str) -> Iterator[Change]:
    for change in changes:
        binds = change.reach is not Reach.EVERYBODY and change.area not in LATER
        if binds and not _is_about_another(change.path, category, service):
            yield change


def _is_about_another(path: tuple[str, ...], category: str, service: str) -> bool:
    """Whether it is about another category's lines or another service alone."""
    others = {f"{one.value}_line" for one in Category if one.value != category}
    if path[0] == "intake" and len(path) > 1:
        return path[1] in others or (path[1] == "length_of_stay" and category != Category.INPATIENT.value)
    return bool(service) and path[:2] == ("catalogue", "services") and len(path) > 2 and path[2] != service
