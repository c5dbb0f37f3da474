"""marshmallow schemas derived from the contract's dataclasses: their type hints, and what ``key()`` says of each key.

There is no second list of keys: a key added to a dataclass is known here, to the check and to editors at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError

from tenancy.contract.conditions import Condition
from tenancy.faults import Fault, did_you_mean
from tenancy.reflection import Hint, hints_of, is_required, taken_apart, yaml_name
from tenancy.schema_conditions import ConditionField
from tenancy.schema_fields import (
    IDENTIFIER,
    Choice,
    ClockTime,
    Day,
    Flag,
    Keyed,
    Listing,
    NodeField,
    Number,
    Text,
    Whole,
    is_enough,
)
from tenancy.yaml_source import Node

PLAIN: Mapping[Any, Callable[..., NodeField]] = {
    bool: Flag,
    Decimal: Number,
    date: Day,
    time: ClockTime,
    Condition: ConditionField,
}


@cache
def schema_of(cls: type) -> Schema:
    """The schema of one contract class."""
    made = {item.name: field_for(item, hints_of(cls)[item.name]) for item in fields(cls)}
    schema = Schema.from_dict(made, name=f"{cls.__name__}Schema")  # type: ignore[arg-type]
    return schema(unknown=EXCLUDE)


def field_for(item: Field[Any], hint: Hint) -> NodeField:
    """The field that reads one key."""
    about = item.metadata
    bounds = {name: about.get(name) for name in ("pattern", "minimum", "maximum")}
    if hint.bare is str and bounds["minimum"] is None and is_required(item):
        bounds["minimum"] = 1
    return _field(hint, yaml_name(item), bounds, data_key=yaml_name(item), required=is_required(item))


def _field(hint: Hint, called: str, bounds: Mapping[str, Any], **given: Any) -> NodeField:
    given["nullable"] = hint.nullable
    bare = hint.bare
    if bare is str:
        return Text(**bounds, **given)
    if bare is int:
        return Whole(minimum=bounds.get("minimum"), maximum=bounds.get("maximum"), **given)
    if bare is tuple or bare is Mapping:
        return _several(hint, called, given)
    if bare in PLAIN:
        return PLAIN[bare](**given)
    if is_dataclass(bare):
        return Part(cls=cast("type", bare), **given)
    return Choice(words=_words(bare), called=called, **given)


def _words(bare: Any) -> type[StrEnum]:
    if not (isinstance(bare, type) and issubclass(bare, StrEnum)):
        raise TypeError(f"a contract key cannot be {bare}")
    return bare


def _inner(hint: Hint, called: str) -> NodeField:
    return _field(hint, called, {"minimum": 1} if hint.bare is str else {})


def _several(hint: Hint, called: str, given: Mapping[str, Any]) -> NodeField:
    if hint.bare is tuple:
        inner = taken_apart(hint.arguments[0])
        return Listing(item=_inner(inner, called), unique=not is_dataclass(inner.bare), **given)
    key, item = (taken_apart(argument) for argument in hint.arguments)
    if key.bare is str and is_dataclass(item.bare):
        return Keyed(key=Text(pattern=IDENTIFIER.pattern), item=_inner(item, called), **given)
    return Keyed(key=_inner(key, called), item=_inner(item, called), **given)


class Part(NodeField):
    """A mapping with the keys of one contract class."""

    keeps = True

    def __init__(self, *, cls: type, **given: Any) -> None:
        super().__init__(**given)
        self.cls = cls

    def made(self, node: Node) -> Any:
        if not isinstance(node.value, dict):
            raise self.wrong(node, "TYPE-MAPPING", "a mapping of keys to values")
        values, errors = load_part(self.cls, node)
        if errors:
            raise ValidationError(errors)
        return self.cls(**values)


def load_part(cls: type, node: Node) -> tuple[dict[str, Any], dict[Any, Any]]:
    """The keys of a mapping that could be read, by Python name, and marshmallow's errors for the others."""
    names, by_attribute = _keys_of(cls)
    errors: dict[Any, Any] = {}
    for name, child in node.value.items():
        if name not in names:
            if is_enough(errors, name, child):
                break
            hint = did_you_mean(name, [known for known in names if known not in node.value] or names)
            errors[str(name)] = [child.fault("KEY-UNKNOWN", f"key '{name}' is unknown here.", hint, at_key=True)]
    errors |= {name: [_missing(node, names[name])] for name in _required(cls) if name not in node.value}
    try:
        values = schema_of(cls).load(node.value, partial=True)
    except ValidationError as error:
        errors |= dict(error.messages)  # type: ignore[arg-type]
        valid = dict(error.valid_data or {})
        values = {name: value for name, value in valid.items() if by_attribute[name] not in errors}
    return values, errors


@cache
def _keys_of(cls: type) -> tuple[Mapping[str, Field[Any]], Mapping[str, str]]:
    names = {yaml_name(item): item for item in fields(cls)}
    return names, {item.name: name for name, item in names.items()}


@cache
def _required(cls: type) -> tuple[str, ...]:
    return tuple(yaml_name(item) for item in fields(cls) if is_required(item))


def _missing(node: Node, item: Field[Any]) -> Fault:
    doc = str(item.metadata["doc"])
    taken = (node.taken or {}).get(yaml_name(item))
    if taken is not None:
        reason = f"key '{yaml_name(item)}' is needed, and nothing stands behind it: {doc}"
        return taken.fault("VALUE-MISSING", reason, at_key=True)
    return node.fault("KEY-MISSING", f"key '{yaml_name(item)}' is missing: {doc}", at_key=True)
