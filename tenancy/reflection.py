"""What a contract class's type hints say, taken apart; shared by the schemas, the checks and the JSON Schema. Pure."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from tenancy.contract.conditions import Condition

CONDITION_TYPES = frozenset(get_args(Condition))


@dataclass(frozen=True, slots=True)
class Hint:
    """A type hint taken apart: the bare type, its arguments, and whether the value may be left empty."""

    bare: Any
    arguments: tuple[Any, ...]
    nullable: bool


def taken_apart(hint: Any) -> Hint:
    """``Span | None`` → Span, nullable; the union of all condition classes → Condition."""
    if get_origin(hint) not in (Union, UnionType):
        return Hint(get_origin(hint) or hint, get_args(hint), nullable=False)
    arms = [arm for arm in get_args(hint) if arm is not NoneType]
    nullable = len(arms) < len(get_args(hint))
    if frozenset(arms) == CONDITION_TYPES:
        return Hint(Condition, (), nullable)
    if len(arms) != 1:
        raise TypeError(f"a contract key cannot be {hint}")
    inner = taken_apart(arms[0])
    return Hint(inner.bare, inner.arguments, nullable)


def yaml_name(item: Field[Any]) -> str:
    """The key's name in YAML."""
    return str(item.metadata.get("name") or item.name)


def is_required(item: Field[Any]) -> bool:
    """Whether an author must write the key."""
    return item.default is MISSING and item.default_factory is MISSING


@cache
def hints_of(cls: type) -> Mapping[str, Hint]:
    """The class's keys by Python name, each type taken apart."""
    hints = get_type_hints(cls)
    return {item.name: taken_apart(hints[item.name]) for item in fields(cls)}


@cache
def leads_to(cls: type, wanted: Any) -> tuple[tuple[str, str], ...]:
    """The keys of a class, as (Python name, YAML name), below which a value of the wanted type may stand."""
    return tuple(
        (item.name, yaml_name(item))
        for item in fields(cls)
        if _holds(hints_of(cls)[item.name], wanted, frozenset({cls}))
    )


def _holds(hint: Hint, wanted: Any, seen: frozenset[Any]) -> bool:
    if hint.bare is wanted:
        return True
    if hint.arguments:
        return any(_holds(taken_apart(part), wanted, seen) for part in hint.arguments if part is not Ellipsis)
    if not is_dataclass(hint.bare) or hint.bare in seen:
        return hint.bare in seen
    if isinstance(wanted, type) and isinstance(hint.bare, type) and issubclass(hint.bare, wanted):
        return True
    inner = hints_of(hint.bare).values()  # type: ignore[arg-type]
    return any(_holds(part, wanted, seen | {hint.bare}) for part in inner)
