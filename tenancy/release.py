"""The name of a contract's release: a hash of what it says, whatever file says it and however it is laid out."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from tenancy.contract import Contract


def release_of(contract: Contract) -> str:
    """SHA-256, in hex, of the contract's canonical JSON.

    Comments, quoting, the order of a class's keys and the split over files do not count. Every effective value does,
    defaults included, and so does the order of lists and of the author's own keys, which users see.
    """
    text = json.dumps(canonical(contract), ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8")).hexdigest()


def canonical(value: Any) -> Any:
    """A contract value as JSON values of one fixed shape: mappings become lists of pairs, classes lists of values."""
    if isinstance(value, str) or value is None:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *((name, canonical(getattr(value, name))) for name in _names(type(value)))]
    if isinstance(value, tuple):
        return [canonical(item) for item in value]
    if isinstance(value, Mapping):
        return [[canonical(name), canonical(item)] for name, item in value.items()]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return ["decimal", format(value.normalize(), "f")]
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"a contract cannot hold {type(value).__name__}")


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(sorted(item.name for item in fields(cls)))
