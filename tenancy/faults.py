"""A fault found in a contract, and the error that carries them all. Knows nothing of YAML, files or pages."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from tenancy.vocabulary import Severity

LISTED = 14


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a contract, where it stands and what to do about it.

    ``line`` and ``column`` count from 1. ``code`` is the rule's name, documented in docs/contracts/reference.md.
    """

    file: str
    line: int
    column: int
    code: str
    reason: str
    severity: Severity = Severity.ERROR
    suggestion: str = ""
    citation: str = ""
    path: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it keeps the contract from being used."""
        return self.severity is Severity.ERROR

    def as_json(self) -> dict[str, str | int]:
        """The fault as plain values for machines."""
        return {**asdict(self), "severity": self.severity.value}

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}:{self.column}", self.severity.value.upper(), self.code, self.reason]
        parts += [self.suggestion] if self.suggestion else []
        parts += [f"[{self.citation}]"] if self.citation else []
        return " ".join(parts)


class ContractError(Exception):
    """A contract that cannot be used. Carries every fault, sorted by file and place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The sentence that helps after an unknown word: the nearest known one, or all of them if they are few."""
    words = [str(item) for item in known]
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    if 0 < len(words) <= LISTED:
        return f"Use one of: {', '.join(words)}."
    return ""
