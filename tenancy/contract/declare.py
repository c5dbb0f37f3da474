"""How contract classes are declared: every key carries the sentence that explains it to its author."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from tenancy.vocabulary import SpanUnit

EMPTY: Mapping[str, Any] = MappingProxyType({})


def key(
    doc: str,
    *,
    default: Any = MISSING,
    name: str | None = None,
    pattern: str | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
) -> Any:
    """Declare one key of a contract.

    ``doc`` is shown in editors and in the reference; ``name`` is the YAML key where Python's differs;
    ``pattern`` must match the whole text; ``minimum`` and ``maximum`` bound a number or a text's length.
    """
    metadata = {"doc": doc, "name": name, "pattern": pattern, "minimum": minimum, "maximum": maximum}
    if default is MISSING:
        return field(metadata=metadata)
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A rule with a period of force: from the first day, up to and including the last."""

    from_on: date | None = key("First day in force (no day: since ever).", default=None, name="from")
    until_on: date | None = key("Last day in force (no day: for ever).", default=None, name="until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A period such as 30 calendar days or 1 business day."""

    amount: int = key("How many units.", minimum=0)
    unit: SpanUnit = key("minutes, hours, calendar_days, business_days or months.")
