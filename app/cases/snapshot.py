"""Turns the rows of a draft into the frozen snapshot that the rules look at. Asks nothing and changes nothing."""

from __future__ import annotations

from datetime import date

from app.cases.holding import Scan
from app.cases.models import Case, CaseProvider, ProcedureLine, Request, StayColumns
from app.directory.models import Member
from app.domain.draft import (
    Approval,
    Coded,
    DocumentFacts,
    Draft,
    FieldValue,
    Line,
    LineValue,
    MemberFacts,
    ProviderFacts,
    Stay,
)
from app.domain.questionnaire import from_stored
from tenancy.contract import Contract
from tenancy.vocabulary import CaseField, Category, CodeSystem, LineField, ProviderRole

STAY_FIELDS = tuple(field for field in LineField if field is not LineField.MODIFIERS)


def draft_of(
    contract: Contract,
    case: Case,
    member: Member,
    *,
    note_count: int,
    accepted: bool = False,
    request: Request | None = None,
    earlier: tuple[Approval, ...] | None = None,
) -> Draft:
    """The draft as its rules see it: the case's last request or the one given, active documents, answers as stored.

    ``accepted`` says whether the disclaimer has been accepted in the act at hand; ``earlier`` is what was approved
    for the member before, None where nobody looked.
    """
    request = request or case.requests[-1]
    category = Category(case.category)
    return Draft(
        category=category,
        member=member_facts(member),
        providers={ProviderRole(row.role): provider_facts(row) for row in case.providers},
        fields={field: _field_value(request, field) for field in CaseField},
        diagnoses=tuple(Coded(CodeSystem(row.system), row.code, row.description) for row in case.diagnoses),
        stay=Stay(stay_values(request)) if category is Category.INPATIENT else None,
        lines=tuple(line_of(row) for row in request.lines),
        answers={
            row.questionnaire: from_stored(contract.questionnaires[row.questionnaire], row.answers)
            for row in request.responses
            if row.questionnaire in contract.questionnaires
        },
        completed=frozenset(row.questionnaire for row in request.responses if row.completed_at),
        documents=_active_documents(case),
        note_count=note_count,
        disclaimer_accepted=accepted or case.disclaimer_accepted_at is not None,
        earlier=earlier,
        is_extension=request.sequence > 1,
    )


def _active_documents(case: Case) -> tuple[DocumentFacts, ...]:
    return tuple(
        DocumentFacts(str(row.id), row.document_type or "", row.file_name, row.dated_on)
        for row in case.documents
        if row.deactivated_at is None and row.scan != Scan.INFECTED
    )


def member_facts(member: Member, on: date | None = None) -> MemberFacts:
    """What rules may know of a member; with a day, only the programmes running on it."""
    running = [
        period.program
        for period in member.eligibility
        if on is None or (period.starts_on <= on and (period.ends_on is None or on <= period.ends_on))
    ]
    return MemberFacts(member.birth_date, member.sex, tuple(running), member.is_temporary)


def provider_facts(row: CaseProvider) -> ProviderFacts:
    """What rules may know of a provider on the case, as it was when chosen."""
    return ProviderFacts(row.name, row.npi or "", row.taxonomy or "", row.kind, row.fax or "")


def stay_values(row: StayColumns) -> dict[LineField, LineValue]:
    """The values that a line and a stay share."""
    return {field: getattr(row, field.value) for field in STAY_FIELDS}


def line_of(row: ProcedureLine) -> Line:
    """A procedure line as its rules see it."""
    values = stay_values(row)
    values[LineField.MODIFIERS] = tuple(row.modifiers)
    return Line(str(row.id), CodeSystem(row.system), row.code, row.description, values)


def _field_value(request: Request, field: CaseField) -> FieldValue:
    value: FieldValue = getattr(request, field.value)
    return value
