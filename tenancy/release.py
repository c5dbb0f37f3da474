"""The name of a contract's release: a hash of what it says, whatever file says it and however it is laid out."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, time
from decimal import Decimal
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any

from tenancy.contract import Contract

Memory = dict[int, tuple[object, str]]


def release_of(contract: Contract, memory: Memory | None = None) -> str:
    """SHA-256, in hex, of the contract's canonical JSON.

    Comments, quoting, the order of a class's keys and the split over files do not count. Every effective value does,
    defaults included, and so does the order of lists and of the author's own keys, which users see. ``memory`` keeps
    the text of parts that many contracts inherit while a folder is read.
    """
    return sha256(canonical_text(contract, memory).encode("utf-8")).hexdigest()


def canonical_text(contract: Contract, memory: Memory | None = None) -> str:
    """The canonical JSON itself, which a stored release is checked by."""
    return _Writer({} if memory is None else memory).write(contract)


def canonical_value(value: object, memory: Memory) -> str:
    """Any part of a contract in the same canonical form; equal texts are equal values in the same order."""
    return _Writer(memory).write(value)


class _Writer:
    """Writes values as JSON of one fixed shape: mappings as lists of pairs, classes with their keys in order."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def write(self, value: Any) -> str:
        kind: type = type(value)
        if kind is str:
            return encode_basestring(value)
        if kind is tuple:
            return f"[{','.join(map(self.write, value))}]"
        plain = PLAIN.get(kind)
        if plain:
            return plain(value)
        return encode_basestring(value) if isinstance(value, str) else self._remembered(value)

    def _remembered(self, value: Any) -> str:
        kept = self.memory.get(id(value))
        if kept is not None and kept[0] is value:
            return kept[1]
        text = self._mapping(value) if isinstance(value, MappingProxyType) else self._part(value)
        self.memory[id(value)] = (value, text)
        return text

    def _mapping(self, value: Mapping[Any, Any]) -> str:
        return f"[{','.join(f'[{self.write(name)},{self.write(item)}]' for name, item in value.items())}]"

    def _part(self, value: Any) -> str:
        inside = ",".join(f'"{name}":{self.write(getattr(value, name))}' for name in _names(value.__class__))
        return f'{{"":"{type(value).__name__}",{inside}}}'


PLAIN: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        type(None): lambda _: "null",
        bool: lambda value: "true" if value else "false",
        int: str,
        Decimal: lambda value: f'{{"decimal":"{value.normalize():f}"}}',
        date: lambda value: f'{{"day":"{value.isoformat()}"}}',
        time: lambda value: f'{{"time":"{value.isoformat()}"}}',
    }
)


@cache
def _names(cls: type) -> tuple[str, ...]:
    """A class's keys in one fixed order. Raises TypeError for what is no contract class."""
    return tuple(sorted(item.name for item in fields(cls)))
