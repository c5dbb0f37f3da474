"""What was typed into a lookup of codes or providers, read from the query string. Knows no row and no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenancy.contract import Contract
from tenancy.vocabulary import CodeSystem

LONGEST = 100


@dataclass(frozen=True, slots=True)
class CodeLookup:
    """Words or a code, and the system to look in; ``box`` is the name of the field that was typed into."""

    text: str
    system: CodeSystem
    box: str

    @property
    def systems(self) -> tuple[CodeSystem, ...]:
        """CPT has no words of its own here (AMA), so it finds HCPCS level II too (PX-01)."""
        return (CodeSystem.CPT, CodeSystem.HCPCS) if self.system is CodeSystem.CPT else (self.system,)


def systems_of(contract: Contract) -> tuple[tuple[str, str], ...]:
    """Value and label of every coding system the contract uses, diagnoses first."""
    labels: dict[CodeSystem, str] = {}
    for rule in (contract.intake.diagnoses, contract.intake.procedures):
        for system in rule.systems:
            labels.setdefault(system, rule.labels.get(system, system.value))
    return tuple((system.value, label) for system, label in labels.items())


def read_code_lookup(contract: Contract, arguments: Mapping[str, str]) -> CodeLookup:
    """Read ``?q=…&system=…``; a picker that calls its box otherwise says so by ``box``. Unknown systems fall back."""
    known = [value for value, _ in systems_of(contract)]
    asked = arguments.get("code_system", "")
    box = arguments.get("box", "q")
    return CodeLookup(read_text(arguments, box), CodeSystem(asked if asked in known else known[0]), box)


def read_text(arguments: Mapping[str, str], box: str = "q") -> str:
    """What was typed, trimmed, without control characters, at most 100 characters."""
    typed = "".join(sign for sign in arguments.get(box, "") if sign.isprintable())
    return typed.strip()[:LONGEST]
