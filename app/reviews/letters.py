"""Which letter a decision or a question calls for, and the facts it is written from. Knows no page and no carrier.

Letters are written by the worker, from the rows the act left behind: a decision never waits for a printer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import UserAccount
from app.cases.clock_models import InformationRequest
from app.cases.models import Case, CaseProvider, ProcedureLine, Request
from app.domain.access import SYSTEM
from app.domain.calendars import BusinessCalendar, business_calendar
from app.domain.clock import moment
from app.domain.fields import service_label
from app.domain.lifecycle import LineStatus, RequestStatus
from app.domain.typed import day_shown
from app.domain.windows import rights_after, until
from app.domain.wording import counted
from app.notices.letter_content import LetterFacts, LetterLine, LetterRight
from app.notices.letters import LetterRecord, issue_letter
from app.reviews.desk import WRITE, Decidable
from app.reviews.determinations import ADVERSE, INITIAL, asked_units, outcomes_of
from app.reviews.models import Determination
from app.reviews.reopenings import RECONSIDERATION
from app.storage.files import FileStore
from app.storage.outbox import DueRow, Handler, Undeliverable
from tenancy.contract import Contract
from tenancy.scope import TenantSession
from tenancy.vocabulary import Decision, Event, LetterKind

GRANTED = frozenset({LineStatus.APPROVED, LineStatus.MODIFIED})
OUTCOME_WORDS = {
    LineStatus.APPROVED: "Approved",
    LineStatus.MODIFIED: "Approved in part",
    LineStatus.DENIED: "Not approved",
    LineStatus.VOID: "Closed",
}


def letter_handlers(files: FileStore) -> dict[str, Handler]:
    """The handler that writes letters, by kind of outbox row."""

    def write(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        """Write the letter that the act calls for, once; nothing where it calls for none."""
        event, occasion = Event(str(row.payload["event"])), UUID(str(row.payload["occasion"]))
        request = session.get(Request, UUID(str(row.payload["request_id"])))
        if request is None:
            raise Undeliverable("the request is gone")
        bound = cast("TenantSession", session)
        if event is Event.INFORMATION_REQUESTED:
            write_question(bound, contract, files, request, occasion, now=now)
        else:
            write_decision(bound, contract, files, request, occasion, now=now)

    return {WRITE: write}


def write_decision(
    session: TenantSession, contract: Contract, files: FileStore, request: Request, act_id: UUID, *, now: datetime
) -> LetterRecord | None:
    """The letter about a request that an act of deciding completed (42 CFR 431.210, 431.80(a)); None while it is open.

    It tells the outcome of every line, each reason with the criterion and what would change the decision, and every
    right with its last moment.
    """
    statement = select(Determination).where(Determination.request_id == request.id).order_by(Determination.decided_at)
    made = session.scalars(statement).all()
    if request.status != RequestStatus.COMPLETED or not made or made[-1].act_id != act_id:
        return None
    about = Decided.of(contract, request, made)
    facts = replace(
        _addressed(session, contract, request, about.kind),
        rights=about.rights(now),
        lines=tuple(about.line(part) for part in about.parts),
        values=about.values(),
    )
    return issue_letter(session, contract, files, facts, key=f"decision:{act_id}", actor=SYSTEM, now=now)


def write_question(
    session: TenantSession, contract: Contract, files: FileStore, request: Request, asked_id: UUID, *, now: datetime
) -> LetterRecord | None:
    """The letter that asks the provider for what is missing; None when the question is not open any more."""
    asked = session.get(InformationRequest, asked_id)
    if asked is None or asked.state != "open":
        return None
    calendar = business_calendar(contract)
    wanted = [str(item[0]) for item in asked.items] + ([asked.message] if asked.message else [])
    values = {
        **_values(contract, request),
        "wanted": "; ".join(wanted),
        "respond_by": moment(asked.due_at, calendar),
    }
    facts = replace(_addressed(session, contract, request, LetterKind.INFORMATION_REQUEST), values=values)
    return issue_letter(session, contract, files, facts, key=f"question:{asked_id}", actor=SYSTEM, now=now)


@dataclass(frozen=True, slots=True)
class Decided:
    """A completed request, its parts, and the latest determination of each."""

    contract: Contract
    request: Request
    made: tuple[Determination, ...]
    parts: tuple[Decidable, ...]
    latest: Mapping[UUID | None, Determination]

    @classmethod
    def of(cls, contract: Contract, request: Request, made: Sequence[Determination]) -> Decided:
        """From its determinations, the oldest first."""
        stay = (request,) if request.certify_status else ()
        latest = {row.line_id: row for row in made if row.decision != Decision.PEND}
        return cls(contract, request, tuple(made), (*stay, *request.lines), latest)

    @property
    def kind(self) -> LetterKind:
        """The letter these outcomes call for: by another look, an extension, or all, part or nothing granted."""
        standing = {LineStatus(str(part.certify_status)) for part in self.parts}
        granted = standing & GRANTED
        if self.made[-1].round == RECONSIDERATION:
            earlier = outcomes_of([row for row in self.made if row.round == INITIAL])
            is_same = not granted or outcomes_of(self.made) == earlier
            return LetterKind.RECONSIDERATION_UPHELD if is_same else LetterKind.RECONSIDERATION_OVERTURNED
        if standing == {LineStatus.VOID}:
            return LetterKind.VOID
        if not granted:
            return LetterKind.DENIAL
        if standing != {LineStatus.APPROVED}:
            return LetterKind.PARTIAL_APPROVAL
        is_extension = self.request.sequence > 1 and self.request.revision_id is None
        return LetterKind.EXTENSION_APPROVAL if is_extension else LetterKind.INITIAL_APPROVAL

    def values(self) -> dict[str, str | None]:
        """What fills the contract's wording."""
        spans = [(part.certified_start_on, part.certified_end_on) for part in self.parts]
        starts = [start for start, _ in spans if start]
        ends = [end for _, end in spans if end]
        decided_on = business_calendar(self.contract).local_day(self.made[-1].decided_at)
        reasons = dict.fromkeys(
            row.reason_text for row in self.latest.values() if row.decision in (*ADVERSE, Decision.VOID)
        )
        return {
            **_values(self.contract, self.request),
            "start_on": day_shown(min(starts, default=decided_on)),
            "end_on": day_shown(max(ends)) if ends else None,
            "authorization_number": self.request.case.authorization_number,
            "reason": " ".join(reason for reason in reasons if reason),
        }

    def line(self, part: Decidable) -> LetterLine:
        """A part as the letter's table shows it."""
        row = self.latest.get(part.id if isinstance(part, ProcedureLine) else None)
        status = LineStatus(str(part.certify_status))
        name = f"{part.code} {part.description}" if isinstance(part, ProcedureLine) else "Length of stay"
        return LetterLine(
            service=name.strip(),
            asked=_amount(asked_units(part), part.start_on, part.end_on),
            decision=OUTCOME_WORDS.get(status, "Open"),
            approved=_amount(part.units_approved, part.certified_start_on, part.certified_end_on)
            if status in GRANTED
            else "Nothing",
            reason=_explained(row) if row is not None and status is not LineStatus.APPROVED else "",
        )

    def rights(self, now: datetime) -> tuple[LetterRight, ...]:
        """Every right the outcomes open, with its last moment; it runs from this letter where the contract says so."""
        calendar: BusinessCalendar = business_calendar(self.contract)
        open_now = rights_after(
            self.contract,
            outcomes_of(self.made),
            decided_at=self.made[-1].decided_at,
            letter_at=now,
            calendar=calendar,
        )
        described = self.contract.rights
        return tuple(
            LetterRight(
                label=described[name].label,
                text=described[name].text,
                until=until(shown, calendar).removeprefix("until ") if shown.closes_at else "",
                supply=described[name].supply,
                address=described[name].address,
                citation=described[name].citation,
            )
            for name, shown in open_now.items()
        )


def _explained(row: Determination) -> str:
    parts = [row.reason_text]
    if row.criterion:
        parts.append(f"Criterion not met: {row.criterion}")
    if row.change:
        parts.append(f"What would change this decision: {row.change}")
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _amount(units: int | None, start: object, end: object) -> str:
    shown = [counted(units, "unit")] if units else []
    if start and end:
        shown.append(f"{start:%m/%d/%Y} – {end:%m/%d/%Y}")
    return ", ".join(shown) or "–"


def _values(contract: Contract, request: Request) -> dict[str, str | None]:
    case, service = request.case, contract.catalogue.services.get(request.service_type or "")
    asking = _asking(case)
    phones = [contact.phone for contact in contract.support.contacts.values() if contact.phone]
    return {
        "service": service_label(service) if service else "the care asked for",
        "member_name": case.member.full_name,
        "member_number": case.member.member_number,
        "provider_name": asking.name if asking else None,
        "authorization_number": case.authorization_number,
        "contact_phone": phones[0] if phones else None,
    }


def _addressed(session: TenantSession, contract: Contract, request: Request, kind: LetterKind) -> LetterFacts:
    """To whom and about whom; what it says is filled in by the caller.

    The fax goes to the number on the case, else to the one the submitter registered for letters (REG-12, LTR-06).
    """
    case, asking = request.case, _asking(request.case)
    member = case.member
    lines = (asking.name, *asking.address.splitlines()) if asking else ("The requesting provider",)
    service = contract.catalogue.services.get(request.service_type or "")
    about = [
        ("Member", member.full_name),
        ("Member ID", member.member_number),
        ("Birth date", day_shown(member.birth_date)),
        ("Case ID", case.number or ""),
        ("Request", request.label),
    ]
    if service:
        about.append(("Service", service_label(service)))
    return LetterFacts(
        kind=kind,
        case_id=case.id,
        request_id=request.id,
        case_number=case.number or "",
        request_label=request.label,
        recipient=lines,
        about=tuple(about),
        fax=(asking.fax if asking else None) or _registered_fax(session, case),
    )


def _registered_fax(session: TenantSession, case: Case) -> str | None:
    submitter = session.get(UserAccount, case.submitted_by) if case.submitted_by else None
    return submitter.fax or None if submitter else None


def _asking(case: Case) -> CaseProvider | None:
    return next((row for row in case.providers if row.role == "requesting"), None)
