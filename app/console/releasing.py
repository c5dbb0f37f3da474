"""Releases put in force by two people, and going back to an older one. Every act, refused ones too, is told.

Must not know requests or pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.console.acts import find_author, tell
from app.console.bench import Bench
from app.console.drafting import Draft, drop_draft
from app.console.planning import Plan, plan_of
from app.console.saying import short
from app.domain.access import Actor
from app.domain.errors import Conflict, FieldFault, Invalid, NotFound
from tenancy import releases
from tenancy.loader import LoadedContract
from tenancy.plan import Change
from tenancy.releases import NewerRelease, Proposal, Publication, ReleaseRefused, SamePerson, has_tenant
from tenancy.stored import StoredUnreadable


class Refused(Conflict):
    """A release cannot be put in force; ``changes`` are what somebody else's newer one changed."""

    def __init__(self, message: str, changes: tuple[Change, ...] = ()) -> None:
        super().__init__(message)
        self.changes = changes


def propose_draft(
    bench: Bench,
    slug: str,
    draft: Draft,
    reason: str,
    effective_at: datetime | None,
    *,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Hand a draft to a second person. Raises Invalid while it has faults, Refused over somebody's newer release."""
    newest = bench.newest(slug)
    today = now.astimezone(ZoneInfo(newest.contract.identity.time_zone)).date()
    loaded = bench.reading(slug, draft.text, today).loaded
    if loaded is None:
        raise Invalid((FieldFault("text", "The file still has errors. Correct them, then check it again."),))
    _must_be_its_own(bench, loaded)
    sources = {**bench.texts(slug), f"{slug}.yaml": draft.text}
    act = _Act(bench, "release:propose", slug, actor, now)
    with act.refusals(short(loaded.release)):
        made = releases.propose(
            bench.control, loaded, author=actor.name, reason=reason, now=now,
            base=draft.base, effective_at=effective_at, sources=sources,
        )  # fmt: skip
    drop_draft(bench, slug, actor=actor)
    act.tell(short(made.hash), made.id)
    return made


def get_proposal(bench: Bench, proposal_id: UUID) -> Proposal:
    """A proposal, open or decided. Raises NotFound."""
    try:
        return releases.get_proposal(bench.control, proposal_id)
    except ReleaseRefused:
        raise NotFound("There is no such proposal.") from None


def is_author(bench: Bench, proposal: Proposal, *, actor: Actor) -> bool:
    """Whether the actor wrote the release: by name, or as the same person of the staff under another name."""
    by_id = find_author(bench.control, proposal.id)
    return releases.is_same_person(proposal.author, actor.name) or (by_id is not None and by_id == actor.user_id)


def is_ready(bench: Bench, proposal: Proposal) -> bool:
    """Whether there is a tenant that the release can be in force in: a web process may not make one."""
    return proposal.slug in bench.contracts or has_tenant(bench.control, proposal.slug)


def zone_of(bench: Bench, publication: Publication) -> str:
    """The time zone of a release, whether this process serves it yet or not."""
    loaded = bench.contracts.release(bench.control, publication.slug, publication.hash)
    return loaded.contract.identity.time_zone


def approve_proposal(bench: Bench, proposal_id: UUID, *, actor: Actor, now: datetime) -> Publication:
    """Put a release in force as its second person, at its instant or at once.

    Raises Refused for its own author, over a newer release with the difference, when a waiver is over, or when it was
    decided; NotFound where there is no such proposal. A state is brought up by command where proposing it made no
    tenant.
    """
    found = get_proposal(bench, proposal_id)
    act = _Act(bench, "release:approve", found.slug, actor, now)
    with act.refusals(short(found.hash), found.id):
        if not is_ready(bench, found):
            raise ReleaseRefused(f"This state is new: run charter contract approve {found.id}, which makes its tenant.")
        if is_author(bench, found, actor=actor):
            raise SamePerson(f"{found.author} wrote this release: a second person has to approve it.")
        done = releases.approve(bench.control, proposal_id, approver=actor.name, now=now)
    act.tell(short(done.hash), found.id)
    return done


def withdraw_proposal(bench: Bench, proposal_id: UUID, *, actor: Actor, now: datetime) -> Proposal:
    """Take a proposal back, or turn it down. Raises Refused when it was decided, NotFound."""
    found = get_proposal(bench, proposal_id)
    act = _Act(bench, "release:withdraw", found.slug, actor, now)
    with act.refusals(short(found.hash), found.id):
        releases.withdraw(bench.control, proposal_id, by=actor.name, now=now)
    tell(
        bench.control, "release:withdraw", found.slug, actor=actor, now=now, about=short(found.hash), about_id=found.id
    )
    return found


def proposed_contract(bench: Bench, proposal: Proposal) -> LoadedContract:
    """The contract of a proposal, with its sources and warnings where its files were kept.

    Raises Refused when this edition cannot read it.
    """
    sources = releases.get_sources(bench.control, proposal.slug, proposal.hash)
    read = bench.reading_of(sources, proposal.slug) if sources else None
    if read is not None and read.release == proposal.hash:
        return read
    try:
        return bench.contracts.release(bench.control, proposal.slug, proposal.hash)
    except StoredUnreadable as error:
        raise Refused(str(error)) from error


def plan_of_going_back(bench: Bench, slug: str, release: str, *, now: datetime) -> Plan:
    """What going back to an older release would change. Raises NotFound for one that never was in force."""
    known = {one.hash for one in releases.list_publications(bench.control, slug) if one.effective_at <= now}
    newest = bench.newest(slug)
    if release not in known or release == newest.release:
        raise NotFound("There is no such older release.")
    return plan_of(newest.contract, bench.contracts.release(bench.control, slug, release), before=newest)


def go_back(bench: Bench, slug: str, release: str, reason: str, *, actor: Actor, now: datetime) -> Publication:
    """Put an older release in force again, at once. One person may: two have seen it. Raises Refused, NotFound."""
    bench.must_know(slug)
    act = _Act(bench, "release:roll-back", slug, actor, now)
    with act.refusals(short(release)):
        done = releases.roll_back(bench.control, slug, by=actor.name, reason=reason, now=now, to=release)
    act.tell(short(done.hash))
    return done


@dataclass(frozen=True, slots=True)
class _Act:
    """What the trail is told of one attempt."""

    bench: Bench
    action: str
    slug: str
    actor: Actor
    now: datetime

    def tell(self, about: str, about_id: UUID | None = None, result: str = "ok") -> None:
        """Tell the trail."""
        tell(
            self.bench.control, self.action, self.slug, actor=self.actor, now=self.now,
            about=about, about_id=about_id, result=result,
        )  # fmt: skip

    @contextmanager
    def refusals(self, about: str, about_id: UUID | None = None) -> Iterator[None]:
        """Undo what a refused attempt began, tell of it, and say why."""
        try:
            with self.bench.control.begin_nested():
                yield
        except ReleaseRefused as refused:
            self.tell(about, about_id, "refused")
            if isinstance(refused, NewerRelease):
                raise Refused(str(refused).partition(":\n")[0] + ".", refused.changes) from refused
            raise Refused(str(refused)) from refused


def _must_be_its_own(bench: Bench, loaded: LoadedContract) -> None:
    mine = loaded.contract.identity
    for slug in bench.slugs():
        other = bench.contracts.published(slug).contract.identity
        for name in ("subdomain", "client_code", "code"):
            if slug != loaded.slug and getattr(mine, name) == getattr(other, name):
                raise Invalid((FieldFault("text", f"IDENTITY-TAKEN identity.{name} belongs to {other.display}."),))
