"""Pure checks across the parts of a contract: what one part names, another must hold. Knows no file and no YAML."""

from collections.abc import Iterator, Mapping
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
)
from tenancy.checks.problem import Check, PartMissing, Parts, Problem, as_contract

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
)


def problems_of(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Every problem of the parts that could be read. A check that needs an unreadable part is left out."""
    contract = as_contract(Parts(values))
    for check in CHECKS:
        try:
            yield from list(check(contract))
        except PartMissing:
            continue


__all__ = ["Problem", "problems_of"]
