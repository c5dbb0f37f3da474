"""What a reviewer's qualification allows, as the contract says. Pure; knows no row and no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app.domain.access import Actor, ActorKind, StaffRole
from app.domain.conditions import holds
from app.domain.draft import Draft
from app.domain.effective import deciding_date, those_in_force
from app.domain.facts import facts_of
from app.domain.wording import listed
from tenancy.contract import Contract
from tenancy.vocabulary import Decision, ReviewerLevel

LEVEL_OF = {
    StaffRole.REVIEWER_NURSE: ReviewerLevel.NURSE,
    StaffRole.REVIEWER_PHYSICIAN: ReviewerLevel.PHYSICIAN,
}
ORDER = tuple(ReviewerLevel)


def levels_of(actor: Actor) -> tuple[ReviewerLevel, ...]:
    """The levels a person reviews at, the lowest first; none for who only supervises."""
    held = {LEVEL_OF[role] for role in actor.staff_roles if role in LEVEL_OF}
    return tuple(level for level in ORDER if level in held)


def demanded(contract: Contract, draft: Draft, *, on: date) -> Mapping[Decision, ReviewerLevel]:
    """The lowest level of each decision that a demand in force asks one for, the highest of several.

    ``on`` is the day of receipt. Raises Unanswerable.
    """
    facts, found = facts_of(draft, received_on=on), dict[Decision, ReviewerLevel]()
    for _, demand in those_in_force(contract.review.demands, deciding_date(contract, draft, on)):
        for decision in demand.decisions if holds(demand.when, facts) else ():
            found[decision] = max(demand.level, found.get(decision, demand.level), key=ORDER.index)
    return found


def levels_for(
    contract: Contract, decision: Decision, demands: Mapping[Decision, ReviewerLevel]
) -> tuple[ReviewerLevel, ...]:
    """The levels that may take the decision, the lowest first: those of ``review.may`` that meet the demand.

    Source: 42 CFR 438.210(b)(3).
    """
    able = ORDER[ORDER.index(demands.get(decision, ORDER[0])) :]
    return tuple(level for level in able if decision in contract.review.may[level])


def level_of(actor: Actor, able: Sequence[ReviewerLevel]) -> ReviewerLevel | None:
    """The lowest of the person's levels among those able; None if there is none."""
    if actor.kind is not ActorKind.STAFF:
        return None
    return next((level for level in levels_of(actor) if level in able), None)


def decisions_of(contract: Contract, actor: Actor, demands: Mapping[Decision, ReviewerLevel]) -> tuple[Decision, ...]:
    """Every decision the person may take on a request of these demands, in the fixed order."""
    return tuple(one for one in Decision if level_of(actor, levels_for(contract, one, demands)))


def said_levels(contract: Contract, able: Sequence[ReviewerLevel]) -> str:
    """The levels in the contract's words: "nurse reviewer or physician reviewer"."""
    return listed([contract.review.levels[level] for level in able], "or")
