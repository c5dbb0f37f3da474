"""A contract read back from the canonical JSON that names its release. Knows no file, no YAML and no database."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not
from tenancy.reflection import Hint, hints_of, is_required, taken_apart
from tenancy.vocabulary import Fact, Operator


class StoredUnreadable(ValueError):
    """Stored content is not what its name says, or this code's contract language has left it behind."""


def contract_of(content: str, release: str) -> Contract:
    """The contract whose canonical JSON this is.

    A key the language has gained since takes its default. Raises StoredUnreadable when the content's SHA-256 is not
    the release's name, or when it lacks what every contract must say by now.
    """
    if sha256(content.encode("utf-8")).hexdigest() != release:
        raise StoredUnreadable(f"the stored content of release {release[:12]} is not what its name says")
    try:
        made: Contract = _part(Contract, json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoredUnreadable(f"release {release[:12]} cannot be read by this edition: {error}") from error
    return made


def _part(cls: type, value: Mapping[str, Any]) -> Any:
    hints = hints_of(cls)
    given: dict[str, Any] = {}
    for item in fields(cls):
        if item.name in value:
            given[item.name] = _value(hints[item.name], value[item.name])
        elif is_required(item):
            raise ValueError(f"{cls.__name__} has no '{item.name}'")
    return cls(**given)


def _value(hint: Hint, value: Any) -> Any:
    bare = hint.bare
    if value is None or bare in (str, int, bool):
        return value
    if bare in TAGGED:
        return TAGGED[bare](value)
    if bare is tuple:
        inner = taken_apart(hint.arguments[0])
        return tuple(_value(inner, item) for item in value)
    if bare is Mapping:
        key, inner = (taken_apart(argument) for argument in hint.arguments)
        return MappingProxyType({_value(key, name): _value(inner, item) for name, item in value})
    return _part(bare, value) if is_dataclass(bare) else bare(value)  # type: ignore[arg-type]


def _condition(value: Mapping[str, Any]) -> Condition:
    kind = value[""]
    if kind == "FactTest":
        return FactTest(Fact(value["fact"]), Operator(value["operator"]), _operands(value["operands"]))
    if kind == "AnswerTest":
        return AnswerTest(value["question"], Operator(value["operator"]), _operands(value["operands"]))
    if kind == "Not":
        return Not(_condition(value["part"]))
    parts = tuple(_condition(part) for part in value["parts"])
    return All(parts) if kind == "All" else AnyOf(parts)


def _operands(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_operand(value) for value in values)


def _operand(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return _decimal(value) if "decimal" in value else _day(value)


def _decimal(value: Mapping[str, str]) -> Decimal:
    return Decimal(value["decimal"])


def _day(value: Mapping[str, str]) -> date:
    return date.fromisoformat(value["day"])


def _time(value: Mapping[str, str]) -> time:
    return time.fromisoformat(value["time"])


TAGGED: Mapping[Any, Callable[[Any], Any]] = MappingProxyType(
    {Decimal: _decimal, date: _day, time: _time, Condition: _condition}
)
