"""Rows of a case turned into the plain values that pages show, in the contract's own labels.

Knows no query, no page and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from app.cases.holding import held_because
from app.cases.models import (
    Case,
    CaseEvent,
    CaseProvider,
    Document,
    Note,
    ProcedureLine,
    QuestionnaireResponse,
    Request,
)
from app.cases.records import (
    CaseFile,
    DocumentRecord,
    EventRecord,
    JudgedAnswer,
    LineRecord,
    MemberCard,
    NoteRecord,
    ProviderRecord,
    QuestionnaireRecord,
    RequestRecord,
    money,
    outcome_counts,
)
from app.directory.models import Member
from app.domain.fields import service_label
from app.domain.typed import time_shown
from app.domain.wording import counted
from tenancy.contract import Contract
from tenancy.contract.intake import FieldRule
from tenancy.vocabulary import CaseField, Category, LineField, NoteVisibility

EVENT_WORDS = {
    "draft_opened": "Request started",
    "case_submitted": "Request submitted",
    "case_completed": "Case completed",
    "case_cancelled": "Request cancelled",
    "document_added": "Document added",
    "document_deactivated": "Document deactivated",
    "document_infected": "A document failed the virus check",
    "note_added": "Note added",
    "case_copied": "Copied to a new request",
    "case_reopened": "Case opened again",
    "request_submitted": "Request submitted",
    "request_withdrawn": "Request withdrawn",
    "request_completed": "Request decided",
    "request_reopened": "Request opened again",
    "review_started": "Review started",
    "request_assigned": "Given to a reviewer",
    "request_given_back": "Given back to the team",
    "request_escalated": "Sent up",
    "information_requested": "Information asked for",
    "information_received": "Information received",
    "late_information_received": "Information received late",
    "information_lapsed": "No answer came in time",
    "information_request_withdrawn": "Question taken back",
    "deadline_extended": "Deadline extended",
    "deadline_missed": "Deadline passed",
    "line_approved": "Approved",
    "line_modified": "Approved in part",
    "line_denied": "Denied",
    "line_voided": "Closed without a decision",
    "line_appealed": "Looked at again",
    "line_pended": "Left pending",
    "line_revised": "Authorization changed",
    "line_added": "Code asked for",
    "reconsideration_requested": "Reconsideration asked for",
    "peer_to_peer_requested": "Peer-to-peer asked for",
    "peer_to_peer_booked": "Peer-to-peer booked",
    "peer_to_peer_rescheduled": "Other times offered for the peer-to-peer",
    "peer_to_peer_cancelled": "Peer-to-peer cancelled",
    "peer_to_peer_held": "Peer-to-peer held",
    "peer_to_peer_missed": "Peer-to-peer did not take place",
    "revision_requested": "Change asked for",
    "revision_done": "Change made",
    "revision_declined": "Change declined",
    "clinical_information_sent": "Clinical information sent",
    "case_extended": "Extension started",
    "extension_dropped": "Extension dropped",
    "discharge_recorded": "Discharge recorded",
}

DECIDED = frozenset({"completed", "cancelled"})
_UNITS = (("day", timedelta(days=1), 2), ("hour", timedelta(hours=1), 1), ("minute", timedelta(minutes=1), 1))


def member_card(contract: Contract, member: Member, *, today: date) -> MemberCard:
    """A member as the banner shows it; age in whole years on the contract's day (CASE-10)."""
    birth = member.birth_date
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    programs = contract.client.programs
    return MemberCard(
        id=member.id,
        name=member.full_name,
        number=member.member_number,
        sex=member.sex.capitalize(),
        birth_date=birth,
        age=age,
        is_temporary=member.is_temporary,
        subscriber_number=member.subscriber_number,
        location=", ".join(member.address_lines),
        programs=tuple(
            (programs[span.program].label if span.program in programs else span.program, span.starts_on, span.ends_on)
            for span in member.eligibility
        ),
    )


def case_file(contract: Contract, case: Case, member: MemberCard, *, is_own: bool, now: datetime) -> CaseFile:
    """Everything the case page and the summary show of a numbered case; internal notes stay out."""
    labels = {request.id: request.label for request in case.requests}
    codes = {line.id: line.code for request in case.requests for line in request.lines}
    return CaseFile(
        id=case.id,
        number=case.number or "",
        status=case.status,
        category=case.category,
        category_label=contract.intake.categories.get(Category(case.category), case.category),
        member=member,
        submitted_at=case.submitted_at,
        submitted_by=_submitter(case.events),
        authorization_number=case.authorization_number or "",
        discharge_on=case.discharge_on,
        providers=_providers(contract, case.providers),
        diagnoses=tuple((row.system, row.code, row.description) for row in case.diagnoses),
        requests=tuple(_request(contract, case, request, now) for request in case.requests),
        documents=tuple(_document(contract, row, labels[row.request_id]) for row in case.documents),
        notes=tuple(
            _note(contract, row, labels[row.request_id])
            for row in reversed(case.notes)
            if row.visibility == NoteVisibility.EXTERNAL
        ),
        events=tuple(_event(row, codes) for row in case.events if row.is_shown),
        outcomes=outcome_counts(certified(case.requests)),
        is_own=is_own,
        rows=case,
    )


def certified(requests: Iterable[Request]) -> Iterator[str]:
    """What was certified of everything asked for: the lines of each request, and its stay."""
    for request in requests:
        yield from (line.certify_status for line in request.lines)
        if request.certify_status:
            yield request.certify_status


def time_left(due_at: datetime, now: datetime) -> str:
    """How far off a deadline is, rounded down: days from two days on, then hours, then minutes."""
    span = abs(due_at - now)
    for unit, length, least in _UNITS:
        if span >= length * least:
            left = counted(span // length, unit)
            return f"{left} left" if due_at >= now else f"{left} late"
    return "due now" if due_at >= now else "just passed"


def _submitter(events: list[CaseEvent]) -> str:
    return next((row.actor_name for row in events if row.kind == "case_submitted"), "")


def _providers(contract: Contract, rows: list[CaseProvider]) -> tuple[ProviderRecord, ...]:
    labels = {rule.role.value: rule.label for rule in contract.intake.providers}
    order = list(labels)
    known = sorted(rows, key=lambda row: order.index(row.role) if row.role in order else len(order))
    return tuple(
        ProviderRecord(
            role=row.role,
            label=labels.get(row.role, row.role.capitalize()),
            name=row.name,
            npi=row.npi or "",
            specialty=row.specialty or "",
            address=", ".join(row.address.splitlines()),
            phone=row.phone or "",
            fax=row.fax or "",
        )
        for row in known
    )


def _request(contract: Contract, case: Case, request: Request, now: datetime) -> RequestRecord:
    intake = contract.intake
    line_rules = intake.outpatient_line if case.category == Category.OUTPATIENT else intake.inpatient_line
    has_stay = case.category == Category.INPATIENT and request.revision_id is None
    due_at = request.due_at if request.status not in DECIDED else None
    return RequestRecord(
        id=request.id,
        label=request.label,
        status=request.status,
        details=tuple(
            (rule.label, shown)
            for field, rule in intake.fields.items()
            if (shown := _case_value(contract, field, rule, getattr(request, field.value)))
        ),
        stay=_line_values(contract, intake.length_of_stay.fields, request) if has_stay else (),
        lines=tuple(_line(contract, line_rules, line) for line in request.lines),
        questionnaires=tuple(_questionnaire(contract, row) for row in request.responses if row.completed_at),
        certified=tuple(certified([request])),
        due_at=due_at,
        due_reason=request.due_reason or "",
        time_left=time_left(due_at, now) if due_at else "",
        is_late=due_at is not None and due_at < now,
    )


def _case_value(contract: Contract, field: CaseField, rule: FieldRule, value: object) -> str:
    if value in (None, ""):
        return ""
    catalogue, intake = contract.catalogue, contract.intake
    word = str(value)
    if field is CaseField.SERVICE_TYPE and word in catalogue.services:
        return service_label(catalogue.services[word])
    if field is CaseField.PLACE_OF_SERVICE and word in catalogue.places:
        return catalogue.places[word].label
    if field is CaseField.REQUEST_TYPE and word in intake.request_types:
        return intake.request_types[word].label
    if field is CaseField.URGENCY:
        return {key.value: label for key, label in intake.urgencies.items()}.get(word, word)
    return _plain(contract, rule, value)


def _line_values(
    contract: Contract, rules: Mapping[LineField, FieldRule], row: Request | ProcedureLine
) -> tuple[tuple[str, str], ...]:
    known = ((rule, getattr(row, field.value, None)) for field, rule in rules.items())
    return tuple((rule.label, _plain(contract, rule, value)) for rule, value in known if value not in (None, "", []))


def _plain(contract: Contract, rule: FieldRule, value: object) -> str:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return value.strftime("%m/%d/%Y")
    if isinstance(value, time):
        return time_shown(value)
    if isinstance(value, list):
        return ", ".join(value)
    return contract.catalogue.lists.get(rule.list, {}).get(str(value), str(value))


def _line(contract: Contract, rules: Mapping[LineField, FieldRule], line: ProcedureLine) -> LineRecord:
    return LineRecord(
        code=line.code,
        system=line.system,
        description=line.description,
        values=_line_values(contract, rules, line),
        status=line.certify_status,
        reason=line.certify_reason or "",
        units_approved=line.units_approved,
        units_used=line.units_used,
        certified_from=line.certified_start_on,
        certified_until=line.certified_end_on,
    )


def _questionnaire(contract: Contract, row: QuestionnaireResponse) -> QuestionnaireRecord:
    form = contract.questionnaires.get(row.questionnaire)
    return QuestionnaireRecord(
        title=form.title if form else row.questionnaire.replace("_", " ").capitalize(),
        version=row.version,
        completed_at=row.completed_at,
        sections=tuple(
            (title, tuple((entry[1], entry[2]) for entry in entries))
            for title, entries in groupby(row.worded or (), key=itemgetter(0))
        ),
        judged=tuple(
            (title, tuple(_judged(*entry[1:]) for entry in entries))
            for title, entries in groupby(row.worded or (), key=itemgetter(0))
        ),
    )


def _judged(question: str, answer: str, criterion: str = "", is_met: bool | None = None) -> JudgedAnswer:
    """What was kept before criteria were has none."""
    return JudgedAnswer(question, answer, criterion, is_met)


def _document(contract: Contract, row: Document, label: str) -> DocumentRecord:
    types = contract.catalogue.lists.get("document_types", {})
    return DocumentRecord(
        id=row.id,
        request_label=label,
        name=row.file_name,
        type_label=types.get(row.document_type or "", row.document_type or ""),
        size=row.size,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by_name,
        is_active=row.deactivated_at is None,
        held=held_because(row),
    )


def _note(contract: Contract, row: Note, label: str) -> NoteRecord:
    kind = contract.notes.kinds.get(row.kind)
    return NoteRecord(
        request_label=label,
        kind_label=kind.label if kind else row.kind,
        body=row.body,
        author=row.author_name,
        written_at=row.written_at,
    )


def _event(row: CaseEvent, codes: Mapping[UUID, str]) -> EventRecord:
    """One line of the history; what happened to a procedure names its code."""
    words = EVENT_WORDS.get(row.kind, row.kind.replace("_", " ").capitalize())
    detail = counted(int(row.detail), "document") if row.detail.isdecimal() else row.detail
    if not detail and row.line_id:
        detail = codes.get(row.line_id, "")
    return EventRecord(kind=words, detail=detail, actor=row.actor_name, happened_at=row.happened_at)
