"""Pure checks across the parts of a contract: what one part names, another must hold. Knows no file and no YAML."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from tenancy.checks import (
    aftercare,
    catalogue,
    clocks,
    complete,
    conditions,
    dates,
    identity,
    intake,
    lists,
    people,
    questionnaires,
    requirement,
    review,
)
from tenancy.checks.floor import below_floor, ended_waivers
from tenancy.checks.problem import Check, PartMissing, Parts, Problem, as_contract
from tenancy.contract.floor import Floor

CHECKS: tuple[Check, ...] = (
    *identity.CHECKS,
    *complete.CHECKS,
    *people.CHECKS,
    *intake.CHECKS,
    *lists.CHECKS,
    *catalogue.CHECKS,
    *conditions.CHECKS,
    *questionnaires.CHECKS,
    *dates.CHECKS,
    *clocks.CHECKS,
    *aftercare.CHECKS,
    *review.CHECKS,
    *requirement.CHECKS,
)


def problems_of(values: Mapping[str, Any], floor: Floor | None = None, today: date | None = None) -> Iterator[Problem]:
    """Every problem of the parts that could be read. A check that needs an unreadable part is left out.

    Whether a waiver is over is asked only where ``today`` is given: when a contract is checked or published, never
    when one that is in force is read again.
    """
    contract = as_contract(Parts(values))
    under: tuple[Check, ...] = (partial(below_floor, floor=floor),) if floor else ()
    under += (partial(ended_waivers, today=today),) if today else ()
    for check in (*CHECKS, *under):
        try:
            yield from list(check(contract))
        except PartMissing:
            continue


__all__ = ["Problem", "problems_of"]
