"""Looking members up and adding one who has no ID yet; each look at health data leaves its mark in the audit trail.

Must not know pages. Providers and codes hold no health data and are read through ``queries``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.directory import queries
from app.directory.folding import identifier_key, name_key, name_parts
from app.directory.member_form import read_temporary_member
from app.directory.models import Member, Provider, TemporaryMemberDay
from app.directory.queries import MemberCriteria
from app.domain import numbering
from app.domain.access import Actor, Permission, may
from app.domain.errors import Closed, FieldFault, Forbidden, Invalid
from app.storage import audit
from tenancy.contract import Contract
from tenancy.vocabulary import Feature, MemberField

_SAME_CLICK = timedelta(minutes=5)
NO_TEMPORARY = "Under this contract a person needs an ID before a request can be made."


@dataclass(frozen=True, slots=True, repr=False)
class MembersFound:
    """A page of the members found, and how many there are."""

    members: tuple[Member, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TemporaryMember:
    """A temporary member that was added; ``is_new`` is False when the same person was there already."""

    id: UUID
    member_number: str
    is_new: bool = True


def search_members(
    session: Session,
    contract: Contract,
    criteria: MemberCriteria,
    *,
    offset: int = 0,
    limit: int = 10,
    actor: Actor,
    now: datetime,
) -> MembersFound:
    """Find members by ID, or by last name together with birth date (CONS-01, SRCH-04); audited.

    Raises Invalid in the contract's words when neither is complete, Forbidden without the permission. The trail
    keeps by what was searched and who was shown, never what was typed.
    """
    _must(actor, Permission.MEMBER_SEARCH)
    if criteria.missing:
        raise Invalid(tuple(FieldFault(field, contract.members.search_rule) for field in criteria.missing))
    members, total = queries.find_members(session, criteria, offset=offset, limit=limit)
    audit.record(
        session,
        actor=actor,
        action="member:search",
        object_type="member",
        object_id=None,
        result="ok" if total else "none",
        detail={
            "by": "member_number" if criteria.is_by_number else "last_name and birth_date",
            "total": str(total),
            "shown": " ".join(str(member.id) for member in members[:25]),
        },
        now=now,
    )
    return MembersFound(members, total)


def open_member(session: Session, member_id: UUID, *, actor: Actor, now: datetime) -> Member:
    """The member with programmes and dates (CONS-10); audited. Raises NotFound, Forbidden."""
    _must(actor, Permission.MEMBER_READ)
    member = queries.get_member(session, member_id)
    _record(session, "member:read", member.id, actor, now)
    return member


def create_temporary_member(
    session: Session,
    contract: Contract,
    typed: Mapping[str, str],
    *,
    facility: Provider | None = None,
    actor: Actor,
    now: datetime,
) -> TemporaryMember:
    """Add a person who has no ID yet, under an ID of the documented form (TMP-01, TMP-02, TMP-04); audited.

    ``typed`` is the contract's form by field name; with ``facility`` its address stands for the member's. A
    second click on the same form finds the temporary member it made just before instead of adding a twin. Raises
    Closed where the contract has no temporary members, Invalid with every fault, Forbidden.
    """
    _must(actor, Permission.MEMBER_ADD_TEMPORARY)
    if not contract.features.get(Feature.TEMPORARY_MEMBER, False):
        raise Closed(NO_TEMPORARY)
    today = now.astimezone(ZoneInfo(contract.identity.time_zone)).date()
    values = read_temporary_member(contract, typed, today=today, facility_address=_address_of(facility))
    day = _locked_day(session, today)
    twin = _twin(session, values, since=now - _SAME_CLICK)
    if twin is not None:
        return TemporaryMember(twin.id, twin.member_number, is_new=False)
    day.last += 1
    number = numbering.temporary_member_number(contract.identity.client_code, today, day.last)
    member = _temporary(values, number, now)
    session.add(member)
    session.flush()
    _record(session, "member:add_temporary", member.id, actor, now)
    return TemporaryMember(member.id, number)


def _must(actor: Actor, permission: Permission) -> None:
    if not may(actor, permission):
        raise Forbidden


def _address_of(facility: Provider | None) -> dict[MemberField, str] | None:
    if facility is None:
        return None
    return {
        MemberField.ADDRESS_1: facility.address_1,
        MemberField.ADDRESS_2: facility.address_2,
        MemberField.CITY: facility.city,
        MemberField.STATE: facility.state,
        MemberField.POSTAL_CODE: facility.postal_code,
    }


def _locked_day(session: Session, today: date) -> TemporaryMemberDay:
    """The day's row, locked to the end of the transaction: the next number is given once."""
    session.execute(insert(TemporaryMemberDay).values(day=today, last=-1).on_conflict_do_nothing())
    statement = select(TemporaryMemberDay).where(TemporaryMemberDay.day == today).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _twin(session: Session, values: Mapping[MemberField, str | date], *, since: datetime) -> Member | None:
    """The same form sent twice within minutes: every value alike."""
    same = [getattr(Member, field.value) == value for field, value in values.items()]
    return session.scalars(
        select(Member).where(Member.is_temporary, Member.created_at >= since, *same).limit(1)
    ).first()


def _temporary(values: Mapping[MemberField, str | date], number: str, now: datetime) -> Member:
    last_name = str(values[MemberField.LAST_NAME])
    return Member(
        **{field.value: value for field, value in values.items()},
        member_number=number,
        member_number_key=identifier_key(number),
        is_temporary=True,
        last_name_key=name_key(last_name),
        last_name_parts=name_parts(last_name),
        created_at=now.astimezone(UTC),
    )


def _record(session: Session, action: str, member_id: UUID, actor: Actor, now: datetime) -> None:
    audit.record(session, actor=actor, action=action, object_type="member", object_id=member_id, now=now)
