"""The reference of the contract language as a page, made from the same dataclasses as the check. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tenancy.contract import Contract
from tenancy.contract.conditions import Condition
from tenancy.contract.declare import Dated
from tenancy.contract.facts import FACT_TYPES, OPERATORS
from tenancy.contract.floor import Floor
from tenancy.reflection import Hint, hints_of, is_required, taken_apart, yaml_name
from tenancy.rules import RULES

INTRO = """# Reference of the contract language

Made by `charter contract reference` from the classes the check itself uses; do not edit it. How to write a contract
is told in [writing.md](writing.md).

A key marked * must be written, or inherited. Every mapping may also carry `source:`. Parts marked "Dated" also take
`from:` and `until:`, the first and the last day in force.
"""
PLAIN: Mapping[Any, str] = {
    Condition: "condition",
    str: "text",
    int: "whole number",
    bool: "true or false",
    Decimal: "number",
    date: "day",
    time: "time of day",
}


def reference() -> str:
    """The whole page in Markdown."""
    return "\n".join([INTRO, *_parts(), *_floor(), *_conditions(), *_words(), *_codes()])


def _parts() -> Iterator[str]:
    yield "## Parts of a contract\n"
    for cls in classes():
        yield from _table(cls)


def classes(start: type = Contract) -> list[type]:
    """Every class a contract is made of, each before the ones it holds."""
    found: dict[type, None] = {}
    waiting = [start]
    while waiting:
        cls = waiting.pop(0)
        if cls not in found:
            found[cls] = None
            waiting += [inner for hint in hints_of(cls).values() for inner in _inside(hint)]
    return list(found)


def _inside(hint: Hint) -> list[type]:
    if hint.arguments:
        return [cls for part in hint.arguments if part is not Ellipsis for cls in _inside(taken_apart(part))]
    return [hint.bare] if is_dataclass(hint.bare) and isinstance(hint.bare, type) else []


def _table(cls: type) -> Iterator[str]:
    dated = " Dated." if issubclass(cls, Dated) else ""
    yield f"### {cls.__name__}\n\n{' '.join(str(cls.__doc__).split())}{dated}\n"
    yield "| key | value | meaning |\n|---|---|---|"
    own = [item for item in fields(cls) if item.name not in ("from_on", "until_on")]
    for item in own:
        mark, value = "*" if is_required(item) else "", _value(item, hints_of(cls)[item.name])
        yield f"| `{yaml_name(item)}`{mark} | {value} | {_cell(item.metadata['doc'])} |"
    yield ""


def _value(item: Field[Any], hint: Hint) -> str:
    said = _shape(hint)
    low, high, pattern = (item.metadata.get(name) for name in ("minimum", "maximum", "pattern"))
    if low is not None or high is not None:
        said += f", {_range(low, high)}{' characters' if hint.bare is str else ''}"
    if pattern:
        said += f", form `{_cell(pattern)}`"
    return said


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"at least {low}"
    return f"{low} to {high}" if low is not None else f"at most {high}"


def _shape(hint: Hint) -> str:
    bare = hint.bare
    if bare in PLAIN:
        return PLAIN[bare]
    if bare is tuple:
        return f"list of {_shape(taken_apart(hint.arguments[0]))}"
    if bare is Mapping:
        key, item = (taken_apart(part) for part in hint.arguments)
        return f"mapping {_shape(key)} → {_shape(item)}"
    return f"[{bare.__name__}](#{bare.__name__.lower()})"


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|")


def _floor() -> Iterator[str]:
    yield "## The platform's floor\n\n`platform/floor.yaml` beside the contracts.\n"
    yield from _table(Floor)


def _conditions() -> Iterator[str]:
    yield "## Facts of conditions\n"
    yield "| fact | value | comparisons |\n|---|---|---|"
    for fact, about in FACT_TYPES.items():
        kind = f"several {about.kind} values" if about.plural else f"{about.kind}"
        words = f": {', '.join(about.words)}" if about.words else ""
        known = ", ".join(f"`{operator}`" for operator in sorted(OPERATORS[about.kind]))
        yield f"| `{fact}` | {kind}{words} | {known} |"
    yield ""


def _words() -> Iterator[str]:
    yield "## Closed lists of words\n"
    for words in sorted(enums(), key=lambda item: item.__name__):
        yield f"### {words.__name__}\n\n{' '.join(str(words.__doc__).split())}\n"
        yield f"{', '.join(f'`{member.value}`' for member in words)}\n"


def enums() -> list[type[StrEnum]]:
    """Every closed list a contract's keys use."""
    found: dict[type[StrEnum], None] = {}
    for cls in classes():
        for hint in hints_of(cls).values():
            found |= dict.fromkeys(_closed(hint))
    return list(found)


def _closed(hint: Hint) -> list[type[StrEnum]]:
    if hint.arguments:
        return [words for part in hint.arguments if part is not Ellipsis for words in _closed(taken_apart(part))]
    return [hint.bare] if isinstance(hint.bare, type) and issubclass(hint.bare, StrEnum) else []


def _codes() -> Iterator[str]:
    yield "## Codes of the check\n"
    yield "| code | what is wrong |\n|---|---|"
    for code, meaning in sorted(RULES.items()):
        yield f"| `{code}` | {meaning} |"
    yield ""
