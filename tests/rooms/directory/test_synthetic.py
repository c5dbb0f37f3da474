"""Made-up people are many, varied, the same for the same seed, and shaped by the contract alone."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.directory.demo_people import DEMO_MEMBERS, DEMO_PROVIDERS
from app.directory.models import Member, MemberEligibility, Provider
from app.directory.queries import MemberCriteria, find_members, search_providers
from app.directory.synthetic import fill_tenant
from app.domain.numbering import is_npi
from tenancy.contract import Contract
from tenancy.scope import TenantSession
from tests.builders import shipped
from tests.fourth import SHIPPED, every_state
from tests.rooms.directory.conftest import NOW

TODAY = date(2026, 11, 22)
Opener = Callable[[str], TenantSession]


def mask(text: str) -> re.Pattern[str]:
    """The pattern of a mask."""
    return re.compile("".join({"#": r"\d", "@": "[A-Z]"}.get(sign, re.escape(sign)) for sign in text))


@pytest.mark.parametrize("slug", every_state())
def test_thousands_of_people_are_made_in_two_seconds_shaped_by_the_contract(
    tenant_session: Opener, contract: Callable[[str], Contract], slug: str
) -> None:
    session, rules = tenant_session(slug), contract(slug)
    start = time.process_time()  # the machine may be busy with others
    made = fill_tenant(session, rules, now=NOW)
    assert time.process_time() - start < 2
    assert made.members >= 3_000
    assert made.providers >= 1_000
    members = session.scalars(select(Member)).all()
    assert all(mask(rules.sample_data.member_number).fullmatch(row.member_number) for row in members)
    towns = {(town.city, town.county, town.postal_code) for town in rules.sample_data.towns}
    assert {(row.city, row.county, row.postal_code) for row in members} == towns
    assert {row.state for row in members} == {rules.identity.state}
    assert all(re.fullmatch(r"\d{3}-555-01\d\d", row.phone) for row in members)
    spans = session.scalars(select(MemberEligibility)).all()
    assert {span.program for span in spans} <= set(rules.client.programs)
    providers = session.scalars(select(Provider)).all()
    assert all(is_npi(row.npi) for row in providers if row.npi)
    assert all(mask(rules.sample_data.provider_code).fullmatch(row.state_identifier) for row in providers)


def test_the_people_are_of_every_age_and_many_names(tenant_session: Opener) -> None:
    session = tenant_session("mississippi")
    fill_tenant(session, shipped(), now=NOW)
    members = session.scalars(select(Member)).all()
    ages = Counter((TODAY - row.birth_date).days // 3652 for row in members)
    assert set(ages) >= set(range(9))
    assert min(ages[decade] for decade in range(8)) > 20
    assert all(row.birth_date <= TODAY for row in members)
    assert len({row.last_name_key for row in members}) > 300
    assert any(not row.last_name.isascii() for row in members)
    assert any("-" in row.last_name for row in members)
    assert len({row.language for row in members}) > 4
    assert any(row.subscriber_number != row.member_number for row in members)
    specialties = Counter(row.specialty for row in session.scalars(select(Provider)))
    assert len(specialties) > 25


def test_programmes_run_from_birth_at_the_earliest_and_some_have_ended(tenant_session: Opener) -> None:
    session = tenant_session("mississippi")
    fill_tenant(session, shipped(), now=NOW)
    for row in session.scalars(select(Member)):
        assert row.eligibility
        assert all(span.starts_on >= row.birth_date for span in row.eligibility)
    ended = session.scalars(select(MemberEligibility).where(MemberEligibility.ends_on < TODAY - timedelta(1))).all()
    assert len(ended) > 100


def test_the_same_seed_makes_the_same_people_and_another_makes_others(tenant_session: Opener) -> None:
    def people(slug: str, contract: Contract, seed: int) -> list[tuple[object, ...]]:
        session = tenant_session(slug)
        fill_tenant(session, contract, now=NOW, seed=seed, members=60, providers=30)
        columns = (Member.id, Member.member_number, Member.last_name, Member.birth_date)
        rows = [tuple(row) for row in session.execute(select(*columns).order_by(Member.id))]
        session.rollback()
        return rows

    one, two, three = SHIPPED[:3]
    assert people(one, shipped(), 1) == people(two, shipped(), 1)
    assert people(three, shipped(), 2) != people(one, shipped(), 1)


def test_a_filled_directory_is_left_as_it_is(tenant_session: Opener) -> None:
    session = tenant_session("mississippi")
    fill_tenant(session, shipped(), now=NOW, members=40, providers=20)
    again = fill_tenant(session, shipped(), now=NOW)
    assert (again.members, again.providers) == (0, 0)


def test_the_demos_own_people_are_there_under_their_names(tenant_session: Opener) -> None:
    session = tenant_session("mississippi")
    fill_tenant(session, shipped(), now=NOW, members=40, providers=20)
    for demo in DEMO_MEMBERS:
        found, _ = find_members(session, MemberCriteria(last_name=demo.last_name, birth_date=demo.birth_date))
        assert demo.first_name in {row.first_name for row in found}
    for practice in DEMO_PROVIDERS:
        found_there, _ = search_providers(session, practice.name)
        assert [row.name for row in found_there] == [practice.name]
        assert bool(found_there[0].npi) == practice.has_npi
        assert bool(found_there[0].fax) == practice.has_fax


def test_a_state_nobody_has_met_is_filled_from_its_contract(tenant_session: Opener) -> None:
    contract = shipped()
    sample = replace(contract.sample_data, member_number="X@-##", provider_code="##/@@", area_codes=("999",))
    made_up = replace(contract, sample_data=sample, identity=replace(contract.identity, state="ZZ"))
    session = tenant_session("mississippi")
    fill_tenant(session, made_up, now=NOW, members=30, providers=15)
    members = session.scalars(select(Member)).all()
    assert all(re.fullmatch(r"X[A-Z]-\d\d", row.member_number) for row in members)
    assert {row.state for row in members} == {"ZZ"}
