"""What a reviewer's qualification allows, as the contract says. Pure; knows no row and no page."""

from __future__ import annotations

from app.domain.access import Actor, ActorKind, StaffRole
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


def level_for(contract: Contract, actor: Actor, decision: Decision) -> ReviewerLevel | None:
    """The lowest of the person's levels that may take the decision; None if none may. Source: 42 CFR 438.210(b)(3)."""
    if actor.kind is not ActorKind.STAFF:
        return None
    return next((level for level in levels_of(actor) if decision in contract.review.may[level]), None)


def decisions_of(contract: Contract, actor: Actor) -> tuple[Decision, ...]:
    """Every decision the person may take, in the fixed order."""
    return tuple(decision for decision in Decision if level_for(contract, actor, decision))


def who_may(contract: Contract, decision: Decision) -> str:
    """The levels that may take the decision, in the contract's words."""
    return listed([contract.review.levels[level] for level in ORDER if decision in contract.review.may[level]], "or")
