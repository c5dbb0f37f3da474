"""Functions of one state switched by contract managers: looked at first, then done, taken back in one click.

Every act is told in the control plane's trail. Must not know requests or pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.console.acts import tell
from app.console.bench import Bench
from app.console.queries import GroupLine
from app.domain.access import Actor
from app.domain.errors import FieldFault, Invalid
from tenancy import toggles
from tenancy.contract import Contract
from tenancy.plan import Change, differences
from tenancy.releases import ReleaseRefused
from tenancy.toggles import Switch, ToggleChange, ToggleRefused


@dataclass(frozen=True, slots=True)
class Look:
    """What a switch would do: the effective differences, and the groups and people it touches."""

    changes: tuple[Change, ...]
    groups: tuple[GroupLine, ...]
    is_for_everybody: bool
    people: int
    people_in_all: int


def look_at_switch(bench: Bench, wanted: Switch, groups: Sequence[GroupLine], *, now: datetime) -> Look:
    """Whom the switch would touch and what would change for them.

    Raises Invalid with the contract's rules it would contradict, NotFound for an unknown tenant.
    """
    base, starts = bench.in_force(wanted.slug, now).contract, wanted.starts_at or now
    flips = toggles.flips_at(toggles.list_toggles(bench.control, wanted.slug), starts)
    after = {**flips, wanted.feature: wanted.is_on}
    _must_fit(base, after)
    asked = ToggleChange(
        number=0, slug=wanted.slug, feature=wanted.feature, is_on=wanted.is_on, groups=wanted.groups,
        share=wanted.share, starts_at=starts, author="", reason="", made_at=now,
    )  # fmt: skip
    touched = tuple(one for one in groups if asked.applies_to(one.id))
    return Look(
        changes=differences(toggles.switched(base, flips), toggles.switched(base, after)),
        groups=touched,
        is_for_everybody=asked.is_for_everybody,
        people=sum(one.people for one in touched),
        people_in_all=sum(one.people for one in groups),
    )


def switch_feature(bench: Bench, wanted: Switch, reason: str, *, actor: Actor, now: datetime) -> ToggleChange:
    """Switch a function, at once or from its instant on. Raises Invalid as :func:`look_at_switch` does."""
    base = bench.in_force(wanted.slug, now).contract
    try:
        done = toggles.switch(bench.control, base, wanted, by=actor.name, reason=reason, now=now)
    except ReleaseRefused as refused:
        raise Invalid((FieldFault("feature", _said(refused)),)) from refused
    tell(bench.control, "toggle:switch", wanted.slug, actor=actor, now=now, about=f"switch {done.number}")
    return done


def take_back(bench: Bench, slug: str, number: int, reason: str, *, actor: Actor, now: datetime) -> ToggleChange:
    """Take a switch back: what was in force before it is in force again. Raises Invalid, NotFound."""
    bench.must_know(slug)
    try:
        done = toggles.undo(bench.control, slug, number, by=actor.name, reason=reason, now=now)
    except ReleaseRefused as refused:
        raise Invalid((FieldFault("", str(refused)),)) from refused
    tell(bench.control, "toggle:undo", slug, actor=actor, now=now, about=f"switch {number}")
    return done


def _must_fit(base: Contract, after: toggles.Flips) -> None:
    problems = toggles.problems_of_switch(base, after)
    if problems:
        refused = ToggleRefused("The contract’s rules do not allow this switch.", problems)
        raise Invalid((FieldFault("feature", _said(refused)),))


def _said(refused: ReleaseRefused) -> str:
    """The refusal on one line, each rule by its code and place."""
    return str(refused).replace("\n- ", " Rule ").replace("\n", " ")
