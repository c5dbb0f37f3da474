"""Codes that could be meant by what somebody types into a draft. Knows the contract's systems; no page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.cases.drafts import local_day
from app.cases.page_values import Hit
from app.directory import queries as directory
from tenancy.contract import Contract
from tenancy.vocabulary import CodeSystem

MOST_HITS = 12
LEAST_TYPED = 2


def search(
    control: Session, contract: Contract, kind: str, text: str, system: CodeSystem, *, now: datetime
) -> list[Hit]:
    """Codes of the chosen system; CPT has no text of its own here, so it finds HCPCS too (PX-01)."""
    if len(text.strip()) < LEAST_TYPED:
        return []
    rule = contract.intake.diagnoses if kind == "diagnoses" else contract.intake.procedures
    systems = {system, CodeSystem.HCPCS} & set(rule.systems) if system is CodeSystem.CPT else {system}
    found = directory.search_codes(control, systems, text, on=local_day(contract, now), limit=MOST_HITS)
    return [
        Hit(
            value=f"{one.system.value}:{one.code}",
            code=one.code,
            text=one.long or one.short,
            more="" if one.is_billable else "Heading",
        )
        for one in found
    ]
