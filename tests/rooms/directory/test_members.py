"""Members are found as people spell them, opened with a trace, and added under an ID of the documented form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory import service
from app.directory.models import Member, MemberEligibility
from app.directory.queries import MemberCriteria, find_member_by_number, find_members, get_member
from app.domain.errors import Closed, Forbidden, Invalid, NotFound
from app.storage.db import Databases
from app.storage.models import AuditEvent
from tenancy.contract import Contract
from tenancy.vocabulary import Feature
from tests.builders import shipped
from tests.rooms.directory.conftest import NOW, SLUG, STAFF, STRANGER, member, provider

BORN = date(1948, 7, 3)
Form = Callable[..., dict[str, str]]


def allowing() -> Contract:
    """A contract with temporary members."""
    contract = shipped(SLUG)
    return replace(contract, features={**contract.features, Feature.TEMPORARY_MEMBER: True})


@pytest.fixture
def session(databases: Databases) -> Iterator[Session]:
    """A Session in one tenant with a few members."""
    with databases.app.session(SLUG) as session:
        session.add_all(
            [
                member("Rosa", "Núñez-Delgado", BORN, member_number="MSE 0012-345"),
                member("Pat", "O'Rourke", BORN, suffix="Jr."),
                member("Jordan", "Ellison", BORN),
                member("Jamie", "Ellison", BORN),
                member("Ana", "Ellison", date(1949, 7, 3)),
            ]
        )
        session.flush()
        yield session


def named(session: Session, last_name: str, born: date | None = BORN) -> list[str]:
    """Given names of those found."""
    return [row.first_name for row in find_members(session, MemberCriteria(last_name=last_name, birth_date=born))[0]]


@pytest.mark.parametrize(
    "typed",
    ["Núñez-Delgado", "nunez delgado", "NUNEZDELGADO", "Nun\u0303ez", "delgado", "  Delgado ", "nún̈ez-delgado jr"],
)
def test_a_double_name_is_found_whole_or_by_its_parts_however_it_is_spelt(session: Session, typed: str) -> None:
    assert named(session, typed) == ["Rosa"]


@pytest.mark.parametrize("typed", ["O'Rourke", "orourke", "O’ROURKE", "o'rourke jr."])
def test_an_apostrophe_and_a_suffix_do_not_matter(session: Session, typed: str) -> None:
    assert named(session, typed) == ["Pat"]


def test_two_people_of_one_name_and_birth_date_are_both_shown(session: Session) -> None:
    assert named(session, "ellison") == ["Jamie", "Jordan"]
    page, total = find_members(session, MemberCriteria(last_name="ellison", birth_date=BORN), offset=1, limit=1)
    assert ([row.first_name for row in page], total) == (["Jordan"], 2)


def test_a_name_or_a_date_alone_finds_nobody(session: Session) -> None:
    assert named(session, "ellison", None) == []
    assert named(session, "", BORN) == []
    assert named(session, "Elli", BORN) == []


@pytest.mark.parametrize("typed", ["MSE 0012-345", "mse0012345", " mse-0012 345"])
def test_an_id_is_found_however_it_is_spaced(session: Session, typed: str) -> None:
    found = find_member_by_number(session, typed)
    assert found is not None
    assert found.first_name == "Rosa"
    assert find_members(session, MemberCriteria(member_number=typed, last_name="somebody else"))[1] == 1


def test_an_id_nobody_has_finds_nobody(session: Session) -> None:
    assert find_member_by_number(session, "MSE") is None
    assert find_member_by_number(session, " - ") is None
    assert find_members(session, MemberCriteria(member_number="9")) == ((), 0)


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        (MemberCriteria(), "member_number"),
        (MemberCriteria(last_name="Ellison"), "birth_date"),
        (MemberCriteria(birth_date=BORN), "last_name"),
        (MemberCriteria(last_name="--", birth_date=BORN), "last_name"),
    ],
)
def test_it_refuses_an_incomplete_search_in_the_contracts_words(
    session: Session, criteria: MemberCriteria, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        service.search_members(session, shipped(SLUG), criteria, actor=STAFF, now=NOW)
    assert [(fault.field, fault.message) for fault in refused.value.faults] == [
        (field, shipped(SLUG).members.search_rule)
    ]


def test_every_search_and_every_view_leaves_one_trace_without_what_was_typed(session: Session) -> None:
    criteria = MemberCriteria(last_name="Nunez", birth_date=BORN)
    found = service.search_members(session, shipped(SLUG), criteria, actor=STAFF, now=NOW)
    opened = service.open_member(session, found.members[0].id, actor=STAFF, now=NOW)
    session.commit()
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.action.desc())).all()
    assert [(event.action, event.result) for event in events] == [("member:search", "ok"), ("member:read", "ok")]
    assert events[0].detail == {"by": "last_name and birth_date", "total": "1", "shown": str(opened.id)}
    assert events[1].object_id == str(opened.id)
    assert not [event for event in events if "unez" in str(event.detail).casefold()]


def test_a_search_that_finds_nobody_leaves_a_trace_too(session: Session) -> None:
    service.search_members(session, shipped(SLUG), MemberCriteria(member_number="9"), actor=STAFF, now=NOW)
    session.commit()
    assert session.scalars(select(AuditEvent.result)).all() == ["none"]


def test_who_has_no_group_may_neither_search_nor_open_nor_add(session: Session, form: Form) -> None:
    with pytest.raises(Forbidden):
        service.search_members(session, shipped(SLUG), MemberCriteria(), actor=STRANGER, now=NOW)
    with pytest.raises(Forbidden):
        service.open_member(session, uuid4(), actor=STRANGER, now=NOW)
    with pytest.raises(Forbidden):
        service.create_temporary_member(session, allowing(), form(), actor=STRANGER, now=NOW)


def test_a_member_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        service.open_member(session, uuid4(), actor=STAFF, now=NOW)


def test_a_member_comes_with_programmes_the_latest_first(session: Session) -> None:
    rosa = find_member_by_number(session, "MSE0012345")
    assert rosa is not None
    session.add_all(
        [
            MemberEligibility(member_id=rosa.id, program="plan", starts_on=date(2020, 1, 1), ends_on=date(2022, 1, 1)),
            MemberEligibility(member_id=rosa.id, program="plan", starts_on=date(2024, 1, 1)),
        ]
    )
    session.flush()
    session.expire_all()
    assert [span.ends_on for span in get_member(session, rosa.id).eligibility] == [None, date(2022, 1, 1)]


def test_a_record_of_a_person_never_shows_the_person_in_its_repr(session: Session) -> None:
    rosa = find_member_by_number(session, "MSE0012345")
    assert "Rosa" not in repr(rosa)
    assert "Rosa" not in repr(MemberCriteria(last_name="Rosa"))


# ------------------------------------------------------------------ temporary members


def test_a_temporary_member_gets_the_documented_id_and_can_be_found(session: Session, form: Form) -> None:
    contract = allowing()
    made = service.create_temporary_member(session, contract, form(), actor=STAFF, now=NOW)
    assert made.member_number == f"TEMP{contract.identity.client_code}2026112200000"
    found = find_members(session, MemberCriteria(last_name="nunez", birth_date=date(1996, 4, 12)))[0]
    assert [(row.id, row.is_temporary, row.full_name) for row in found] == [(made.id, True, "Ryan Núñez")]
    session.commit()
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "member:add_temporary")).one()
    assert event.object_id == str(made.id)


def test_the_day_in_the_id_is_the_contracts_own(session: Session, form: Form) -> None:
    late = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)  # still the evening of the 22nd in the contract's zone
    made = service.create_temporary_member(session, allowing(), form(), actor=STAFF, now=late)
    assert made.member_number[9:17] == "20261122"


def test_the_sequence_counts_a_day_and_starts_anew_on_the_next(session: Session, form: Form) -> None:
    def made(name: str, now: datetime) -> str:
        return service.create_temporary_member(
            session, allowing(), form(first_name=name), actor=STAFF, now=now
        ).member_number[-13:]

    assert [made("Ann", NOW), made("Bob", NOW)] == ["2026112200000", "2026112200001"]
    assert made("Ann", NOW + timedelta(days=1)) == "2026112300000"


def test_a_second_click_finds_the_member_of_the_first(session: Session, form: Form) -> None:
    first = service.create_temporary_member(session, allowing(), form(), actor=STAFF, now=NOW)
    again = service.create_temporary_member(session, allowing(), form(), actor=STAFF, now=NOW + timedelta(seconds=20))
    other = service.create_temporary_member(session, allowing(), form(first_name="Reya"), actor=STAFF, now=NOW)
    assert (again.id, again.is_new) == (first.id, False)
    assert other.id != first.id
    assert other.is_new


def test_the_facilitys_address_is_copied_when_asked(session: Session, form: Form) -> None:
    clinic = provider("Clinic", "1234567893", address_1="1 Way", city="Town", state="MS", postal_code="39299")
    session.add(clinic)
    session.flush()
    made = service.create_temporary_member(
        session, allowing(), form(address_1="", city=""), facility=clinic, actor=STAFF, now=NOW
    )
    assert get_member(session, made.id).address_lines == ("1 Way", "Town, MS 39299")


def test_a_contract_without_temporary_members_refuses_and_an_empty_form_is_told(session: Session, form: Form) -> None:
    contract = shipped(SLUG)
    without = replace(contract, features={**contract.features, Feature.TEMPORARY_MEMBER: False})
    with pytest.raises(Closed):
        service.create_temporary_member(session, without, form(), actor=STAFF, now=NOW)
    with pytest.raises(Invalid):
        service.create_temporary_member(session, allowing(), {}, actor=STAFF, now=NOW)


@pytest.mark.commits
def test_people_added_at_the_same_moment_get_different_ids(databases: Databases, form: Form) -> None:
    def add(number: int) -> str:
        with databases.app.session(SLUG) as session:
            typed = form(first_name=f"Person {chr(65 + number)}")
            made = service.create_temporary_member(session, allowing(), typed, actor=STAFF, now=NOW)
            session.commit()
            return made.member_number

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(add, range(18)))
    assert [int(number[-5:]) for number in numbers] == list(range(18))


@pytest.mark.commits
def test_one_form_sent_many_times_at_once_makes_one_person(databases: Databases, form: Form) -> None:
    def add(_: int) -> str:
        with databases.app.session(SLUG) as session:
            made = service.create_temporary_member(session, allowing(), form(), actor=STAFF, now=NOW)
            session.commit()
            return made.member_number

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(add, range(12)))) == 1
    with databases.app.session(SLUG) as session:
        assert len(session.scalars(select(Member.id)).all()) == 1
