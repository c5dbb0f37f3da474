"""Made-up cases in quantity, the same for the same seed: for the demo's lists and for measuring under load.

Rows are loaded by COPY in the caller's transaction and follow every law of the tables. What differs between
tenants comes from the contract. Must not know which tenant it fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case, CaseEvent, CaseProvider, Diagnosis, ProcedureLine, Request
from app.directory.models import Member, Provider
from app.domain.numbering import case_id
from app.storage.db import copy_rows
from app.storage.numbers import take_case_sequences
from tenancy.loader import LoadedContract
from tenancy.vocabulary import Category

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
_BATCH = 5_000


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
    providers: list[tuple[Any, ...]] = field(default_factory=list)
    diagnoses: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)


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
            "id", "case_id", "sequence", "status", "service_type", "request_type", "urgency", "start_on", "end_on",
            "duration", "submitted_at", "service_from", "service_until",
        ),
    ),
    "providers": (CaseProvider, ("id", "case_id", "role", "provider_id", "name", "npi", "kind", "address")),
    "diagnoses": (Diagnosis, ("id", "case_id", "position", "system", "code", "description")),
    "lines": (
        ProcedureLine,
        (
            "id", "request_id", "position", "system", "code", "description", "modifiers", "start_on", "end_on",
            "duration", "quantity", "certify_status", "units_approved", "units_used",
        ),
    ),
    "events": (CaseEvent, ("id", "case_id", "kind", "happened_at", "actor_id", "actor_name", "detail", "is_shown")),
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
    """Add made-up cases spread over the last ``days`` days; every fourth is still waiting for its decision."""
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


def _flush(session: Session, maker: _Maker) -> None:
    for name, (model, columns) in _COLUMNS.items():
        copy_rows(session, model, columns, getattr(maker.rows, name))
    maker.rows = _Rows()


class _Maker:
    """Makes the rows of one case after another."""

    def __init__(
        self, session: Session, loaded: LoadedContract, owners: Sequence[Owner], *, now: datetime, random: Random
    ) -> None:
        self.loaded, self.owners, self.random = loaded, owners, random
        self.zone = ZoneInfo(loaded.contract.identity.time_zone)
        self.today = now.astimezone(self.zone).date()
        self.members = session.scalars(select(Member.id).order_by(Member.member_number_key).limit(5_000)).all()
        self.services = {
            category: [
                word for word, service in loaded.contract.catalogue.services.items() if category in service.categories
            ]
            for category in Category
        }
        self.request_type = next(iter(loaded.contract.intake.request_types))
        self.rows = _Rows()

    def add(self, day: date, number: str) -> None:
        """One case submitted on a day, with its request, providers, diagnosis, lines and events."""
        category = self.random.choice([one for one in Category if self.services[one]])
        is_done = self.random.random() < 0.75
        sent = datetime.combine(day, time(8 + self.random.randrange(9), self.random.randrange(60)), self.zone)
        case_, request, owner = uuid4(), uuid4(), self.random.choice(self.owners)
        status = "completed" if is_done else "submitted"
        who = (owner.user_id, owner.user_name)
        is_inpatient = category is Category.INPATIENT
        outcomes = self._outcomes(is_done=is_done, least=0 if is_inpatient else 1)
        authorization = f"9{number}" if is_done and any(one != "denied" for one in outcomes) else None
        self.rows.cases.append(
            (case_, number, category.value, status, owner.group_id, self.random.choice(self.members), *who,
             sent - timedelta(minutes=12), *who, sent, owner.user_id, sent, self.loaded.release, 5, authorization)
        )  # fmt: skip
        start = day + timedelta(days=self.random.randrange(1, 20))
        end = start + timedelta(days=self.random.randrange(1, 60))
        stay = (start, end, (end - start).days) if is_inpatient else (None, None, None)
        service = self.random.choice(self.services[category])
        self.rows.requests.append(
            (request, case_, 1, status, service, self.request_type, "standard", *stay, sent, start, end)
        )
        self._people(case_, owner, is_inpatient=is_inpatient)
        self._clinical(case_, request, (start, end), outcomes)
        for kind, at in (("draft_opened", sent - timedelta(minutes=12)), ("case_submitted", sent)):
            self.rows.events.append((uuid4(), case_, kind, at, owner.user_id, owner.user_name, "", True))

    def _people(self, case_: UUID, owner: Owner, *, is_inpatient: bool) -> None:
        provider = owner.provider
        address = ", ".join(provider.address_lines)
        for role in ("requesting", "facility" if is_inpatient else "servicing"):
            self.rows.providers.append(
                (uuid4(), case_, role, provider.id, provider.name, provider.npi, provider.entity, address)
            )

    def _outcomes(self, *, is_done: bool, least: int) -> list[str]:
        count = self.random.randrange(least, len(_PROCEDURES) + 1)
        return [self.random.choice(_OUTCOMES) if is_done else "pending" for _ in range(count)]

    def _clinical(self, case_: UUID, request: UUID, span: tuple[date, date], outcomes: Sequence[str]) -> None:
        code, words = self.random.choice(_DIAGNOSES)
        self.rows.diagnoses.append((uuid4(), case_, 1, "icd10cm", code, words))
        items = self.random.sample(_PROCEDURES, len(outcomes))
        for position, (outcome, (item, label)) in enumerate(zip(outcomes, items, strict=True), start=1):
            quantity = self.random.randrange(1, 13)
            approved = quantity if outcome in ("approved", "modified") else 0
            self.rows.lines.append(
                (uuid4(), request, position, "hcpcs", item, label, [], *span, (span[1] - span[0]).days, quantity,
                 outcome, approved, 0)
            )  # fmt: skip
