"""What a condition says when only some facts are fixed: surely yes, surely no, or it depends. Pure.

Used to find rules that can never hold and requests no rule covers; the decision about a real request is the domain's.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import assert_never

from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not
from tenancy.vocabulary import Fact, Operator

Fixed = Mapping[Fact, str]
FIXABLE = (Fact.CATEGORY, Fact.SERVICE, Fact.REQUEST_TYPE, Fact.URGENCY)


def verdict(condition: Condition, fixed: Fixed) -> bool | None:
    """True or False where the fixed facts settle it, else None."""
    match condition:
        case FactTest():
            return _test(condition, fixed)
        case AnswerTest():
            return None
        case All(parts):
            return _all([verdict(part, fixed) for part in parts])
        case AnyOf(parts):
            return _opposite(_all([_opposite(verdict(part, fixed)) for part in parts]))
        case Not(part):
            return _opposite(verdict(part, fixed))
        case _ as never:
            assert_never(never)


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _test(test: FactTest, fixed: Fixed) -> bool | None:
    value = fixed.get(test.fact)
    if value is None:
        return None
    match test.operator:
        case Operator.EQUALS | Operator.ONE_OF:
            return value in test.operands
        case Operator.NOT_EQUALS | Operator.NONE_OF:
            return value not in test.operands
        case Operator.IS_KNOWN:
            return test.operands == (True,)
        case _:
            return None


def facts_of(condition: Condition) -> frozenset[Fact]:
    """Every fact the condition looks at."""
    match condition:
        case FactTest(fact):
            return frozenset({fact})
        case All(parts) | AnyOf(parts):
            return frozenset().union(*(facts_of(part) for part in parts))
        case Not(part):
            return facts_of(part)
        case AnswerTest():
            return frozenset()
        case _ as never:
            assert_never(never)


def situations(contract: Contract, facts: frozenset[Fact]) -> Iterator[Fixed]:
    """Every combination of category, service, request type and urgency this contract offers, as far as wanted."""
    intake = contract.intake
    types = intake.request_types
    for category, (name, kind) in product(intake.categories, types.items() if types else [("", None)]):
        if kind is not None and kind.categories and category not in kind.categories:
            continue
        offered = [key for key, service in contract.catalogue.services.items() if category in service.categories]
        services = offered if Fact.SERVICE in facts else offered[:1]
        for service, urgency in product(services, intake.urgencies):
            yield {
                Fact.CATEGORY: category,
                Fact.SERVICE: service,
                Fact.REQUEST_TYPE: name,
                Fact.URGENCY: urgency,
            }


def may_hold(condition: Condition, contract: Contract) -> bool:
    """Whether some request this contract offers could meet the condition."""
    return any(verdict(condition, fixed) is not False for fixed in situations(contract, facts_of(condition)))
