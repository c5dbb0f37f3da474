"""JSON Schema (draft 7) of a contract file, from the same dataclasses as the check; for editors. Pure."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tenancy.contract import Contract
from tenancy.contract.conditions import Condition
from tenancy.reflection import Hint, hints_of, is_required, taken_apart, yaml_name
from tenancy.schema_fields import CLOCK_TIME, DAY, IDENTIFIER
from tenancy.vocabulary import Fact, Operator

Json = dict[str, Any]
SOURCE: Json = {
    "description": "Where the facts of this mapping come from: an ID such as AUTH-08, a law, or 'assumed'; "
    "one text for the whole mapping, or one for each key.",
    "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}],
}
REMOVED: Json = {"type": "null", "description": "~ takes an inherited entry away."}
EXTENDS: Json = {
    "description": "Files this one is laid over, from first to last; paths under the contracts' folder, no suffix.",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}
PLAIN: Mapping[Any, Json] = {
    Condition: {"$ref": "#/definitions/condition"},
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "number"},
    date: {"type": "string", "pattern": f"^{DAY.pattern}$"},
    time: {"type": "string", "pattern": f"^{CLOCK_TIME.pattern}$"},
}


def contract_schema() -> Json:
    """The schema of a contract file. A file that extends another may leave any key out, so none is demanded."""
    definitions: dict[str, Json] = {"condition": _condition()}
    root = _properties(Contract, definitions)
    root["extends"] = EXTENDS
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "State contract",
        "description": "One state's contract: everything its portal asks, shows and promises.",
        "type": "object",
        "properties": root,
        "additionalProperties": False,
        "definitions": dict(sorted(definitions.items())),
    }


def _properties(cls: type, definitions: dict[str, Json]) -> dict[str, Json]:
    made = {yaml_name(item): _property(item, hints_of(cls)[item.name], definitions) for item in fields(cls)}
    return {**made, "source": SOURCE}


def _property(item: Field[Any], hint: Hint, definitions: dict[str, Json]) -> Json:
    shape = {**_shape(hint, definitions), **_bounds(item, hint)}
    if hint.nullable:
        shape = {"anyOf": [shape, {"type": "null", "description": "Left empty."}]}
    described = {"allOf": [shape]} if "$ref" in shape else shape
    return {"description": item.metadata["doc"], **described, **_default(item)}


def _default(item: Field[Any]) -> Json:
    if is_required(item) or item.default is MISSING:
        return {}
    default = list(item.default) if isinstance(item.default, tuple) else item.default
    return {"default": default}


def _bounds(item: Field[Any], hint: Hint) -> Json:
    names = ("minLength", "maxLength") if hint.bare is str else ("minimum", "maximum")
    found = dict(zip(names, (item.metadata.get("minimum"), item.metadata.get("maximum")), strict=True))
    found["pattern"] = f"^(?:{item.metadata['pattern']})$" if item.metadata.get("pattern") else None
    return {name: value for name, value in found.items() if value is not None}


def _shape(hint: Hint, definitions: dict[str, Json]) -> Json:
    bare = hint.bare
    if bare in PLAIN:
        return dict(PLAIN[bare])
    if is_dataclass(bare):
        return _part(bare, definitions)
    if bare is tuple:
        return {"type": "array", "items": _shape(taken_apart(hint.arguments[0]), definitions)}
    if bare is Mapping:
        return _keyed(hint, definitions)
    return {"type": "string", "enum": [member.value for member in bare]}


def _part(cls: Any, definitions: dict[str, Json]) -> Json:
    name = cls.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = {
            "type": "object",
            "description": " ".join(str(cls.__doc__).split()),
            "properties": _properties(cls, definitions),
            "additionalProperties": False,
        }
    return {"$ref": f"#/definitions/{name}"}


def _keyed(hint: Hint, definitions: dict[str, Json]) -> Json:
    key, item = (taken_apart(argument) for argument in hint.arguments)
    value: Json = {"anyOf": [_shape(item, definitions), REMOVED]}
    if isinstance(key.bare, type) and issubclass(key.bare, StrEnum):
        words = {member.value: {"description": _word_doc(member), **value} for member in key.bare}
        return {"type": "object", "properties": {**words, "source": SOURCE}, "additionalProperties": False}
    pattern = DAY.pattern if key.bare is date else IDENTIFIER.pattern if is_dataclass(item.bare) else ".+"
    shape: Json = {"type": "object", "properties": {"source": SOURCE}, "additionalProperties": False}
    return {**shape, "patternProperties": {f"^{pattern}$": {"description": "One entry.", **value}}}


def _word_doc(member: StrEnum) -> str:
    return f"{str(member).replace('_', ' ').capitalize()}."


def _condition() -> Json:
    value: Json = {"type": ["string", "number", "boolean"]}
    operators: dict[str, Json] = {
        operator.value: {
            "description": f"Compare with '{operator.value}'.",
            "anyOf": [value, {"type": "array", "items": value}],
        }
        for operator in Operator
    }
    several: Json = {"type": "array", "items": {"$ref": "#/definitions/condition"}}
    return {
        "type": "object",
        "description": "A test of a fact or an earlier answer, or all, any or not of other conditions.",
        "properties": {
            "fact": {"description": "What is looked at.", "type": "string", "enum": [fact.value for fact in Fact]},
            "answer": {"description": "Id of an earlier question of this questionnaire.", "type": "string"},
            "all": {"description": "Holds when every part holds.", **several},
            "any": {"description": "Holds when at least one part holds.", **several},
            "not": {"description": "Holds when its part does not.", "allOf": [{"$ref": "#/definitions/condition"}]},
            **operators,
            "source": SOURCE,
        },
        "additionalProperties": False,
    }
