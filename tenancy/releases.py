"""Which contract content was in force since when: releases, who published them, and going back to an older one.

A release is immutable and addressed by the hash of its effective content, which is kept in the form it is hashed in,
so that a stored release can be checked against its own name. Publishing takes two people: one proposes, another
approves. The publication with the highest number whose instant has come is in force, so a later one also replaces
what was only scheduled. Every act raises the tenant's version, which the serving processes look at. The caller commits.
Must not know requests or rooms.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tenancy.contract import Contract
from tenancy.plan import differences
from tenancy.publication import (
    Loaded,
    NeverPublished,
    NewerRelease,
    NotOpen,
    Proposal,
    Publication,
    ReleaseRefused,
    ReleaseUnknown,
    SamePerson,
    WaiverOver,
)
from tenancy.release import canonical_text
from tenancy.scope import ControlSession
from tenancy.stored import contract_of

__all__ = [
    "INSTALLATION",
    "INSTALLED",
    "PUBLISHED",
    "ROLLED_BACK",
    "Loaded",
    "NeverPublished",
    "NewerRelease",
    "NotOpen",
    "Proposal",
    "Publication",
    "ReleaseRefused",
    "ReleaseUnknown",
    "SamePerson",
    "WaiverOver",
    "approve",
    "get_proposal",
    "get_release",
    "get_sources",
    "has_tenant",
    "is_same_person",
    "keep_release",
    "list_proposals",
    "list_publications",
    "newest_publication",
    "propose",
    "raise_version",
    "record_releases",
    "release_at",
    "roll_back",
    "withdraw",
]

INSTALLED, PUBLISHED, ROLLED_BACK = "installed", "published", "rolled_back"
INSTALLATION = "installation"


_PUBLICATION = (
    "SELECT number, slug, hash, replaces, kind, author, approver, reason, effective_at, recorded_at"
    " FROM control.publication"
)
_PROPOSAL = (
    "SELECT id, slug, hash, base, author, reason, effective_at, proposed_at, state, decided_by, decided_at"
    " FROM control.proposal"
)

_PROPOSE = text(
    "INSERT INTO control.proposal (id, slug, hash, base, author, reason, effective_at, proposed_at, state)"
    " VALUES (:id, :slug, :hash, :base, :author, :reason, :effective_at, :now, 'open')"
    " RETURNING id, slug, hash, base, author, reason, effective_at, proposed_at, state, decided_by, decided_at"
)


def record_releases(session: ControlSession, loaded: Mapping[str, Loaded], *, now: datetime) -> tuple[str, ...]:
    """Record what the contracts' folder brought: each file whose content differs from the last one; the slugs recorded.

    Called once when a process starts; the same content again adds nothing. A tenant whose contract two people have
    published is left alone: from then on its file is only a proposal's starting point.
    """
    newest = {one.slug: one for one in _newest(session)}
    changed = tuple(
        slug
        for slug, one in loaded.items()
        if slug not in newest or (newest[slug].kind == INSTALLED and newest[slug].hash != one.release)
    )
    for slug in changed:
        keep_release(session, loaded[slug], now=now)
        old = newest.get(slug)
        _publish(
            session,
            slug=slug,
            hash=loaded[slug].release,
            replaces=old.hash if old else None,
            kind=INSTALLED,
            author=INSTALLATION,
            approver=None,
            reason="Read from the contracts' folder.",
            effective_at=now,
            now=now,
        )
    return changed


def keep_release(
    session: ControlSession, loaded: Loaded, sources: Mapping[str, str] | None = None, *, now: datetime
) -> None:
    """Keep the content under its hash, with the texts of the files it was read from; one that is there stays."""
    session.execute(
        text(
            "INSERT INTO control.release (slug, hash, content, sources, recorded_at)"
            " VALUES (:slug, :hash, :content, CAST(:sources AS jsonb), :now) ON CONFLICT DO NOTHING"
        ),
        {
            "slug": loaded.slug,
            "hash": loaded.release,
            "content": canonical_text(loaded.contract),
            "sources": json.dumps(dict(sources or {})),
            "now": now,
        },
    )


def release_at(session: ControlSession, slug: str, instant: datetime) -> Publication | None:
    """What was in force for the tenant at the instant; None before its first release.

    What is scheduled but replaced before its instant never counts.
    """
    row = session.execute(
        text(
            f"{_PUBLICATION} WHERE slug = :slug AND effective_at <= :instant AND recorded_at <= :instant"
            " ORDER BY number DESC LIMIT 1"
        ),
        {"slug": slug, "instant": instant},
    ).first()
    return None if row is None else Publication(*row)


def newest_publication(session: ControlSession, slug: str) -> Publication | None:
    """The tenant's newest publication, whether its instant has come or not."""
    row = session.execute(text(f"{_PUBLICATION} WHERE slug = :slug ORDER BY number DESC LIMIT 1"), {"slug": slug})
    found = row.first()
    return None if found is None else Publication(*found)


def list_publications(session: ControlSession, slug: str) -> tuple[Publication, ...]:
    """Every publication of the tenant, the newest first."""
    rows = session.execute(text(f"{_PUBLICATION} WHERE slug = :slug ORDER BY number DESC"), {"slug": slug})
    return tuple(Publication(*row) for row in rows)


def get_release(session: ControlSession, slug: str, release: str) -> Contract:
    """The contract of a release, however old. Raises ReleaseUnknown, StoredUnreadable."""
    content = session.execute(
        text("SELECT content FROM control.release WHERE slug = :slug AND hash = :hash"),
        {"slug": slug, "hash": release},
    ).scalar()
    if content is None:
        raise ReleaseUnknown(f"{slug} has no release {release[:12]}")
    return contract_of(content, release)


def get_sources(session: ControlSession, slug: str, release: str) -> Mapping[str, str]:
    """The files a release was read from, by name under the contracts' folder; empty for an installed one."""
    found = session.execute(
        text("SELECT sources FROM control.release WHERE slug = :slug AND hash = :hash"),
        {"slug": slug, "hash": release},
    ).scalar()
    if found is None:
        raise ReleaseUnknown(f"{slug} has no release {release[:12]}")
    return MappingProxyType(dict(found))


def propose(
    session: ControlSession,
    loaded: Loaded,
    *,
    author: str,
    reason: str,
    now: datetime,
    base: str | None = None,
    effective_at: datetime | None = None,
    sources: Mapping[str, str] | None = None,
) -> Proposal:
    """Propose a release for a second person to approve.

    ``base`` is the hash of the release the author started from, the newest unless given. Raises ReleaseRefused
    without a name or a reason, when nothing would change, and for an instant in the past; NewerRelease when ``base``
    is not the newest any more. What is scheduled may be proposed again for an earlier instant.
    """
    slug, newest = loaded.slug, newest_publication(session, loaded.slug)
    _must_be_said(author, reason)
    if effective_at is not None and effective_at < now:
        raise ReleaseRefused("A release cannot come into force in the past.")
    if newest is not None and newest.hash == loaded.release and (effective_at or now) >= newest.effective_at:
        raise ReleaseRefused(f"This is release {newest.hash[:12]} already: nothing would change.")
    if base is not None:
        _must_be_newest(session, newest, base)
    keep_release(session, loaded, sources, now=now)
    values = {
        "id": uuid.uuid4(), "slug": slug, "hash": loaded.release, "base": newest.hash if newest else None,
        "author": author.strip(), "reason": reason.strip(), "effective_at": effective_at, "now": now,
    }  # fmt: skip
    return Proposal(*session.execute(_PROPOSE, values).one())


def list_proposals(session: ControlSession, slug: str | None = None) -> tuple[Proposal, ...]:
    """The proposals that wait for a second person, of one tenant or of all, the oldest first."""
    rows = session.execute(
        text(
            f"{_PROPOSAL} WHERE state = 'open' AND (CAST(:slug AS text) IS NULL OR slug = :slug) ORDER BY proposed_at"
        ),
        {"slug": slug},
    )
    return tuple(Proposal(*row) for row in rows)


def has_tenant(session: ControlSession, slug: str) -> bool:
    """Whether the registry knows a tenant of this name that was not purged: its schema is there."""
    found = text("SELECT 1 FROM control.tenant WHERE slug = :slug AND purged_at IS NULL")
    return session.execute(found, {"slug": slug}).first() is not None


def get_proposal(session: ControlSession, proposal_id: UUID) -> Proposal:
    """A proposal, open or decided. Raises NotOpen when there is none."""
    row = session.execute(text(f"{_PROPOSAL} WHERE id = :id"), {"id": proposal_id}).first()
    if row is None:
        raise NotOpen("There is no such proposal.")
    return Proposal(*row)


def approve(session: ControlSession, proposal_id: UUID, *, approver: str, now: datetime) -> Publication:
    """Publish a proposal as its second person; in force at its instant, or at once.

    Raises SamePerson when author and approver are one, NotOpen when it was decided, WaiverOver when a waiver ended,
    NewerRelease when another release was published since it was proposed.
    """
    found = get_proposal(session, proposal_id)
    raise_version(session, found.slug)  # holds the tenant's row: acts on one tenant follow each other
    _must_be_said(approver, found.reason)
    if is_same_person(approver, found.author):
        raise SamePerson(f"{found.author} wrote this release: a second person has to approve it.")
    _must_be_waived(get_release(session, found.slug, found.hash), now)
    newest = newest_publication(session, found.slug)
    _decide(session, proposal_id, "approved", approver, now)
    _must_be_newest(session, newest, found.base)
    return _publish(
        session,
        slug=found.slug,
        hash=found.hash,
        replaces=newest.hash if newest else None,
        kind=PUBLISHED,
        author=found.author,
        approver=approver.strip(),
        reason=found.reason,
        effective_at=max(found.effective_at or now, now),
        now=now,
    )


def withdraw(session: ControlSession, proposal_id: UUID, *, by: str, now: datetime) -> None:
    """Take a proposal back, or turn it down. Raises NotOpen."""
    _must_be_said(by, "withdrawn")
    _decide(session, proposal_id, "withdrawn", by, now)


def roll_back(
    session: ControlSession, slug: str, *, by: str, reason: str, now: datetime, to: str | None = None
) -> Publication:
    """Put an older release in force again, at once: the one before the newest unless named by its hash's start.

    One person may: both releases were in force before, so two people have seen them. Raises NeverPublished.
    """
    _must_be_said(by, reason)
    raise_version(session, slug)
    newest = newest_publication(session, slug)
    target = _older(list_publications(session, slug), newest, to)
    return _publish(
        session,
        slug=slug,
        hash=target.hash,
        replaces=newest.hash if newest else None,
        kind=ROLLED_BACK,
        author=by.strip(),
        approver=None,
        reason=reason.strip(),
        effective_at=now,
        now=now,
    )


def raise_version(session: ControlSession, slug: str) -> None:
    """Tell every serving process that something about the tenant changed, once the caller commits."""
    session.execute(
        text(
            "INSERT INTO control.contract_version AS known (slug, version) VALUES (:slug, 1)"
            " ON CONFLICT (slug) DO UPDATE SET version = known.version + 1"
        ),
        {"slug": slug},
    )


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: spaces around them and upper case do not make a second person."""
    return one.strip().casefold() == other.strip().casefold()


def _older(known: tuple[Publication, ...], newest: Publication | None, to: str | None) -> Publication:
    wanted = [one for one in known if newest is not None and one.hash != newest.hash]
    if to is not None:
        wanted = [one for one in wanted if len(to) >= 6 and one.hash.startswith(to)]
    if not wanted:
        raise NeverPublished("There is no such older release to go back to.")
    return wanted[0]


def _must_be_said(who: str, reason: str) -> None:
    if not who.strip() or not reason.strip():
        raise ReleaseRefused("Say who does this and why.")


def _must_be_waived(contract: Contract, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(contract.identity.time_zone)).date()
    over = [f"{rule.value} ({waiver.owner}, {waiver.until:%m/%d/%Y})" for rule, waiver in contract.waivers.items()
            if waiver.until < today]  # fmt: skip
    if over:
        raise WaiverOver(f"These waivers are over: {', '.join(over)}. Renew them with their owner, or change the rule.")


def _must_be_newest(session: ControlSession, newest: Publication | None, base: str | None) -> None:
    if newest is None or newest.hash == base:
        return
    began = get_release(session, newest.slug, base) if base else None
    theirs = get_release(session, newest.slug, newest.hash)
    raise NewerRelease(newest, differences(began, theirs) if began else ())


def _decide(session: ControlSession, proposal_id: UUID, state: str, who: str, now: datetime) -> None:
    decided = session.execute(
        text(
            "UPDATE control.proposal SET state = :state, decided_by = :who, decided_at = :now"
            " WHERE id = :id AND state = 'open' RETURNING id"
        ),
        {"state": state, "who": who.strip(), "now": now, "id": proposal_id},
    ).first()
    if decided is None:
        raise NotOpen("This proposal was decided already.")


def _newest(session: ControlSession) -> tuple[Publication, ...]:
    rows = session.execute(
        text(_PUBLICATION.replace("SELECT", "SELECT DISTINCT ON (slug)") + " ORDER BY slug, number DESC")
    )
    return tuple(Publication(*row) for row in rows)


def _publish(session: ControlSession, *, now: datetime, **values: object) -> Publication:
    row = session.execute(
        text(
            "INSERT INTO control.publication"
            " (slug, hash, replaces, kind, author, approver, reason, effective_at, recorded_at) VALUES"
            " (:slug, :hash, :replaces, :kind, :author, :approver, :reason, :effective_at, :now)"
            " RETURNING number, slug, hash, replaces, kind, author, approver, reason, effective_at, recorded_at"
        ),
        {**values, "now": now},
    ).one()
    raise_version(session, str(values["slug"]))
    return Publication(*row)
