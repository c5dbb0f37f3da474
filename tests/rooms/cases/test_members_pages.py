"""Consumers: found by ID or by name and birth date, each with the requests one may see."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.directory.models import Member
from tenancy.loader import ContractShelf
from tests.pages import Page
from tests.rooms.cases.casebook import Casebook, open_casebook
from tests.rooms.cases.test_case_page import without_request_id
from tests.rooms.cases.test_home import numbers, rows
from tests.rooms.cases.test_search import serve


def found(book: Casebook, who: str = "alex", **typed: str) -> Page:
    browser = book.browser(who)
    browser.get("/consumers")
    return browser.posted_page("/consumers", typed, status=200)


def member(book: Casebook, last_name: str = "Ellison") -> Member:
    with book.session() as session:
        return session.scalars(select(Member).where(Member.last_name == last_name).order_by(Member.first_name)).first()  # type: ignore[return-value]


def test_they_are_found_by_last_name_and_birth_date_in_any_spelling(book: Casebook) -> None:
    page = found(book, last_name="ELLISON", birth_date="12/15/1990")
    assert [row.split()[0] for row in rows(page)] == ["Jamie", "Jordan"]
    assert "Displaying records 1 to 2 of 2 records" in page.text
    assert rows(found(book, last_name="nunez delgado", birth_date="7/3/1948"))[0].startswith("Rosa")


def test_they_are_found_by_id_alone(book: Casebook) -> None:
    someone = member(book)
    page = found(book, member_number=someone.member_number.lower())
    assert len(rows(page)) == 1
    assert f"/consumers/{someone.id}" in page.links().values()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "f-member-number"),
        ({"last_name": "Ellison"}, "f-birth-date"),
        ({"birth_date": "12/15/1990"}, "f-last-name"),
        ({"last_name": "Ellison", "birth_date": "yesterday"}, "f-birth-date"),
    ],
)
def test_an_incomplete_search_is_refused_beside_the_field(book: Casebook, typed: dict[str, str], field: str) -> None:
    browser = book.browser("alex")
    browser.get("/consumers")
    page = browser.posted_page("/consumers", typed)
    assert f"#{field}" in page.links().values()
    assert not page.all("table")


def test_nobody_found_says_what_to_do(book: Casebook, shelf: ContractShelf) -> None:
    page = found(book, last_name="Nobody", birth_date="01/01/1990")
    assert shelf.good["mississippi"].contract.members.not_found in page.text


def test_what_is_typed_about_a_person_stands_in_no_address_and_in_no_title(book: Casebook) -> None:
    someone = member(book)
    page = found(book, last_name="Ellison", birth_date="12/15/1990")
    own = book.browser("alex").get(f"/consumers/{someone.id}")
    for shown in (page, own):
        assert not [place for place in shown.links().values() if "Ellison" in place or "1990" in place]
        assert "Ellison" not in "".join(shown.all("title")[0].itertext())
    assert book.browser("alex").get("/consumers?last_name=Ellison&birth_date=12/15/1990").all("table") == []


def test_a_member_is_counted_with_the_cases_one_may_see(book: Casebook) -> None:
    case = book.a_case()
    with book.session() as session:
        someone = session.get_one(Member, case.member_id)
    own = len([one for one in book.cases() if one.member_id == someone.id])
    assert rows(found(book, member_number=someone.member_number))[0].endswith(f" {own}")
    assert rows(found(book, "drew", member_number=someone.member_number))[0].endswith(" 0")
    serve(book, case, provider=2)
    assert rows(found(book, "drew", member_number=someone.member_number))[0].endswith(" 1")


def test_long_lists_are_paged_by_buttons(book: Casebook) -> None:
    first = member(book)
    with book.session() as session:
        for number in range(12):
            columns = {key: getattr(first, key) for key in ("last_name", "last_name_key", "last_name_parts", "sex")}
            twin = Member(
                member_number=f"X{number:07}", member_number_key=f"x{number:07}", first_name=f"Twin{number:02}",
                birth_date=first.birth_date, created_at=first.created_at, **columns,
            )  # fmt: skip
            session.add(twin)
    page = found(book, last_name="Ellison", birth_date="12/15/1990")
    assert "Page 1 of 2" in page.text
    second = found(book, last_name="Ellison", birth_date="12/15/1990", page="2")
    assert "Displaying records 11 to 14 of 14 records" in second.text
    assert not set(rows(page)) & set(rows(second))


def test_a_page_shows_the_member_with_programmes_and_the_cases_of_ones_groups(book: Casebook) -> None:
    case = book.a_case()
    page = book.browser("alex").get(f"/consumers/{case.member_id}")
    mine = {one.number for one in book.cases() if one.member_id == case.member_id}
    assert set(numbers(page)) == mine
    assert f"({len(mine)})" in page.text
    for shown in ("Gender", "Yrs)", "State and School Employees"):
        assert shown in page.text


def test_requests_that_ones_provider_serves_stand_under_a_tab_of_their_own(book: Casebook) -> None:
    case = serve(book, book.a_case(), provider=2)
    browser = book.browser("drew")
    assert numbers(browser.get(f"/consumers/{case.member_id}")) == []
    assert numbers(browser.get(f"/consumers/{case.member_id}?tab=servicing")) == [case.number]


def test_drafts_are_not_among_earlier_requests(book: Casebook) -> None:
    draft = book.a_draft()
    with book.session() as session:
        someone = session.scalars(select(Member.id).order_by(Member.member_number_key)).first()
    assert str(draft) not in book.browser("alex").get(f"/consumers/{someone}").html


def test_opening_one_marks_the_member_and_the_list_in_the_trail(book: Casebook) -> None:
    case, browser, before = book.a_case(), book.browser("alex"), book.trail()
    browser.get(f"/consumers/{case.member_id}")
    who = str(case.member_id)
    assert sorted(book.trail()[len(before) :]) == [("case:list", who), ("member:read", who)]


def test_a_search_is_one_mark_that_holds_nothing_typed(book: Casebook) -> None:
    before = book.trail()
    found(book, last_name="Ellison", birth_date="12/15/1990")
    assert book.trail()[len(before) :] == [("member:search", None)]


def test_a_member_of_another_tenant_and_a_missing_one_are_told_alike(book: Casebook) -> None:
    other = open_casebook(book.app, book.client, "colorado")
    browser = book.browser("alex")
    missing = browser.get("/consumers/11111111-1111-4111-8111-111111111111", status=404)
    foreign = browser.get(f"/consumers/{other.a_case().member_id}", status=404)
    assert without_request_id(foreign) == without_request_id(missing)


@pytest.mark.parametrize("column", ["number", "-number", "status", "-submitted_at", "service_from", "discharge_on"])
def test_colorados_columns_sort(book: Casebook, column: str) -> None:
    other = open_casebook(book.app, book.client, "colorado")
    case = other.a_case()
    page = other.browser("alex").get(f"/consumers/{case.member_id}?{urlencode({'sort': column})}")
    heads = ["".join(head.itertext()) for head in page.all("th")]
    assert heads == [
        "Case", "Status", "Submit date", "Category", "Discharge date", "Service type", "Service dates", "Procedures",
        "Letters", "Actions",
    ]  # fmt: skip
    assert case.number in numbers(page)


def test_a_members_requests_can_be_taken_away(book: Casebook) -> None:
    case, browser = book.a_case(), book.browser("alex")
    place = browser.get(f"/consumers/{case.member_id}").links()["Download CSV"]
    text = browser.client.get(place, base_url=browser.address).get_data(as_text=True)
    assert str(case.number) in text
