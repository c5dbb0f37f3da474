"""Functions switched over a contract's release: who, when, why, for whom, until when; with history and undo.

A toggle changes what ``features`` says, nothing else of the contract; what only makes sense with the function (its
place in the navigation, its action on a case) goes with it. One that contradicts a rule of the contract is refused
with the rule. A change is never edited: a later one, or an undo, follows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tenancy.checks import Problem, problems_of
from tenancy.checks.aftercare import GATED as ACTION_FEATURES
from tenancy.checks.identity import GATED as PLACE_FEATURES
from tenancy.contract import Contract
from tenancy.releases import ReleaseRefused, raise_version
from tenancy.scope import ControlSession
from tenancy.vocabulary import Feature

Flips = Mapping[Feature, bool]
NONE: Flips = MappingProxyType({})


class ToggleRefused(ReleaseRefused):
    """The contract's rules do not allow the switch; ``problems`` are the rules."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        rules = "\n".join(f"- {one.code} at {'.'.join(one.path)}: {one.reason} {one.suggestion}" for one in problems)
        super().__init__(f"{message}\n{rules}".strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class ToggleChange:
    """One switch: in force from ``starts_at`` until ``ends_at``, for everybody, some groups, or a share of groups.

    ``share`` is a percentage; which groups belong to it never changes while it grows. ``undoes`` names the change
    that this one takes back.
    """

    number: int
    slug: str
    feature: Feature
    is_on: bool
    groups: frozenset[UUID] = frozenset()
    share: int | None = None
    starts_at: datetime
    ends_at: datetime | None = None
    author: str
    reason: str
    made_at: datetime
    undoes: int | None = None

    def applies_to(self, group_id: UUID | None) -> bool:
        """Whether the group is meant; nobody signed in counts for switches that mean everybody only."""
        if not self.groups and self.share is None:
            return True
        if group_id is None:
            return False
        return group_id in self.groups or (self.share is not None and _bucket(self, group_id) < self.share)

    def runs_at(self, instant: datetime) -> bool:
        """Whether its time has come and not passed."""
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)

    @property
    def is_for_everybody(self) -> bool:
        """Whether no group is left out."""
        return not self.groups and self.share is None


def flips_at(changes: Sequence[ToggleChange], instant: datetime, group_id: UUID | None = None) -> Flips:
    """What is switched for a group at an instant; of several changes of one function the latest made counts."""
    return MappingProxyType(
        {one.feature: one.is_on for one in standing(changes) if one.runs_at(instant) and one.applies_to(group_id)}
    )


def standing(changes: Sequence[ToggleChange]) -> tuple[ToggleChange, ...]:
    """The switches that were not taken back, in the order they were made."""
    undone: set[int] = set()
    for one in sorted(changes, key=_number, reverse=True):
        if one.undoes is not None and one.number not in undone:
            undone.add(one.undoes)
    return tuple(one for one in sorted(changes, key=_number) if one.undoes is None and one.number not in undone)


def next_instant(changes: Iterable[ToggleChange], after: datetime) -> datetime | None:
    """When a scheduled switch next starts or ends; None when nothing is scheduled."""
    instants = [when for one in changes for when in (one.starts_at, one.ends_at) if when is not None and when > after]
    return min(instants, default=None)


def switched(contract: Contract, flips: Flips) -> Contract:
    """The contract with functions switched, and without what makes no sense while one of them is off."""
    changed = {feature: is_on for feature, is_on in flips.items() if contract.features.get(feature) != is_on}
    if not changed:
        return contract
    return without_switched_off(replace(contract, features=MappingProxyType({**contract.features, **changed})))


def without_switched_off(contract: Contract) -> Contract:
    """The contract without the places and actions of functions that are off."""
    off = {feature for feature, is_on in contract.features.items() if not is_on}
    kinds = {kind: action for kind, action in contract.actions.kinds.items() if ACTION_FEATURES.get(kind) not in off}
    navigation = tuple(item for item in contract.layout.navigation if PLACE_FEATURES.get(item.place) not in off)
    return replace(
        contract,
        actions=replace(contract.actions, kinds=MappingProxyType(kinds)),
        layout=replace(contract.layout, navigation=navigation),
    )


def problems_of_switch(contract: Contract, flips: Flips) -> tuple[Problem, ...]:
    """The rules of the contract that the switches would contradict; rules it breaks already do not count."""
    known = set(_problems(contract))
    return tuple(problem for problem in _problems(switched(contract, flips)) if problem not in known)


def local_instant(contract: Contract, typed: str) -> datetime:
    """An instant typed in the contract's own time zone, such as ``2026-11-30T06:00``. Raises ToggleRefused.

    An hour that the change to summer time leaves out is refused; one that comes twice is the first.
    """
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise ToggleRefused("Write the instant as 2026-11-30T06:00, in the contract's own time zone.") from None
    if local.tzinfo is not None:
        return local
    zone = ZoneInfo(contract.identity.time_zone)
    placed = local.replace(tzinfo=zone)
    if placed.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != local:
        raise ToggleRefused(f"On that night the clocks go forward: there is no {local:%H:%M} in {zone.key}.")
    return placed


# ---------------------------------------------------------------- kept in control

_LIST = text(
    "SELECT number, slug, feature, is_on, groups, share, starts_at, ends_at, author, reason, made_at, undoes"
    " FROM control.toggle_change WHERE CAST(:slug AS text) IS NULL OR slug = :slug ORDER BY number"
)
_INSERT = text(
    "INSERT INTO control.toggle_change"
    " (slug, feature, is_on, groups, share, starts_at, ends_at, author, reason, made_at, undoes) VALUES (:slug,"
    " :feature, :is_on, CAST(:groups AS jsonb), :share, :starts_at, :ends_at, :author, :reason, :made_at, :undoes)"
    " RETURNING number"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What is asked for. Without ``starts_at`` at once; without groups and share for everybody."""

    slug: str
    feature: Feature
    is_on: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    groups: frozenset[UUID] = frozenset()
    share: int | None = None


def list_toggles(session: ControlSession, slug: str | None = None) -> tuple[ToggleChange, ...]:
    """Every switch of a tenant, or of all, in the order they were made: the history."""
    rows = session.execute(_LIST, {"slug": slug}).mappings()
    return tuple(_change(row) for row in rows if row["feature"] in _FEATURES)


def switch(
    session: ControlSession, contract: Contract, wanted: Switch, *, by: str, reason: str, now: datetime
) -> ToggleChange:
    """Switch a function, at once or from an instant on. ``contract`` is the release in force, without toggles.

    Raises ToggleRefused with the contract's rules it would contradict, without a name or a reason, or when the times
    make no sense. The caller commits.
    """
    starts = max(wanted.starts_at or now, now)
    _must_make_sense(by, reason, starts, wanted)
    others = {**flips_at(list_toggles(session, wanted.slug), starts), wanted.feature: wanted.is_on}
    problems = problems_of_switch(contract, others)
    if problems:
        said = "switched on" if wanted.is_on else "switched off"
        raise ToggleRefused(f"‘{wanted.feature.value}’ cannot be {said}: the contract says otherwise.", problems)
    return _insert(session, replace(wanted, starts_at=starts), by=by, reason=reason, now=now)


def undo(session: ControlSession, slug: str, number: int, *, by: str, reason: str, now: datetime) -> ToggleChange:
    """Take a switch back: what was in force before it is in force again. Raises ToggleRefused."""
    known = list_toggles(session, slug)
    found = next((one for one in standing(known) if one.number == number), None)
    if found is None:
        raise ToggleRefused("There is no such switch, or it was taken back already.")
    back = Switch(slug=slug, feature=found.feature, is_on=not found.is_on, starts_at=now)
    _must_make_sense(by, reason, now, back)
    return _insert(session, back, by=by, reason=reason, now=now, undoes=number)


_FEATURES = frozenset(Feature)


def _must_make_sense(by: str, reason: str, starts: datetime, wanted: Switch) -> None:
    if not by.strip() or not reason.strip():
        raise ToggleRefused("Say who does this and why.")
    if wanted.ends_at is not None and wanted.ends_at <= starts:
        raise ToggleRefused("The switch would end before it starts.")
    if wanted.share is not None and not 1 <= wanted.share <= 99:
        raise ToggleRefused("A share of the groups is 1 to 99 percent.")


def _insert(
    session: ControlSession, wanted: Switch, *, by: str, reason: str, now: datetime, undoes: int | None = None
) -> ToggleChange:
    values = {
        "slug": wanted.slug, "feature": wanted.feature.value, "is_on": wanted.is_on, "share": wanted.share,
        "groups": sorted(str(one) for one in wanted.groups), "starts_at": wanted.starts_at, "ends_at": wanted.ends_at,
        "author": by.strip(), "reason": reason.strip(), "made_at": now, "undoes": undoes,
    }  # fmt: skip
    number = session.execute(_INSERT, {**values, "groups": json.dumps(values["groups"])}).scalar_one()
    raise_version(session, wanted.slug)
    return _change({**values, "number": number})


def _change(row: Mapping[Any, Any]) -> ToggleChange:
    known = {item.name: row[item.name] for item in fields(ToggleChange)}
    groups = frozenset(UUID(one) for one in row["groups"])
    return ToggleChange(**{**known, "feature": Feature(row["feature"]), "groups": groups})


def _bucket(change: ToggleChange, group_id: UUID) -> int:
    """0 to 99, the same for a group and a function for ever."""
    digest = sha256(f"{change.slug} {change.feature} {group_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def _problems(contract: Contract) -> list[Problem]:
    return list(problems_of({item.name: getattr(contract, item.name) for item in fields(Contract)}))


def _number(change: ToggleChange) -> int:
    return change.number
