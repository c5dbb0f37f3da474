"""Pure checks across the parts of a contract: what one part names, another must hold. Knows no file and no YAML."""

from collections.abc import Iterator, Mapping
from typing import Any

from tenancy.checks.problem import Check, PartMissing, Parts, Problem, as_contract

CHECKS: tuple[Check, ...] = ()


def problems_of(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Every problem of the parts that could be read. A check that needs an unreadable part is left out."""
    contract = as_contract(Parts(values))
    for check in CHECKS:
        try:
            yield from list(check(contract))
        except PartMissing:
            continue


__all__ = ["Problem", "problems_of"]
