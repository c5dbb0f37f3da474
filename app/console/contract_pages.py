"""What the pages about contracts show: their releases, what waits, what is switched. Plain values for templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.console.bench import Bench
from app.console.rollups import Health, health_of
from app.console.saying import feature_name, kind_word, moment, people, short, when, whom
from app.web.messages import gettext as _
from tenancy.releases import Proposal, Publication, list_proposals, list_publications, release_at
from tenancy.toggles import ToggleChange, flips_at, list_toggles, standing


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One contract of the list."""

    slug: str
    name: str
    release: str
    since: str
    by: str
    waiting: int
    switches: tuple[str, ...]
    fault: str
    health: Health


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One publication of a contract's history."""

    hash: str
    short: str
    how: str
    since: str
    people: str
    reason: str
    is_in_force: bool
    is_scheduled: bool
    may_return: bool


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A release that waits for a second person."""

    id: UUID
    slug: str
    name: str
    short: str
    author: str
    reason: str
    proposed: str
    starts: str


@dataclass(frozen=True, slots=True)
class SwitchLine:
    """One change of a function, in the history of switches."""

    number: int
    name: str
    is_on: bool
    whom: str
    when: str
    author: str
    reason: str
    made: str
    state: str
    undoes: int | None
    may_undo: bool


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """A function as it stands now for everybody, and what the release says by itself."""

    key: str
    name: str
    is_on: bool
    in_release: bool
    is_partly: bool


def contract_lines(bench: Bench, *, now: datetime) -> tuple[ContractLine, ...]:
    """Every contract with its release, what waits, what is switched, and how its tenant is."""
    waiting = [one.slug for one in list_proposals(bench.control)]
    health = health_of(bench.control, bench.slugs(), now=now)
    return tuple(_contract_line(bench, slug, waiting.count(slug), health[slug], now) for slug in bench.slugs())


def _contract_line(bench: Bench, slug: str, waiting: int, health: Health, now: datetime) -> ContractLine:
    loaded = bench.in_force(slug, now)
    zone = loaded.contract.identity.time_zone
    found = release_at(bench.control, slug, now)
    changes = standing(list_toggles(bench.control, slug))
    return ContractLine(
        slug=slug,
        name=loaded.contract.identity.display,
        release=short(loaded.release),
        since=moment(found.effective_at, zone) if found else "",
        by=people(found) if found else _("the installation"),
        waiting=waiting,
        switches=tuple(_switch_words(one, now) for one in changes if one.ends_at is None or one.ends_at > now),
        fault=bench.contracts.faults.get(slug, ""),
        health=health,
    )


def _switch_words(one: ToggleChange, now: datetime) -> str:
    name = feature_name(one.feature)
    if one.starts_at > now:
        return _("%(name)s on, scheduled", name=name) if one.is_on else _("%(name)s off, scheduled", name=name)
    return _("%(name)s on", name=name) if one.is_on else _("%(name)s off", name=name)


def release_lines(bench: Bench, slug: str, *, now: datetime) -> tuple[ReleaseLine, ...]:
    """The history of a contract's releases, the newest first."""
    zone = bench.in_force(slug, now).contract.identity.time_zone
    current, known = release_at(bench.control, slug, now), list_publications(bench.control, slug)
    newest = known[0].hash if known else ""
    return tuple(_release_line(one, zone, current, newest, now) for one in known)


def _release_line(one: Publication, zone: str, current: Publication | None, newest: str, now: datetime) -> ReleaseLine:
    return ReleaseLine(
        hash=one.hash,
        short=short(one.hash),
        how=kind_word(one),
        since=moment(one.effective_at, zone),
        people=people(one),
        reason=one.reason,
        is_in_force=current is not None and current.number == one.number,
        is_scheduled=one.effective_at > now,
        may_return=one.hash != newest and one.effective_at <= now,
    )


def proposal_lines(bench: Bench, slug: str | None = None) -> tuple[ProposalLine, ...]:
    """The releases that wait for a second person, of one contract or of all."""
    return tuple(proposal_line(bench, one) for one in list_proposals(bench.control, slug))


def proposal_line(bench: Bench, one: Proposal) -> ProposalLine:
    """One release that waits, in the time zone of its contract."""
    loaded = bench.contracts.published(one.slug) if one.slug in bench.contracts else None
    zone = loaded.contract.identity.time_zone if loaded else "UTC"
    return ProposalLine(
        id=one.id,
        slug=one.slug,
        name=loaded.contract.identity.display if loaded else one.slug,
        short=short(one.hash),
        author=one.author,
        reason=one.reason,
        proposed=moment(one.proposed_at, zone),
        starts=moment(one.effective_at, zone) if one.effective_at else _("as soon as it is approved"),
    )


def feature_lines(bench: Bench, slug: str, *, now: datetime) -> tuple[FeatureLine, ...]:
    """Every function of a contract as it stands now."""
    features = bench.in_force(slug, now).contract.features
    changes = standing(list_toggles(bench.control, slug))
    flips = flips_at([one for one in changes if one.is_for_everybody], now)
    partly = {one.feature for one in changes if not one.is_for_everybody and one.runs_at(now)}
    return tuple(
        FeatureLine(key.value, feature_name(key), flips.get(key, is_on), is_on, key in partly)
        for key, is_on in features.items()
    )


def switch_lines(bench: Bench, slug: str, names: dict[UUID, str], *, now: datetime) -> tuple[SwitchLine, ...]:
    """The history of switches, the newest first."""
    zone = bench.in_force(slug, now).contract.identity.time_zone
    known = list_toggles(bench.control, slug)
    stands = {one.number for one in standing(known)}
    return tuple(
        SwitchLine(
            number=one.number,
            name=feature_name(one.feature),
            is_on=one.is_on,
            whom=whom(one, names),
            when=when(one, zone),
            author=one.author,
            reason=one.reason,
            made=moment(one.made_at, zone),
            state=_state(one, one.number in stands, now),
            undoes=one.undoes,
            may_undo=one.number in stands and (one.ends_at is None or one.ends_at > now),
        )
        for one in reversed(known)
    )


def _state(one: ToggleChange, is_standing: bool, now: datetime) -> str:
    if one.undoes is not None:
        return "undo"
    if not is_standing:
        return "undone"
    if one.starts_at > now:
        return "scheduled"
    return "running" if one.runs_at(now) else "over"
