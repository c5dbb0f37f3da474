"""What the read pages show of a case, as plain values. Knows no page, no query and no session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.cases.models import Case
from tenancy.vocabulary import ActionKind

MOST_COUNTED = 1_000
OUTCOMES = ("approved", "modified", "denied", "pending", "void", "appealed")


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many lines and stays of a case ended alike (CASE-09, SRCH-07)."""

    outcome: str
    count: int


def outcome_counts(statuses: Iterable[str]) -> tuple[OutcomeCount, ...]:
    """Count the outcomes of a case's lines in their fixed order, leaving out those that do not occur."""
    counted = Counter(statuses)
    return tuple(OutcomeCount(outcome, counted[outcome]) for outcome in OUTCOMES if counted[outcome])


@dataclass(frozen=True, slots=True)
class HomeCounts:
    """The numbers of Home's tiles: work in progress is drafts plus submitted and not completed (GAP-03).

    Decided cases are counted up to one more than ``most``: a hospital has very many.
    """

    un_submitted: int
    submitted: int
    completed: int
    most: int = MOST_COUNTED

    def total_of(self, name: str) -> int | None:
        """How many a list has, None where they were not counted to the end."""
        total: int = getattr(self, name)
        return total if total <= self.most or name != "completed" else None

    @property
    def work_in_progress(self) -> int:
        """Everything of the group that still waits for somebody."""
        return self.un_submitted + self.submitted


@dataclass(frozen=True, slots=True)
class MemberCard:
    """The member as a case shows it (CASE-10, CONS-10)."""

    id: UUID
    name: str
    number: str
    sex: str
    birth_date: date
    age: int
    is_temporary: bool
    subscriber_number: str
    location: str
    programs: tuple[tuple[str, date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row of a list of cases or drafts."""

    id: UUID
    number: str | None
    status: str
    category: str
    member: MemberCard
    group_name: str
    modified_at: datetime
    modified_by: str
    submitted_at: datetime | None
    things_left: int | None
    service: str
    x12_service_type: str
    place_code: str
    service_from: date | None
    service_until: date | None
    discharge_on: date | None
    procedures: tuple[str, ...]
    more_procedures: int
    request_labels: tuple[str, ...]
    outcomes: tuple[OutcomeCount, ...]
    documents: int
    letters: int
    messages: int
    due_at: datetime | None
    time_left: str
    is_late: bool
    authorization_number: str
    is_own: bool
    actions: tuple[ActionKind, ...] = ()


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A procedure line, asked for and certified (PX-04)."""

    code: str
    system: str
    description: str
    values: tuple[tuple[str, str], ...]
    status: str
    reason: str
    units_approved: int
    units_used: int
    certified_from: date | None
    certified_until: date | None

    @property
    def is_decided(self) -> bool:
        """Whether there is a decision to show."""
        return self.status not in ("pending", "un_submitted")


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request R01, R02, … of a case."""

    id: UUID
    label: str
    status: str
    details: tuple[tuple[str, str], ...]
    stay: tuple[tuple[str, str], ...]
    lines: tuple[LineRecord, ...]
    questionnaires: tuple[QuestionnaireRecord, ...]
    certified: tuple[str, ...]
    """The status of each part that is decided on: its lines and its stay."""
    due_at: datetime | None
    due_reason: str
    time_left: str
    is_late: bool

    @property
    def outcomes(self) -> tuple[OutcomeCount, ...]:
        """How its lines and its stay were decided; nothing while one of them waits."""
        return () if {"pending", "un_submitted"} & set(self.certified) else outcome_counts(self.certified)

    @property
    def is_approved(self) -> bool:
        """Whether everything asked for was approved."""
        return all(status == "approved" for status in self.certified)

    @property
    def is_void(self) -> bool:
        """Whether everything asked for was closed without a decision."""
        return all(status == "void" for status in self.certified)

    @property
    def choice(self) -> tuple[str, str]:
        """Value and label in a list of requests."""
        return str(self.id), self.label


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer beside the criterion it is held against; ``is_met`` is None where the reviewer judges."""

    question: str
    answer: str
    criterion: str
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class QuestionnaireRecord:
    """What was asked in which words, and what was answered."""

    title: str
    version: str
    completed_at: datetime | None
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    judged: tuple[tuple[str, tuple[JudgedAnswer, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """A provider's part on the case."""

    role: str
    label: str
    name: str
    npi: str
    specialty: str
    address: str
    phone: str
    fax: str


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A file of the case."""

    id: UUID
    request_label: str
    name: str
    type_label: str
    size: int
    uploaded_at: datetime
    uploaded_by: str
    is_active: bool
    held: str = ""
    """Why it is not handed out; empty if it is."""


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A note both sides can read."""

    request_label: str
    kind_label: str
    body: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A line of the case's timeline."""

    kind: str
    detail: str
    actor: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the case page and the summary show."""

    id: UUID
    number: str
    status: str
    category: str
    category_label: str
    member: MemberCard
    submitted_at: datetime | None
    submitted_by: str
    authorization_number: str
    discharge_on: date | None
    providers: tuple[ProviderRecord, ...]
    diagnoses: tuple[tuple[str, str, str], ...]
    requests: tuple[RequestRecord, ...]
    documents: tuple[DocumentRecord, ...]
    notes: tuple[NoteRecord, ...]
    events: tuple[EventRecord, ...]
    outcomes: tuple[OutcomeCount, ...]
    is_own: bool
    rows: Case
    """What it was made of, for the rooms above; read, never changed."""


def money(amount: Decimal) -> str:
    """A dollar amount as read."""
    return f"${amount:,.2f}"
