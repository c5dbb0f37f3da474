"""What a check finds, and how it sees the contract. Knows no file and no YAML."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tenancy.contract import Contract
from tenancy.vocabulary import Severity

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault before its place is known: ``path`` leads to the value, or to its key where ``at_key`` is set."""

    path: Path
    code: str
    reason: str
    suggestion: str = ""
    citation: str = ""
    severity: Severity = Severity.ERROR
    at_key: bool = False


class PartMissing(Exception):
    """A part of the contract could not be read; its own faults are reported already."""


class Parts:
    """The contract's parts by name, as far as they could be read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise PartMissing(name) from None


Check = Callable[[Contract], Iterator[Problem]]


def as_contract(parts: Parts) -> Contract:
    """The parts under the contract's type: a check asks for what it needs and is left out if it is not there."""
    return cast("Contract", parts)
