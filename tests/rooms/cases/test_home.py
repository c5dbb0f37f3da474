"""Home: what waits for whom, and the drafts to go on with."""

from __future__ import annotations

import pytest

from tests.pages import Page
from tests.rooms.cases.casebook import Casebook


def rows(page: Page) -> list[str]:
    return [" ".join("".join(row.itertext()).split()) for row in page.all("tr")[1:]]


def tiles(page: Page) -> dict[str, int]:
    found = {}
    for link in page.all("a"):
        if link.get("class") == "c-tile":
            number, label, _hint = ("".join(part.itertext()) for part in link)
            found[label] = int(number.replace(",", ""))
    return found


def numbers(page: Page) -> list[str]:
    return [text for text, place in page.links().items() if place == f"/cases/{text}"]


def test_its_tiles_count_what_the_persons_groups_have(book: Casebook) -> None:
    book.a_draft()
    waiting, decided = len(book.cases(status="submitted")), len(book.cases(status="completed"))
    assert waiting + decided > 10
    assert tiles(book.browser("alex").get("/")) == {
        "New messages": 0,
        "Work-in-progress": waiting + 1,
        "Not submitted": 1,
        "Submitted": waiting,
        "Completed": decided,
    }


def test_a_person_of_two_groups_sees_both(book: Casebook) -> None:
    both = len(book.cases(0)) + len(book.cases(1))
    shown = tiles(book.browser("casey").get("/"))
    assert shown["Submitted"] + shown["Completed"] == both


def test_it_shows_drafts_first_the_last_changed_above(book: Casebook) -> None:
    for minutes in (30, 5, 60):
        book.a_draft(minutes_ago=minutes)
    page = book.browser("alex").get("/")
    assert "Request Saved But Not Submitted" in page.text
    assert [row.split("Someone")[0].split()[-3] for row in rows(page)] == ["9:25:00", "9:00:00", "8:30:00"]
    assert all("MS State UM" in row and "UM-OUTPATIENT" in row for row in rows(page))


def test_a_row_leads_back_into_its_draft(book: Casebook) -> None:
    draft = book.a_draft()
    assert f"/drafts/{draft}" in book.browser("alex").get("/").links().values()


@pytest.mark.parametrize("who", ["alex", "drew"])
def test_drafts_of_another_group_are_not_there(book: Casebook, who: str) -> None:
    draft = book.a_draft(group=1)
    for shown in ("un_submitted", "work_in_progress"):
        page = book.browser(who).get(f"/?list={shown}")
        assert str(draft) not in page.html
        assert tiles(page)["Not submitted"] == 0


def test_an_empty_list_says_so_and_what_would_fill_it(book: Casebook) -> None:
    page = book.browser("drew").get("/")
    assert "No records found." in page.text
    assert "A request you start shows up here until you submit it." in page.text
    assert not page.all("table")


def test_the_lists_hold_the_cases_of_their_tile(book: Casebook) -> None:
    browser = book.browser("alex")
    decided = {case.number for case in book.cases(status="completed")}
    shown = set(numbers(browser.get("/?list=completed&size=50")))
    assert shown == decided
    waiting = {case.number for case in book.cases(status="submitted")}
    assert set(numbers(browser.get("/?list=submitted&size=50"))) == waiting


def test_a_case_that_waits_says_until_when(book: Casebook) -> None:
    page = book.browser("alex").get("/?list=submitted&sort=due_at")
    first = rows(page)[0]
    assert "pending" in first or "Submitted" in first
    assert "CST" in first
    assert " left" in first


def test_it_pages_and_says_where_one_is(book: Casebook) -> None:
    browser = book.browser("alex")
    total = len(book.cases(status="completed"))
    first, second = browser.get("/?list=completed"), browser.get("/?list=completed&page=2")
    assert f"Displaying records 1 to 10 of {total} records" in first.text
    assert f"Displaying records 11 to {min(20, total)} of {total} records" in second.text
    assert not set(numbers(first)) & set(numbers(second))


def test_a_page_past_the_end_is_empty_and_no_fault(book: Casebook) -> None:
    assert numbers(book.browser("alex").get("/?list=completed&page=99")) == []


@pytest.mark.parametrize("key", ["number", "member", "category", "service", "status", "due_at", "modified_at"])
def test_it_sorts_both_ways(book: Casebook, key: str) -> None:
    browser = book.browser("alex")
    up = numbers(browser.get(f"/?list=completed&size=50&sort={key}"))
    down = numbers(browser.get(f"/?list=completed&size=50&sort=-{key}"))
    assert sorted(up) == sorted(down)
    if key == "number":
        assert up == sorted(up)
        assert down == up[::-1]


@pytest.mark.parametrize("wrong", ["sort=;drop", "page=-1", "page=x", "size=1000000", "list=cancelled", "sort="])
def test_what_makes_no_sense_falls_back_to_the_usual_list(book: Casebook, wrong: str) -> None:
    book.browser("alex").get(f"/?{wrong}")


def test_looking_at_it_leaves_one_mark_in_the_trail_and_changes_nothing_else(book: Casebook) -> None:
    browser, before = book.browser("alex"), book.trail()
    browser.get("/")
    assert book.trail()[len(before) :] == [("case:list", None)]


def test_a_list_can_be_taken_away_as_a_file(book: Casebook) -> None:
    browser, before = book.browser("alex"), book.trail()
    answer = browser.client.get("/export.csv?list=completed&sort=number", base_url=browser.address)
    lines = answer.get_data(as_text=True).splitlines()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cases-11-23-2026.csv"'
    assert lines[0].startswith("\ufeffCase ID,Requests,Status")
    assert [line.split(",")[0] for line in lines[1:]] == sorted(
        str(case.number) for case in book.cases(status="completed")
    )
    assert book.trail()[len(before) :] == [("case:export", None)]
