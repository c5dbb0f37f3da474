"""What the reviewers' pages and the provider's panel show, as plain values. Knows no page, no query and no session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.cases.records import CaseFile
from tenancy.vocabulary import Decision


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One open request of the worklist."""

    request_id: UUID
    number: str
    label: str
    member: str
    member_number: str
    service: str
    is_expedited: bool
    category: str
    status: str
    status_text: str
    due: str
    due_reason: str
    time_left: str
    is_late: bool
    is_soon: bool
    level: str
    assigned: str
    is_pinned: bool
    is_unread: bool


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock of a request."""

    due: str
    reason: str
    citation: str
    state: str
    counts: bool
    extension: str


@dataclass(frozen=True, slots=True)
class InformationRecord:
    """What was asked of the provider, and the answer."""

    id: UUID
    state: str
    items: tuple[tuple[str, str], ...]
    message: str
    asked_by: str
    asked_at: datetime
    until: str
    time_left: str
    is_over: bool
    answer: str
    answered_by: str
    answered_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line, or the stay, with its units: asked for, approved, used, left; and what was decided."""

    line_id: UUID | None
    field: str
    code: str
    description: str
    status: str
    requested: int | None
    approved: int
    used: int
    start_on: date | None
    end_on: date | None
    certified_from: date | None
    certified_until: date | None
    is_expiring: bool
    reason: str
    criterion: str
    change: str
    decided_by: str
    decided_at: datetime | None

    @property
    def left(self) -> int:
        """Units approved and not used yet."""
        return max(0, self.approved - self.used)

    @property
    def counts(self) -> bool:
        """Whether it is decided and has units to count: a procedure of a stay may have been asked for without any."""
        return not self.is_open and (self.requested is not None or self.approved > 0)

    @property
    def is_open(self) -> bool:
        """Whether a decision is still to be taken."""
        return self.status in ("pending", "appealed")


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request as both sides see it: its clocks, questions, lines and rights."""

    id: UUID
    label: str
    status: str
    status_text: str
    version: int
    due: str
    due_words: str
    time_left: str
    is_late: bool
    clocks: tuple[ClockRow, ...]
    information: tuple[InformationRecord, ...]
    ledger: tuple[LedgerRow, ...]
    has_rights: bool
    """Whether its decision granted less than was asked, which opens rights."""
    assigned_to: UUID | None
    assigned: str
    level: str
    rule: str
    trace: tuple[tuple[str, ...], ...]

    @property
    def awaited(self) -> InformationRecord | None:
        """The question that waits for an answer."""
        return next((one for one in self.information if one.state == "open"), None)

    @property
    def open_lines(self) -> tuple[LedgerRow, ...]:
        """What is still to be decided."""
        return tuple(row for row in self.ledger if row.is_open)

    @property
    def is_decided(self) -> bool:
        """Whether everything in it is decided."""
        return self.status == "completed"

    @property
    def can_extend(self) -> bool:
        """Whether a clock may still be extended."""
        return any(clock.extension for clock in self.clocks)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case with one of its requests, for a review page."""

    case: CaseFile
    request: RequestView
    decisions: tuple[Decision, ...]
