"""Scenarios beside a contract: given facts of a request, what its rules must answer. Read as strictly as a contract.

``contracts/scenarios/<slug>.yaml``. Running them is the trade's business; this module only reads. Knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from marshmallow import ValidationError

from tenancy.contract import Contract
from tenancy.contract.declare import EMPTY, key
from tenancy.faults import ContractError
from tenancy.loader import flattened
from tenancy.schema import Part
from tenancy.vocabulary import CaseField, Category, CodeSystem, Outcome
from tenancy.yaml_source import UNREADABLE, read_file

FOLDER = "scenarios"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Something that was approved for the member before."""

    number: str = key("Its Case ID.", default="")
    service: str = key("The service approved.")
    code: str = key("The procedure approved; empty for a stay.", default="")
    units: int = key("Units approved.", default=0)
    starts_on: date | None = key("First certified day.", default=None)
    ends_on: date | None = key("Last certified day.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The facts of a request; what is not said is not known."""

    category: Category = key("inpatient or outpatient.")
    born: date = key("The member's birth date.")
    sex: str = key("female, male or unknown.", default="female")
    programs: tuple[str, ...] = key("Programmes the member is in.", default=())
    temporary: bool = key("Whether the member is a temporary one.", default=False)
    requesting_type: str = key("Type of the requesting provider.", default="")
    requesting_taxonomy: str = key("Taxonomy code of the requesting provider.", default="")
    servicing_type: str = key("Type of the servicing provider or facility.", default="")
    servicing_taxonomy: str = key("Taxonomy code of the servicing provider or facility.", default="")
    fields: Mapping[CaseField, str] = key("Fields such as service_type, request_type, urgency.", default=EMPTY)
    admitted_on: date | None = key("Day of admission.", default=None)
    starts_on: date | None = key("First day asked for.", default=None)
    ends_on: date | None = key("Last day asked for.", default=None)
    system: CodeSystem = key("Coding system of the procedures.", default=CodeSystem.HCPCS)
    procedures: tuple[str, ...] = key("Codes of the procedure lines.", default=())
    quantity: int | None = key("Units asked for on each line.", default=None)
    diagnoses: tuple[str, ...] = key("ICD-10-CM codes, the primary one first.", default=())
    documents: tuple[str, ...] = key("Types of the documents uploaded.", default=())
    earlier: tuple[Earlier, ...] = key("What was approved for the member before.", default=())
    outcome: Outcome | None = key("How it was decided, for what may follow.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the rules must answer. A list left out is not looked at; one that is there must be met exactly."""

    requirement: tuple[str, ...] | None = key(
        "The rule that says whether it needs an authorization, for the stay and each line; otherwise where none fits.",
        default=None,
    )
    clocks: tuple[str, ...] | None = key("Clocks that run, the earliest deadline first.", default=None)
    due: str = key("The deadline in the contract's zone: 2026-11-30 23:59.", default="")
    questionnaires: tuple[str, ...] | None = key("Questionnaires that attach themselves.", default=None)
    documents: tuple[str, ...] | None = key("Document rules that apply, whether met or not.", default=None)
    missing_documents: tuple[str, ...] | None = key("Document rules that apply and are not met.", default=None)
    checks: tuple[str, ...] | None = key("Checks of the contract that speak up.", default=None)
    rights: tuple[str, ...] | None = key("Rights that open after the outcome.", default=None)
    actions: tuple[str, ...] | None = key("Actions offered once it is submitted.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One case a contract's author thought of."""

    title: str = key("What it shows, in one sentence.")
    received_on: date = key("Day of receipt in the contract's zone.")
    received_at: time = key("Time of receipt in the contract's zone.", default=time(10, 0))
    given: Given = key("The facts.")
    expect: Expected = key("The answers.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """Every scenario of one contract, by name."""

    scenarios: Mapping[str, Scenario] = key("Scenarios by name.")


def read_scenarios(folder: Path, slug: str) -> Mapping[str, Scenario]:
    """The scenarios of a contract. Raises ContractError with every fault; none written is an empty mapping."""
    path = folder / FOLDER / f"{slug}.yaml"
    if not path.is_file():
        return EMPTY
    tree, faults = read_file(path, f"{folder.name}/{FOLDER}/{path.name}")
    if tree is None or tree.value is UNREADABLE or faults:
        raise ContractError(faults)
    try:
        read: ScenarioFile = Part(cls=ScenarioFile).read(tree)
    except ValidationError as error:
        raise ContractError(flattened(error.normalized_messages())) from None  # type: ignore[no-untyped-call]
    return read.scenarios


def rules_of(contract: Contract) -> tuple[str, ...]:
    """Every rule a scenario can show at work, by its dotted path, in the contract's order."""
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("requirement.rules", contract.requirement.rules),
        ("questionnaires", contract.questionnaires),
        ("documents.rules", contract.documents.rules),
        ("intake.checks", contract.intake.checks),
        ("clocks", contract.clocks),
        ("actions.kinds", contract.actions.kinds),
        ("rights", contract.rights),
    )
    return tuple(f"{part}.{name}" for part, rules in parts for name in rules)
