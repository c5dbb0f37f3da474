"""What a request needs beside its fields: codes, documents, a disclaimer. Knows no page and no upload."""

from dataclasses import dataclass
from datetime import date
from math import inf

from app.domain.conditions import holds
from app.domain.draft import DocumentFacts, Draft
from app.domain.effective import deciding_date, those_in_force
from app.domain.facts import facts_of
from app.domain.fields import list_choices
from app.domain.typed import day_shown
from app.domain.wording import counted
from tenancy.contract import Contract
from tenancy.contract.intake import Disclaimer, DocumentRule
from tenancy.vocabulary import CaseField, CodeSystem

DOCUMENT_TYPES = "document_types"


@dataclass(frozen=True, slots=True)
class WantedDocument:
    """A document the contract wants with this request; ``labels`` name the types that will do, the first one best."""

    rule_id: str
    rule: DocumentRule
    labels: tuple[str, ...]
    is_there: bool


def wanted_documents(contract: Contract, draft: Draft, *, on: date) -> tuple[WantedDocument, ...]:
    """The documents wanted or required with this request, whether there or not, in the contract's order.

    An alternative type does as well. A rule belongs to the request when it is in force and its condition holds.
    Raises ``Unanswerable``.
    """
    facts = facts_of(draft, received_on=on)
    labels = dict(list_choices(contract, DOCUMENT_TYPES))
    uploaded = {document.document_type for document in draft.documents}
    return tuple(
        WantedDocument(
            rule_id=name,
            rule=rule,
            labels=tuple(labels.get(kind, kind) for kind in (rule.document_type, *rule.alternatives)),
            is_there=not uploaded.isdisjoint((rule.document_type, *rule.alternatives)),
        )
        for name, rule in those_in_force(contract.documents.rules, deciding_date(contract, draft, on))
        if holds(rule.when, facts)
    )


def wanted_words(rule: DocumentRule) -> str:
    """What is wanted, on which form, and who signs it."""
    form = f"Use the form {rule.form}." if rule.form else ""
    signed = f"It must be signed by {rule.signed_by}." if rule.signed_by else ""
    return " ".join(part for part in (rule.text, form, signed) if part)


def age_limits(contract: Contract, draft: Draft, *, on: date) -> dict[str, DocumentRule]:
    """The rule that limits the age of each document type with this request; the longest age of several counts.

    Ages are calendar days up to the day of receipt. Raises ``Unanswerable``.
    """
    limits: dict[str, DocumentRule] = {}
    for wanted in wanted_documents(contract, draft, on=on):
        for kind in (wanted.rule.document_type, *wanted.rule.alternatives):
            known = limits.get(kind)
            if known is None or _age(wanted.rule) > _age(known):
                limits[kind] = wanted.rule
    return {kind: rule for kind, rule in limits.items() if rule.max_age_days is not None}


def age_fault(rule: DocumentRule, document: DocumentFacts, *, on: date) -> str:
    """What is wrong with the date on a document under the rule that limits its age; nothing when it is young enough."""
    oldest = counted(rule.max_age_days or 0, "day")
    limit = f"It may be at most {oldest} old"
    if document.dated_on is None:
        return f"{document.name}: enter the date on the document. {limit}."
    if document.dated_on > on:
        return f"{document.name}: the date on the document cannot be in the future."
    if (on - document.dated_on).days > _age(rule):
        return (
            f"{document.name} is dated {day_shown(document.dated_on)}. It may be at most {oldest} old: add a newer one."
        )
    return ""


def _age(rule: DocumentRule) -> float:
    return inf if rule.max_age_days is None else rule.max_age_days


def are_procedures_required(contract: Contract, draft: Draft) -> bool:
    """Whether at least one procedure is needed: as the chosen service says, else as the category does (PX-07)."""
    chosen = draft.fields.get(CaseField.SERVICE_TYPE)
    service = contract.catalogue.services.get(chosen) if isinstance(chosen, str) else None
    if service is not None and service.procedures_required is not None:
        return service.procedures_required
    return contract.intake.procedures.required.get(draft.category, False)


def allowed_systems(contract: Contract, draft: Draft) -> tuple[CodeSystem, ...]:
    """The coding systems a procedure may be of: those the chosen service names, else every one of the contract."""
    chosen = draft.fields.get(CaseField.SERVICE_TYPE)
    service = contract.catalogue.services.get(chosen) if isinstance(chosen, str) else None
    return (service.systems if service else ()) or contract.intake.procedures.systems


def are_diagnoses_required(contract: Contract, draft: Draft) -> bool:
    """Whether at least one diagnosis is needed in the draft's category."""
    return contract.intake.diagnoses.required.get(draft.category, False)


def disclaimer_in_force(contract: Contract, *, on: date) -> tuple[str, Disclaimer] | None:
    """The version of the disclaimer to accept on that day and its text; the latest of several (SUB-01).

    The day of receipt decides, whatever decides about other rules: it is then that somebody agrees.
    """
    versions = those_in_force(contract.intake.disclaimers, on)
    return max(versions, key=lambda version: version[1].from_on or date.min, default=None)
