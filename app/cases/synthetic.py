"""Made-up cases in quantity, the same for the same seed: for the demo's lists and for measuring under load.

Rows are loaded by COPY in the caller's transaction and follow every law of the tables. What differs between
tenants comes from the contract. Must not know which tenant it fills.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.clock_models import RequestDeadline
from app.cases.deadlines import kept
from app.cases.models import Case, CaseEvent, CaseProvider, Diagnosis, Note, ProcedureLine, Request
from app.directory.models import Member, Provider
from app.domain.calendars import business_calendar
from app.domain.clock import Deadline, due_dates
from app.domain.draft import Draft, Line, Stay
from app.domain.numbering import case_id
from app.storage.db import copy_rows
from app.storage.numbers import take_case_sequences
from tenancy.loader import LoadedContract
from tenancy.vocabulary import CaseField, Category, CodeSystem, LineField

SEED = 20_261_122
_DIAGNOSES = (
    ("R26.0", "Ataxic gait"),
    ("M54.50", "Low back pain, unspecified"),
    ("J44.9", "Chronic obstructive pulmonary disease, unspecified"),
    ("I10", "Essential (primary) hypertension"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
)
_PROCEDURES = (("E0141", "Rigid wheeled walker"), ("E0163", "Commode chair"), ("S9131", "Therapy visit at home"))
_OUTCOMES = ("approved", "approved", "approved", "denied", "modified")
_REASONS = {
    "denied": "Medical necessity was not shown",
    "modified": "Fewer units than asked for meet the need",
}
_NOTES = (
    "The member's daughter is the contact person; please call after noon.",
    "Needed before discharge; the hospital's case manager has the therapy notes.",
    "The order was renewed by the attending physician after the last visit.",
)
_BATCH = 5_000
_LONGEST_WAIT = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Owner:
    """The group that made a case, its provider, and the person who sent it."""

    group_id: UUID
    provider: Provider
    user_id: UUID
    user_name: str


@dataclass(slots=True)
class _Rows:
    cases: list[tuple[Any, ...]] = field(default_factory=list)
    requests: list[tuple[Any, ...]] = field(default_factory=list)
    deadlines: list[tuple[Any, ...]] = field(default_factory=list)
    providers: list[tuple[Any, ...]] = field(default_factory=list)
    diagnoses: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    notes: list[tuple[Any, ...]] = field(default_factory=list)


_COLUMNS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "cases": (
        Case,
        (
            "id", "number", "category", "status", "group_id", "member_id", "created_by", "created_by_name",
            "created_at", "modified_by", "modified_by_name", "modified_at", "submitted_by", "submitted_at",
            "release", "version", "authorization_number",
        ),
    ),
    "requests": (
        Request,
        (
            "id", "case_id", "sequence", "status", "service_type", "request_type", "urgency", "notification_on",
            "start_on", "end_on", "duration", "submitted_at", "service_from", "service_until", "due_at", "due_rule",
            "due_reason", "certify_status", "units_approved", "certified_start_on", "certified_end_on", "decided_at",
        ),
    ),
    "deadlines": (
        RequestDeadline,
        (
            "id", "request_id", "rule", "release", "calendar", "terms", "citation", "reason", "started_at", "due_at",
            "state", "ended_at",
        ),
    ),
    "providers": (
        CaseProvider,
        (
            "id", "case_id", "role", "provider_id", "name", "npi", "specialty", "kind", "address", "phone", "fax",
        ),
    ),
    "diagnoses": (Diagnosis, ("id", "case_id", "position", "system", "code", "description")),
    "lines": (
        ProcedureLine,
        (
            "id", "request_id", "position", "system", "code", "description", "modifiers", "start_on", "end_on",
            "duration", "quantity", "certify_status", "certify_reason", "units_approved", "units_used",
            "certified_start_on", "certified_end_on",
        ),
    ),
    "events": (
        CaseEvent,
        (
            "id", "case_id", "request_id", "line_id", "kind", "happened_at", "actor_id", "actor_name", "detail",
            "is_shown",
        ),
    ),
    "notes": (
        Note,
        ("id", "case_id", "request_id", "kind", "visibility", "body", "author_id", "author_name", "written_at"),
    ),
}  # fmt: skip


def fill_cases(
    session: Session,
    control: Session,
    loaded: LoadedContract,
    owners: Sequence[Owner],
    *,
    count: int,
    now: datetime,
    days: int = 400,
    seed: int = SEED,
) -> int:
    """Add made-up cases spread over the last ``days`` days, in the caller's transaction; returns how many.

    A case still waits for its decision when its deadline under the contract has not come and chance has it so.
    """
    maker = _Maker(session, loaded, owners, now=now, random=Random(f"{seed} {loaded.contract.identity.subdomain}"))  # noqa: S311 - play data
    for day, numbers in _days(control, maker.today, count=count, days=min(days, count)):
        for number in numbers:
            maker.add(day, case_id(day, number))
        if len(maker.rows.cases) >= _BATCH:
            _flush(session, maker)
    _flush(session, maker)
    return count


def _days(control: Session, today: date, *, count: int, days: int) -> Iterator[tuple[date, range]]:
    each, left = divmod(count, days)
    for back in range(days, 0, -1):
        wanted = each + (1 if back <= left else 0)
        if wanted:
            day = today - timedelta(days=back)
            yield day, take_case_sequences(control, day, wanted)


@dataclass(frozen=True, slots=True)
class _Made:
    """What chance decided of a case."""

    case: UUID
    request: UUID
    owner: Owner
    category: Category
    service: str
    sent: datetime
    span: tuple[date, date]
    dues: tuple[Deadline, ...]
    is_done: bool
    decided_at: datetime | None

    @property
    def due(self) -> Deadline | None:
        """The deadline that counts."""
        return self.dues[0] if self.dues else None


def _flush(session: Session, maker: _Maker) -> None:
    for name, (model, columns) in _COLUMNS.items():
        copy_rows(session, model, columns, getattr(maker.rows, name))
    maker.rows = _Rows()


class _Maker:
    """Makes the rows of one case after another."""

    def __init__(
        self, session: Session, loaded: LoadedContract, owners: Sequence[Owner], *, now: datetime, random: Random
    ) -> None:
        contract = loaded.contract
        self.loaded, self.owners, self.random, self.now = loaded, owners, random, now
        self.zone = ZoneInfo(contract.identity.time_zone)
        self.calendar = business_calendar(contract)
        self.today = now.astimezone(self.zone).date()
        self.members = session.scalars(select(Member.id).order_by(Member.member_number_key).limit(5_000)).all()
        self.services = {
            category: [word for word, service in contract.catalogue.services.items() if category in service.categories]
            for category in Category
        }
        self.categories = [one for one in Category if self.services[one]]
        self.request_type = next(iter(contract.intake.request_types))
        self.note_kind = contract.notes.default_kind
        self.rows = _Rows()

    def add(self, day: date, number: str) -> None:
        """One case submitted on a day, with its request, providers, diagnosis, lines, events and perhaps a note."""
        made = self._drawn(day)
        who = (made.owner.user_id, made.owner.user_name)
        outcomes = self._outcomes(made)
        authorization = (
            f"9{number}"
            if made.is_done and (made.category is Category.INPATIENT or any(one != "denied" for one in outcomes))
            else None
        )
        status = "completed" if made.is_done else "submitted"
        self.rows.cases.append(
            (made.case, number, made.category.value, status, made.owner.group_id, self.random.choice(self.members),
             *who, made.sent - timedelta(minutes=12), *who, made.sent, who[0], made.sent, self.loaded.release, 5,
             authorization)
        )  # fmt: skip
        self._request(made, status)
        self._people(made)
        self._clinical(made, outcomes)
        self._told(made)
        self._decided(made, self.rows.lines[len(self.rows.lines) - len(outcomes) :])

    def _drawn(self, day: date) -> _Made:
        """What chance decides of a case, and when its decision was due."""
        category = self.random.choice(self.categories)
        sent = datetime.combine(day, time(8 + self.random.randrange(9), self.random.randrange(60)), self.zone)
        start = day + timedelta(days=self.random.randrange(1, 20))
        span = (start, start + timedelta(days=self.random.randrange(1, 60)))
        service = self.random.choice(self.services[category])
        dues = self._dues(category, service, span, sent) if self.now - sent < _LONGEST_WAIT else ()
        is_done = not dues or dues[0].due_at <= self.now or self.random.random() < 0.4
        decided_at = min(self.now, sent + timedelta(hours=self.random.randrange(4, 120))) if is_done else None
        owner = self.random.choice(self.owners)
        return _Made(uuid4(), uuid4(), owner, category, service, sent, span, dues, is_done, decided_at)

    def _dues(self, category: Category, service: str, span: tuple[date, date], sent: datetime) -> tuple[Deadline, ...]:
        """The deadlines the contract sets for such a request, the earliest first."""
        dates = {LineField.START_ON: span[0], LineField.END_ON: span[1]}
        is_inpatient = category is Category.INPATIENT
        draft = Draft(
            category,
            fields={
                CaseField.SERVICE_TYPE: service,
                CaseField.REQUEST_TYPE: self.request_type,
                CaseField.URGENCY: "standard",
                CaseField.ADMIT_ON: span[0] if is_inpatient else None,
            },
            stay=Stay(dates) if is_inpatient else None,
            lines=() if is_inpatient else (Line("1", CodeSystem.HCPCS, _PROCEDURES[0][0], values=dates),),
        )
        return due_dates(self.loaded.contract, draft, sent, self.calendar)

    def _request(self, made: _Made, status: str) -> None:
        days = _days_of(made.span)
        stay = (*made.span, days) if made.category is Category.INPATIENT else (None, None, None)
        due = (made.due.due_at, made.due.rule_id, made.due.reason) if made.due else (None, None, None)
        self.rows.requests.append(
            (made.request, made.case, 1, status, made.service, self.request_type, "standard",
             made.sent.date(), *stay, made.sent, *made.span, *due, *self._stay(made, days), made.decided_at)
        )  # fmt: skip
        state = "met" if made.is_done else "running"
        self.rows.deadlines += [
            (uuid4(), made.request, one.rule_id, self.loaded.release, one.calendar, json.dumps(kept(one.terms)),
             one.citation, one.reason, one.started_at, one.due_at, state, made.decided_at)
            for one in made.dues
        ]  # fmt: skip

    @staticmethod
    def _stay(made: _Made, days: int) -> tuple[str | None, int, date | None, date | None]:
        """What was certified of the stay of an inpatient request: all of it, or nothing yet."""
        if made.category is not Category.INPATIENT:
            return None, 0, None, None
        return ("approved", days, *made.span) if made.is_done else ("pending", 0, None, None)

    def _people(self, made: _Made) -> None:
        provider = made.owner.provider
        address = "\n".join(provider.address_lines)
        for role in ("requesting", "facility" if made.category is Category.INPATIENT else "servicing"):
            self.rows.providers.append(
                (uuid4(), made.case, role, provider.id, provider.name, provider.npi, provider.specialty or None,
                 provider.entity, address, provider.phone or None, provider.fax or None)
            )  # fmt: skip

    def _outcomes(self, made: _Made) -> list[str]:
        least = 0 if made.category is Category.INPATIENT else 1
        count = self.random.randrange(least, len(_PROCEDURES) + 1)
        return [self.random.choice(_OUTCOMES) if made.is_done else "pending" for _ in range(count)]

    def _clinical(self, made: _Made, outcomes: Sequence[str]) -> None:
        code, words = self.random.choice(_DIAGNOSES)
        self.rows.diagnoses.append((uuid4(), made.case, 1, "icd10cm", code, words))
        items = self.random.sample(_PROCEDURES, len(outcomes))
        for position, (outcome, (item, label)) in enumerate(zip(outcomes, items, strict=True), start=1):
            quantity = self.random.randrange(2, 13)
            approved = {"approved": quantity, "modified": quantity // 2}.get(outcome, 0)
            certified = made.span if approved else (None, None)
            self.rows.lines.append(
                (uuid4(), made.request, position, "hcpcs", item, label, [], *made.span,
                 _days_of(made.span), quantity, outcome, _REASONS.get(outcome), approved, 0, *certified)
            )  # fmt: skip

    def _told(self, made: _Made) -> None:
        who = (made.owner.user_id, made.owner.user_name)
        happened = [("draft_opened", made.sent - timedelta(minutes=12)), ("case_submitted", made.sent)]
        if self.random.random() < 0.3:
            written = made.sent + timedelta(hours=1)
            happened.append(("note_added", written))
            body = self.random.choice(_NOTES)
            self.rows.notes.append((uuid4(), made.case, made.request, self.note_kind, "external", body, *who, written))
        self.rows.events += [
            (uuid4(), made.case, made.request, None, kind, at, *who, "", True) for kind, at in happened
        ]

    def _decided(self, made: _Made, lines: Sequence[Sequence[Any]]) -> None:
        """What the reviewers did, in the order in which it must have happened."""
        if made.decided_at is None:
            return
        stay = [(None, "line_approved")] if made.category is Category.INPATIENT else []
        decided = [(line[0], f"line_{line[11]}") for line in lines]
        moves = [(None, "review_started"), *stay, *decided, (None, "request_completed"), (None, "case_completed")]
        self.rows.events += [
            (uuid4(), made.case, made.request, line_id, kind, made.decided_at, None, "Reviewer", "", True)
            for line_id, kind in moves
        ]


def _days_of(span: tuple[date, date]) -> int:
    """Days from the first to the last, both counted, as a person would enter them."""
    return (span[1] - span[0]).days + 1
