"""What a request needs beside its fields: codes, documents, a disclaimer. Knows no page and no upload."""

from dataclasses import dataclass
from datetime import date

from app.domain.conditions import holds
from app.domain.draft import Draft
from app.domain.effective import deciding_date, those_in_force
from app.domain.facts import facts_of
from app.domain.fields import list_choices
from tenancy.contract import Contract
from tenancy.contract.intake import Disclaimer, DocumentRule
from tenancy.vocabulary import CaseField

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


def are_procedures_required(contract: Contract, draft: Draft) -> bool:
    """Whether at least one procedure is needed: as the chosen service says, else as the category does (PX-07)."""
    chosen = draft.fields.get(CaseField.SERVICE_TYPE)
    service = contract.catalogue.services.get(chosen) if isinstance(chosen, str) else None
    if service is not None and service.procedures_required is not None:
        return service.procedures_required
    return contract.intake.procedures.required.get(draft.category, False)


def are_diagnoses_required(contract: Contract, draft: Draft) -> bool:
    """Whether at least one diagnosis is needed in the draft's category."""
    return contract.intake.diagnoses.required.get(draft.category, False)


def disclaimer_in_force(contract: Contract, *, on: date) -> tuple[str, Disclaimer] | None:
    """The version of the disclaimer to accept on that day and its text; the latest of several (SUB-01).

    The day of receipt decides, whatever decides about other rules: it is then that somebody agrees.
    """
    versions = those_in_force(contract.intake.disclaimers, on)
    return max(versions, key=lambda version: version[1].from_on or date.min, default=None)
