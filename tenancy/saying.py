"""Values of a contract in plain words: periods, conditions, lists, whole rules. Knows no page and no file."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tenancy.contract.conditions import All, AnswerTest, AnyOf, FactTest, Not
from tenancy.contract.declare import Span
from tenancy.vocabulary import Fact, Operator

SHOWN = 400
NAMES = ("label", "title", "topic", "display", "city", "subject")
COMPARED: Mapping[Operator, str] = {
    Operator.EQUALS: "is",
    Operator.NOT_EQUALS: "is not",
    Operator.ONE_OF: "is one of",
    Operator.NONE_OF: "is none of",
    Operator.AT_LEAST: "is at least",
    Operator.AT_MOST: "is at most",
    Operator.MORE_THAN: "is more than",
    Operator.LESS_THAN: "is less than",
    Operator.STARTS_WITH: "starts with",
    Operator.IN_RANGE: "is from",
    Operator.ON_OR_AFTER: "is on or after",
    Operator.BEFORE: "is before",
    Operator.IS_KNOWN: "is known:",
}
FACTS: Mapping[Fact, str] = {
    Fact.CATEGORY: "category",
    Fact.SERVICE: "service",
    Fact.PLACE_OF_SERVICE: "place of service",
    Fact.REQUEST_TYPE: "request type",
    Fact.REQUEST_DAYS: "days asked for",
    Fact.REQUEST_START_ON: "first day of service",
    Fact.SUBMITTED_ON: "day of receipt",
}


def said(value: Any) -> str:
    """A value as a person would read it aloud, shortened when it is long."""
    text = _said(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}…"


def spoken(name: str) -> str:
    """A key of a contract as words: ``window_starts`` → ``window starts``."""
    return name.replace("_", " ")


def name_of(value: Any, key: str) -> str:
    """What users call an entry: its label or title in quotes, else its key as words."""
    for attribute in NAMES:
        found = getattr(value, attribute, None)
        if isinstance(found, str) and found:
            return f"“{found}”"
    return f"“{spoken(key)}”"


def counted(amount: int, unit: str) -> str:
    """``1 business day``, ``30 calendar days``."""
    words = spoken(unit)
    return f"{amount} {words.removesuffix('s') if amount == 1 else words}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    words = list(items)
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def _said(value: Any) -> str:
    if value in (None, "", ()):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Span):
        return counted(value.amount, value.unit)
    if isinstance(value, date):
        return f"{value:%m/%d/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return _several(value)


def _several(value: Any) -> str:
    if isinstance(value, FactTest | AnswerTest | All | AnyOf | Not):
        return condition_said(value)
    if isinstance(value, tuple):
        return "; ".join(_said(item) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{_key(name)}: {_said(item)}" for name, item in value.items()) or "nothing"
    if is_dataclass(value):
        return ", ".join(_parts(value)) or "nothing"
    if isinstance(value, StrEnum):
        return spoken(value.value)
    return f"“{value}”" if isinstance(value, str) else str(value)


def _parts(value: Any) -> Iterable[str]:
    for item in fields(value):
        inner = getattr(value, item.name)
        if inner != item.default and inner not in (None, "", ()):
            yield f"{spoken(item.name)} {_said(inner)}"


def _key(name: Any) -> str:
    return f"{name:%m/%d/%Y}" if isinstance(name, date) else spoken(str(name))


def condition_said(condition: Any) -> str:
    """A condition in words: ``service is one of dme, home health and member age is less than 21``."""
    match condition:
        case FactTest(fact, operator, operands):
            return _test(FACTS.get(fact, fact.value.replace(".", " ").replace("_", " ")), operator, operands)
        case AnswerTest(question, operator, operands):
            return _test(f"the answer to “{spoken(question)}”", operator, operands)
        case All(parts):
            return " and ".join(_inner(part) for part in parts) or "always"
        case AnyOf(parts):
            return " or ".join(_inner(part) for part in parts) or "never"
        case _:
            return f"not ({condition_said(condition.part)})"


def _inner(part: Any) -> str:
    words = condition_said(part)
    return f"({words})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else words


def _test(subject: str, operator: Operator, operands: tuple[Any, ...]) -> str:
    words = [_operand(operand) for operand in operands]
    between = " to " if operator is Operator.IN_RANGE else ", "
    return f"{subject} {COMPARED[operator]} {between.join(words)}"


def _operand(operand: Any) -> str:
    if isinstance(operand, bool | date):
        return _said(operand)
    return spoken(operand) if isinstance(operand, str) else f"{Decimal(operand).normalize():f}"
