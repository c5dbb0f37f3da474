"""A release that was proposed or published, and why one is refused. Plain values; knows no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from tenancy.contract import Contract
from tenancy.plan import Change


class Loaded(Protocol):
    """A contract as the loader gives it: whose it is, the content and the hash of it."""

    @property
    def slug(self) -> str: ...

    @property
    def contract(self) -> Contract: ...

    @property
    def release(self) -> str: ...


class ReleaseRefused(Exception):
    """A release cannot be published now; the message says why and what to do."""


class SamePerson(ReleaseRefused):
    """The author may not approve: publishing takes two people."""


class NotOpen(ReleaseRefused):
    """The proposal does not exist or was decided already."""


class WaiverOver(ReleaseRefused):
    """A waiver of the contract is over: it blocks publishing, and nothing that is in force."""


class NeverPublished(ReleaseRefused):
    """There is no such release of this tenant to go back to."""


class NewerRelease(ReleaseRefused):
    """Somebody published another release since the author began; ``changes`` is what that one changed."""

    def __init__(self, newest: Publication, changes: tuple[Change, ...]) -> None:
        self.newest = newest
        self.changes = changes
        who = f"{newest.author} and {newest.approver}" if newest.approver else newest.author
        said = "\n".join(f"- {change.sentence}" for change in changes)
        super().__init__(
            f"Release {newest.hash[:12]} by {who} is newer than the one this was written against. Take over what it"
            f" changed, then propose again:\n{said}"
        )


class ReleaseUnknown(LookupError):
    """No release of this tenant has this hash."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A release in force from an instant on. ``approver`` is empty where none is needed: installing, going back."""

    number: int
    slug: str
    hash: str
    replaces: str | None
    kind: str
    author: str
    approver: str | None
    reason: str
    effective_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A release waiting for a second person. Without ``effective_at`` it is in force as soon as it is approved."""

    id: UUID
    slug: str
    hash: str
    base: str | None
    author: str
    reason: str
    effective_at: datetime | None
    proposed_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
