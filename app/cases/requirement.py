"""Asking whether care needs an authorization before a request is typed, and the proof of the answer.

Knows no page. The rules are the contract's; the answer is kept as it was given.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.casefile import member_card
from app.cases.draft_codes import Picked, find_picked
from app.cases.drafts import local_day
from app.cases.records import MemberCard
from app.cases.requirement_models import RequirementCheck
from app.cases.snapshot import member_facts
from app.directory import service as members
from app.directory.models import Member
from app.directory.queries import MemberCriteria
from app.domain import typed
from app.domain.access import Actor, Permission, may
from app.domain.authorization import Verdict, authorization_verdict, version_in_force
from app.domain.draft import Draft, Line
from app.domain.errors import FieldFault, Forbidden, Invalid, NotFound
from app.storage import audit
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import CaseField, Category, Fact, LineField

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RANDOM_LENGTH = 6
FACT_WORDS: Mapping[Fact, str] = {
    Fact.PLACE_OF_SERVICE: "place of service",
    Fact.MEMBER_AGE: "member",
    Fact.MEMBER_SEX: "member",
    Fact.MEMBER_PROGRAM: "member",
    Fact.LINE_CODE: "code",
    Fact.LINE_SYSTEM: "code",
}


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What was typed into the form."""

    category: str
    system: str
    code: str
    place: str
    service_on: str
    member_number: str

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Asked:
        """Read the form."""
        names = ("category", "system", "code", "place", "service_on", "member_number")
        return cls(*(form.get(name, "").strip() for name in names))


@dataclass(frozen=True, slots=True, repr=False)
class _Meant:
    draft: Draft
    line: Line | None
    on: date
    member_id: UUID | None


@dataclass(frozen=True, slots=True)
class CodeListRow:
    """A code list as the page shows it."""

    title: str
    version: str
    since: date | None
    until: date | None
    published_on: date
    codes: tuple[str, ...]
    is_in_force: bool


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """An answer as it was given, with who was meant."""

    row: RequirementCheck
    member: MemberCard | None


def check_requirement(
    session: Session, control: Session, loaded: LoadedContract, asked: Asked, *, actor: Actor, now: datetime
) -> RequirementCheck:
    """Answer whether care needs an authorization, and keep the answer under a reference number.

    Every fault of the form is told at once by Invalid. Raises Forbidden. Source: 42 CFR 431.80(b).
    """
    group_id = actor.current_group
    if group_id is None or not may(actor, Permission.REQUIREMENT_CHECK, group_id=group_id):
        raise Forbidden
    contract, today = loaded.contract, local_day(loaded.contract, now)
    meant = _meant(session, control, contract, asked, actor=actor, now=now)
    verdict = authorization_verdict(contract, meant.draft, meant.line, received_on=meant.on)
    row = RequirementCheck(
        reference=_reference(today),
        group_id=group_id,
        asked_by=actor.user_id,
        asked_by_name=actor.name,
        asked_at=now,
        category=meant.draft.category.value,
        system=meant.line.system.value if meant.line else "",
        code=meant.line.code if meant.line else "",
        description=meant.line.description if meant.line else "",
        place=asked.place,
        place_label=contract.catalogue.places[asked.place].label if asked.place else "",
        service_on=meant.on,
        member_id=meant.member_id,
        need=verdict.need.value,
        rule=verdict.rule,
        release=loaded.release,
        answer=_answer(contract, verdict),
    )
    session.add(row)
    _leave_trail(session, "requirement:check", row, actor=actor, now=now)
    session.flush()
    return row


def open_proof(session: Session, contract: Contract, reference: str, *, actor: Actor, now: datetime) -> Proof:
    """An answer that was given to one of the actor's groups; the reading is audited. Raises NotFound."""
    row = session.scalar(select(RequirementCheck).where(RequirementCheck.reference == reference.upper()))
    if row is None or row.group_id not in actor.group_ids:
        raise NotFound
    _leave_trail(session, "requirement:read", row, actor=actor, now=now)
    member = session.get(Member, row.member_id) if row.member_id else None
    return Proof(row, member_card(contract, member, today=local_day(contract, now)) if member else None)


def code_lists(contract: Contract, *, on: date) -> tuple[CodeListRow, ...]:
    """Every version of every code list, the newest first, and which of them are in force on the day."""
    rows: list[CodeListRow] = []
    for one in contract.requirement.lists.values():
        current = version_in_force(one, on)
        for name, kept in sorted(one.versions.items(), key=lambda item: item[1].published_on, reverse=True):
            is_current = current is not None and current[0] == name
            rows.append(
                CodeListRow(one.title, name, kept.from_on, kept.until_on, kept.published_on, kept.codes, is_current)
            )
    return tuple(rows)


def _leave_trail(session: Session, action: str, row: RequirementCheck, *, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="member" if row.member_id else "requirement",
        object_id=row.member_id or row.reference,
        detail={"reference": row.reference, "need": row.need},
        now=now,
    )


def _meant(
    session: Session, control: Session, contract: Contract, asked: Asked, *, actor: Actor, now: datetime
) -> _Meant:
    """What was typed as the rules see it. Raises Invalid with every fault."""
    faults: list[FieldFault] = []
    category = _category(contract, asked.category, faults)
    on = _day(asked.service_on, faults)
    line = _line(control, contract, asked, category, on or local_day(contract, now), faults)
    _place(contract, asked.place, faults)
    member = _member(session, contract, asked.member_number, faults, actor=actor, now=now)
    if faults or category is None or on is None:
        raise Invalid(tuple(faults))
    return _Meant(_draft(asked, category, line, member, on), line, on, member.id if member else None)


def _category(contract: Contract, word: str, faults: list[FieldFault]) -> Category | None:
    found = next((one for one in contract.intake.categories if one.value == word), None)
    if found is None:
        faults.append(FieldFault("category", f"Choose the {contract.intake.wording.category_label}."))
    return found


def _day(raw: str, faults: list[FieldFault]) -> date | None:
    if not raw:
        faults.append(FieldFault("service_on", "Enter the date of service."))
        return None
    try:
        return typed.day(raw)
    except typed.Unreadable as reason:
        faults.append(FieldFault("service_on", f"Enter the date of service {reason.how}."))
        return None


def _place(contract: Contract, word: str, faults: list[FieldFault]) -> None:
    if word and word not in contract.catalogue.places:
        faults.append(FieldFault("place", "Choose a place of service from the list."))


def _line(
    control: Session,
    contract: Contract,
    asked: Asked,
    category: Category | None,
    on: date,
    faults: list[FieldFault],
) -> Line | None:
    """The code as a line; a stay may be asked for without one."""
    if not asked.code:
        if category is not Category.INPATIENT:
            faults.append(FieldFault("code", "Enter the procedure code."))
        return None
    rule = contract.intake.procedures
    wanted = next((one for one in rule.systems if one.value == asked.system), rule.systems[0])
    hit = find_picked(control, rule, Picked(wanted, asked.code.upper()), on)
    if isinstance(hit, str):
        faults.append(FieldFault("code", hit))
        return None
    return Line("asked", *hit, {LineField.START_ON: on})


def _member(
    session: Session, contract: Contract, number: str, faults: list[FieldFault], *, actor: Actor, now: datetime
) -> Member | None:
    if not number:
        return None
    found = members.search_members(session, contract, MemberCriteria(member_number=number), actor=actor, now=now)
    if not found.members:
        faults.append(FieldFault("member_number", contract.members.not_found))
        return None
    return found.members[0]


def _draft(asked: Asked, category: Category, line: Line | None, member: Member | None, on: date) -> Draft:
    return Draft(
        category=category,
        member=member_facts(member, on) if member else None,
        fields={CaseField.PLACE_OF_SERVICE: asked.place or None},
        lines=(line,) if line else (),
    )


def _answer(contract: Contract, verdict: Verdict) -> dict[str, object]:
    listing = verdict.listing
    return {
        "text": verdict.text,
        "citation": verdict.citation,
        "caution": contract.requirement.caution,
        "missing": sorted({FACT_WORDS.get(fact, fact.value) for fact in verdict.missing}),
        "list": listing.title if listing else "",
        "version": listing.version if listing else "",
        "since": typed.day_shown(listing.since) if listing and listing.since else "",
        "published_on": typed.day_shown(listing.published_on) if listing else "",
    }


def _reference(today: date) -> str:
    """A number people can read aloud: the day and six letters that cannot be guessed or mistaken."""
    return f"AR{today:%y%m%d}" + "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM_LENGTH))
