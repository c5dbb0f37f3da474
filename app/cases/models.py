"""Tables of the cases room. Knows columns and the laws between them, no rule of a contract."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.directory.models import Member
from app.storage.db import TenantBase

INSTANT = DateTime(timezone=True)


def one_of(column: str, *values: str) -> str:
    """The SQL of a check that a column holds one of the given words."""
    words = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({words})"


class Case(TenantBase):
    """A request for authorization of care, from draft to determination."""

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint(one_of("status", "un_submitted", "submitted", "completed", "cancelled"), name="status"),
        CheckConstraint(one_of("category", "inpatient", "outpatient"), name="category"),
        CheckConstraint(
            "(status IN ('submitted', 'completed')) = (number IS NOT NULL AND submitted_at IS NOT NULL)"
            " OR (status = 'un_submitted' AND number IS NOT NULL)",
            name="numbered_when_submitted",
        ),
        Index("ix_case_group_status_modified", "group_id", "status", text("modified_at DESC")),
        Index("ix_case_group_submitted", "group_id", text("submitted_at DESC")),
        Index("ix_case_member", "member_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    number: Mapped[str | None] = mapped_column(Text, unique=True)
    category: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="un_submitted")
    group_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    created_by: Mapped[UUID] = mapped_column(Uuid)
    created_by_name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    modified_by: Mapped[UUID] = mapped_column(Uuid)
    modified_by_name: Mapped[str] = mapped_column(Text)
    modified_at: Mapped[datetime] = mapped_column(INSTANT)
    submitted_by: Mapped[UUID | None] = mapped_column(Uuid)
    submitted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    release: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=1)
    authorization_number: Mapped[str | None] = mapped_column(Text, unique=True)
    program_case_number: Mapped[str | None] = mapped_column(Text, index=True)
    disclaimer_version: Mapped[str | None] = mapped_column(Text)
    disclaimer_accepted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    submission_key: Mapped[str | None] = mapped_column(Text, unique=True)
    submission_digest: Mapped[str | None] = mapped_column(Text)
    copied_from: Mapped[UUID | None] = mapped_column(Uuid)
    discharge_on: Mapped[date | None] = mapped_column(Date)
    discharge_to: Mapped[str | None] = mapped_column(Text)
    things_left: Mapped[int | None] = mapped_column(Integer)
    """How many things a draft lacked when it was last saved; None where it never was."""

    member: Mapped[Member] = relationship()
    requests: Mapped[list["Request"]] = relationship(order_by="Request.sequence", back_populates="case")
    providers: Mapped[list["CaseProvider"]] = relationship(back_populates="case")
    diagnoses: Mapped[list["Diagnosis"]] = relationship(order_by="Diagnosis.position", back_populates="case")
    documents: Mapped[list["Document"]] = relationship(order_by="Document.uploaded_at", back_populates="case")
    notes: Mapped[list["Note"]] = relationship(order_by="Note.written_at", back_populates="case")
    events: Mapped[list["CaseEvent"]] = relationship(order_by="CaseEvent.position", back_populates="case")


class StayColumns:
    """Columns that a procedure line and a length-of-stay block share."""

    unit_qualifier: Mapped[str | None] = mapped_column(Text)
    start_on: Mapped[date | None] = mapped_column(Date)
    end_on: Mapped[date | None] = mapped_column(Date)
    duration: Mapped[int | None] = mapped_column(Integer)
    quantity: Mapped[int | None] = mapped_column(Integer)
    frequency: Mapped[str | None] = mapped_column(Text)
    rate: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))


class CertifiedColumns:
    """What was certified of a procedure line, or of the stay of an inpatient request."""

    certify_reason: Mapped[str | None] = mapped_column(Text)
    units_approved: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    units_used: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    certified_start_on: Mapped[date | None] = mapped_column(Date)
    certified_end_on: Mapped[date | None] = mapped_column(Date)


LINE_STATUSES = ("un_submitted", "pending", "approved", "modified", "denied", "void", "appealed")
OPEN_STATUSES = ("submitted", "in_review", "information_requested")


class Request(StayColumns, CertifiedColumns, TenantBase):
    """One request of a case (R01, R02, …) with its service details and length of stay."""

    __tablename__ = "request"
    __table_args__ = (
        UniqueConstraint("case_id", "sequence"),
        CheckConstraint(
            one_of(
                "status", "un_submitted", "submitted", "in_review", "information_requested", "completed", "cancelled"
            ),
            name="status",
        ),
        CheckConstraint("sequence BETWEEN 1 AND 99", name="sequence"),
        CheckConstraint(one_of("certify_status", *LINE_STATUSES), name="certify_status"),
        CheckConstraint(one_of("level", "nurse", "physician"), name="level"),
        Index("ix_request_open_due", "due_at", "id", postgresql_where=text(one_of("status", *OPEN_STATUSES))),
        Index(
            "ix_request_assigned_due",
            "assigned_to",
            "due_at",
            "id",
            postgresql_where=text(one_of("status", *OPEN_STATUSES)),
        ),
        Index(
            "ix_request_status_due",
            "status",
            "due_at",
            "id",
            postgresql_where=text(one_of("status", *OPEN_STATUSES)),
        ),
        Index(
            "ix_request_decided",
            "id",
            postgresql_include=("urgency", "submitted_at", "decided_at", "case_id"),
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
        Index(
            "ix_request_unrouted",
            "submitted_at",
            postgresql_where=text("status = 'submitted' AND routed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    sequence: Mapped[int] = mapped_column(Integer, default=1)
    status: Mapped[str] = mapped_column(Text, default="un_submitted")
    service_type: Mapped[str | None] = mapped_column(Text, index=True)
    place_of_service: Mapped[str | None] = mapped_column(Text)
    admission_source: Mapped[str | None] = mapped_column(Text)
    admit_on: Mapped[date | None] = mapped_column(Date)
    request_type: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str | None] = mapped_column(Text)
    review_kind: Mapped[str | None] = mapped_column(Text)
    earlier_number: Mapped[str | None] = mapped_column(Text)
    other_coverage: Mapped[str | None] = mapped_column(Text)
    notification_on: Mapped[date | None] = mapped_column(Date)
    notification_time: Mapped[time | None] = mapped_column(Time)
    contact_name: Mapped[str | None] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    unsaved_note: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    due_at: Mapped[datetime | None] = mapped_column(INSTANT)
    due_rule: Mapped[str | None] = mapped_column(Text)
    due_reason: Mapped[str | None] = mapped_column(Text)
    service_from: Mapped[date | None] = mapped_column(Date, index=True)
    service_until: Mapped[date | None] = mapped_column(Date)
    certify_status: Mapped[str | None] = mapped_column(Text)
    """Of the stay of an inpatient request; empty where only lines are decided."""
    routed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    """When the portal looked at it for the reviewers: rules that approve, the level that begins."""
    level: Mapped[str | None] = mapped_column(Text)
    """The reviewer level that has it."""
    assigned_to: Mapped[UUID | None] = mapped_column(Uuid)
    assigned_name: Mapped[str | None] = mapped_column(Text)
    assigned_at: Mapped[datetime | None] = mapped_column(INSTANT)
    escalated_at: Mapped[datetime | None] = mapped_column(INSTANT)
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    revision_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The change of an authorization whose added codes this request holds; it has no stay of its own."""
    review_version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """Raised by every act of a reviewer; two at once: the later one sees the difference."""

    case: Mapped[Case] = relationship(back_populates="requests")
    lines: Mapped[list["ProcedureLine"]] = relationship(order_by="ProcedureLine.position", back_populates="request")
    responses: Mapped[list["QuestionnaireResponse"]] = relationship(back_populates="request")

    @property
    def label(self) -> str:
        """How users name the request: R01, R02, …"""
        return f"R{self.sequence:02d}"


class CaseProvider(TenantBase):
    """A provider's part on a case, as it was known when chosen."""

    __tablename__ = "case_provider"
    __table_args__ = (
        UniqueConstraint("case_id", "role"),
        CheckConstraint(one_of("role", "requesting", "servicing", "facility", "attending"), name="role"),
        Index("ix_case_provider_provider_role", "provider_id", "role"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    name: Mapped[str] = mapped_column(Text)
    npi: Mapped[str | None] = mapped_column(Text)
    specialty: Mapped[str | None] = mapped_column(Text)
    taxonomy: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="organization")
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str | None] = mapped_column(Text)
    fax: Mapped[str | None] = mapped_column(Text)

    case: Mapped[Case] = relationship(back_populates="providers")


class Diagnosis(TenantBase):
    """A diagnosis of a case; the first position is primary."""

    __tablename__ = "diagnosis"
    __table_args__ = (
        UniqueConstraint("case_id", "position", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("case_id", "system", "code"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    system: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship(back_populates="diagnoses")


class ProcedureLine(StayColumns, CertifiedColumns, TenantBase):
    """A procedure or item asked for, and later what was certified of it."""

    __tablename__ = "procedure_line"
    __table_args__ = (
        UniqueConstraint("request_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint(one_of("certify_status", *LINE_STATUSES), name="certify_status"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    system: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    modifiers: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    certify_status: Mapped[str] = mapped_column(Text, default="un_submitted")

    request: Mapped[Request] = relationship(back_populates="lines")


class QuestionnaireResponse(TenantBase):
    """Answers to one questionnaire of a request, and, once submitted, what was asked in which words."""

    __tablename__ = "questionnaire_response"
    __table_args__ = (UniqueConstraint("request_id", "questionnaire"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    questionnaire: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    completed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    worded: Mapped[list[Any] | None] = mapped_column(JSONB)

    request: Mapped[Request] = relationship(back_populates="responses")


class Document(TenantBase):
    """An uploaded file. Its bytes lie encrypted in the file store; a document is deactivated, never deleted."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("(deactivated_at IS NULL) = (deactivated_by IS NULL)", name="deactivated_by_someone"),
        CheckConstraint(one_of("scan", "not_scanned", "pending", "clean", "infected"), name="scan"),
        Index("ix_document_case", "case_id"),
        Index("ix_document_uploaded", "uploaded_at"),
        Index("ix_document_held", "id", postgresql_where=text("scan = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    file_name: Mapped[str] = mapped_column(Text)
    document_type: Mapped[str | None] = mapped_column(Text)
    dated_on: Mapped[date | None] = mapped_column(Date)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=1)
    uploaded_at: Mapped[datetime] = mapped_column(INSTANT)
    uploaded_by: Mapped[UUID] = mapped_column(Uuid)
    uploaded_by_name: Mapped[str] = mapped_column(Text)
    deactivated_at: Mapped[datetime | None] = mapped_column(INSTANT)
    deactivated_by: Mapped[UUID | None] = mapped_column(Uuid)
    scan: Mapped[str] = mapped_column(Text, default="not_scanned", server_default="not_scanned")
    """How far its virus check is; a file that is held or infected is not handed out."""
    scanned_at: Mapped[datetime | None] = mapped_column(INSTANT)

    case: Mapped[Case] = relationship(back_populates="documents")


class Note(TenantBase):
    """A note on a request; never changed or deleted once saved (NOTE-01)."""

    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint(one_of("visibility", "external", "internal"), name="visibility"),
        Index("ix_note_case", "case_id", "written_at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"))
    kind: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID] = mapped_column(Uuid)
    author_name: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(INSTANT)

    case: Mapped[Case] = relationship(back_populates="notes")


class CaseEvent(TenantBase):
    """Something that happened to a case, in the past tense, for the timeline both sides read."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case", "case_id", "happened_at"), {"info": {"append_only": True}})

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    request_id: Mapped[UUID | None] = mapped_column(Uuid)
    line_id: Mapped[UUID | None] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    """Tells events of one instant apart: the order in which they were written."""
    kind: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime] = mapped_column(INSTANT)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    actor_name: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="")
    is_shown: Mapped[bool] = mapped_column(Boolean, default=True)

    case: Mapped[Case] = relationship(back_populates="events")


class PreferredCode(TenantBase):
    """A code somebody keeps at hand (PREF-03, PREF-04): shown in the code boxes before anything is typed."""

    __tablename__ = "preferred_code"
    __table_args__ = (UniqueConstraint("user_id", "system", "code"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    system: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    kept_at: Mapped[datetime] = mapped_column(INSTANT)
