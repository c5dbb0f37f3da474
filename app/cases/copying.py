"""Starting a request as a copy of an earlier one (ACT-05). Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import drafts, queries
from app.cases.drafts import Start
from app.cases.inputs import section_inputs
from app.cases.models import Case, Diagnosis, ProcedureLine, QuestionnaireResponse
from app.directory import queries as directory
from app.domain.access import Actor, Permission, may
from app.domain.errors import Closed, Forbidden, NotFound
from app.storage import audit
from tenancy.loader import LoadedContract
from tenancy.vocabulary import CaseField, Category, CodeSystem, Feature, SectionName

LEFT_OUT = (CaseField.ADMIT_ON, CaseField.NOTIFICATION_ON, CaseField.NOTIFICATION_TIME)
LINE_COLUMNS = ("modifiers", "unit_qualifier", "quantity", "frequency", "rate")
NO_COPIES = "Under this contract a request cannot be copied. Start a new one."


@dataclass(frozen=True, slots=True)
class Copied:
    """The draft that now exists, and the codes that are no longer in force and were left out."""

    draft_id: UUID
    left_out: tuple[str, ...]


def copy_case(
    session: Session, control: Session, loaded: LoadedContract, number: str, *, actor: Actor, now: datetime
) -> Copied:
    """A new draft with the member, providers, service, codes and answers of an earlier case.

    Dates, documents and notes belong to the earlier request and are not copied; questionnaires have to be marked
    complete again, codes must still be in force. Raises NotFound, Forbidden, Closed.
    """
    if not loaded.contract.features.get(Feature.COPY, False):
        raise Closed(NO_COPIES)
    source = _source(session, number, actor)
    if not may(actor, Permission.CASE_COPY, group_id=source.group_id):
        raise Forbidden
    requesting = next((row.provider_id for row in source.providers if row.role == "requesting"), None)
    if requesting is None:
        raise NotFound
    begun = Start(Category(source.category), source.member_id, source.group_id, requesting)
    opened = drafts.open_draft(session, loaded, begun, actor=actor, now=now)
    draft = drafts.begin(session, opened.draft_id, actor)
    draft.copied_from = source.id
    _copy_providers(session, source, draft)
    _copy_fields(session, loaded, source, draft, now)
    left_out = (
        *_copy_diagnoses(control, loaded, source, draft, now),
        *_copy_lines(control, loaded, source, draft, now),
    )
    _copy_answers(source, draft)
    drafts.add_event(session, draft, "case_copied", actor=actor, now=now, detail=number)
    audit.record(session, actor=actor, action="case:read", object_type="case", object_id=source.id, now=now)
    drafts.finish(session, loaded.contract, draft, "case:copy", actor=actor, now=now, detail={"from": str(source.id)})
    return Copied(opened.draft_id, left_out)


def _source(session: Session, number: str, actor: Actor) -> Case:
    case_id = session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise NotFound
    return queries.get_own_case(session, case_id, actor)


def _copy_providers(session: Session, source: Case, draft: Case) -> None:
    """The same providers, as the directory knows them now."""
    for row in list(draft.providers):
        draft.providers.remove(row)
        session.delete(row)
    session.flush()
    for row in source.providers:
        draft.providers.append(drafts.provider_row(row.role, directory.get_provider(session, row.provider_id)))


def _copy_fields(session: Session, loaded: LoadedContract, source: Case, draft: Case, now: datetime) -> None:
    """Fields that are asked of the new draft; a choice no longer on offer is left for the person to make."""
    old, new = source.requests[0], draft.requests[-1]
    for field in CaseField:
        if field not in LEFT_OUT:
            setattr(new, field.value, getattr(old, field.value))
    snapshot = drafts.snapshot(session, loaded.contract, draft)
    today = drafts.local_day(loaded.contract, now)
    for section in (SectionName.SERVICE_DETAILS, SectionName.REQUEST):
        for one in section_inputs(loaded.contract, draft, snapshot, section, on=today):
            if one.choices and one.text not in dict(one.choices):
                setattr(new, one.column, None)


def _copy_diagnoses(control: Session, loaded: LoadedContract, source: Case, draft: Case, now: datetime) -> list[str]:
    left_out: list[str] = []
    for row in source.diagnoses:
        if not _is_in_force(control, loaded, row, now):
            left_out.append(row.code)
            continue
        position = len(draft.diagnoses) + 1
        draft.diagnoses.append(
            Diagnosis(id=uuid4(), position=position, system=row.system, code=row.code, description=row.description)
        )
    return left_out


def _copy_lines(control: Session, loaded: LoadedContract, source: Case, draft: Case, now: datetime) -> list[str]:
    left_out: list[str] = []
    lines = draft.requests[-1].lines
    for row in source.requests[0].lines:
        if not _is_in_force(control, loaded, row, now):
            left_out.append(row.code)
            continue
        kept = {column: getattr(row, column) for column in LINE_COLUMNS}
        fresh = ProcedureLine(id=uuid4(), position=len(lines) + 1, system=row.system, code=row.code, **kept)
        fresh.description = row.description
        lines.append(fresh)
    return left_out


def _is_in_force(control: Session, loaded: LoadedContract, row: Diagnosis | ProcedureLine, now: datetime) -> bool:
    system = CodeSystem(row.system)
    on = drafts.local_day(loaded.contract, now)
    return system is CodeSystem.CPT or directory.find_code(control, system, row.code, on=on) is not None


def _copy_answers(source: Case, draft: Case) -> None:
    for row in source.requests[0].responses:
        draft.requests[-1].responses.append(
            QuestionnaireResponse(
                id=uuid4(), questionnaire=row.questionnaire, version=row.version, answers=dict(row.answers)
            )
        )
