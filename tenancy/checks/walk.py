"""Walks a contract's objects: every condition, every dated rule, each with its path. Knows no rule."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, assert_never, get_args

from tenancy.checks.problem import PartMissing, Path
from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not
from tenancy.contract.declare import Dated
from tenancy.reflection import leads_to

Test = FactTest | AnswerTest
CONDITIONS = frozenset(get_args(Condition))


def conditions_in(contract: Contract) -> Iterator[tuple[Path, Condition]]:
    """Every condition of the contract, whole, with its path."""
    return _found(contract, Condition)


def dated_in(contract: Contract) -> Iterator[tuple[Path, Dated]]:
    """Every rule that may have a period of force, with its path."""
    return _found(contract, Dated)


def tests_in(condition: Condition, path: Path) -> Iterator[tuple[Path, Test]]:
    """Every single test inside a condition, with its path."""
    match condition:
        case FactTest() | AnswerTest():
            yield path, condition
        case All(parts):
            for index, part in enumerate(parts):
                yield from tests_in(part, (*path, "all", str(index)))
        case AnyOf(parts):
            for index, part in enumerate(parts):
                yield from tests_in(part, (*path, "any", str(index)))
        case Not(part):
            yield from tests_in(part, (*path, "not"))
        case _ as never:
            assert_never(never)


def _found(contract: Contract, wanted: Any) -> Iterator[tuple[Path, Any]]:
    for name, shown in leads_to(Contract, wanted):
        try:
            part = getattr(contract, name)
        except PartMissing:
            continue
        yield from _below(part, wanted, (shown,))


def _below(value: Any, wanted: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    kind: type = type(value)
    if kind is tuple:
        for index, item in enumerate(value):
            yield from _below(item, wanted, (*path, str(index)))
    elif kind is MappingProxyType:
        for name, item in value.items():
            yield from _below(item, wanted, (*path, name))
    elif value is not None:
        if isinstance(value, wanted):
            yield path, value
        for name, shown in () if kind in CONDITIONS else leads_to(kind, wanted):
            yield from _below(getattr(value, name), wanted, (*path, shown))
