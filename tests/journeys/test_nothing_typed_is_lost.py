"""What is typed stays, whatever happens meanwhile: slow answers, a dead server, a closed tab, a second editor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import referral
from tests.journeys.conftest import Live, and_fourth
from tests.journeys.office import Desk, load_codes
from tests.journeys.test_request_in_sections import start

pytestmark = pytest.mark.browser

SLUG = "mississippi"
SLOWLY = 0.8
LINE = {"start_on": "12/01/2026", "end_on": "12/31/2026", "quantity": "12"}
SignedIn = Callable[..., Page]


def procedure_line(desk: Desk) -> None:
    """A request with one line to fill."""
    load_codes(desk.live)
    if desk.slug != SLUG:
        referral.go_to(desk, "procedures")
        desk.add_code("procedure", "s9131", "S9131")
        return
    start(desk, "Outpatient")
    desk.choose("Service Type", "Home Health")
    desk.add_code("procedure", "s9131", "S9131")


def shown(page: Page, field: str) -> str:
    """What stands in a field of the line."""
    return page.locator(f'[name$=".{field}"]').last.input_value()


def settled(page: Page) -> None:
    """Wait until everything typed is saved."""
    expect(page.locator("#save-status")).to_have_attribute("data-state", "")
    expect(page.locator("#save-status")).to_contain_text("Saved")


def fill(page: Page, field: str, text: str, *, pause: int = 0) -> None:
    """Type over a field of the line and leave it, at full speed."""
    page.locator(f'[name$=".{field}"]').last.press("ControlOrMeta+a")
    page.keyboard.type(text, delay=pause)
    page.keyboard.press("Tab")


@pytest.mark.parametrize("slug", and_fourth(SLUG))
@pytest.mark.parametrize("pause", [0, 120, 300], ids=["at-once", "early", "late"])
def test_a_field_corrected_while_a_slow_answer_redraws_its_section_keeps_the_correction(
    live: Live, signed_in_page: SignedIn, pause: int, slug: str
) -> None:
    desk = Desk(live, signed_in_page(slug), slug)
    procedure_line(desk)
    page = desk.page
    fill(page, "quantity", "1")
    fill(page, "start_on", "11/01/2026")
    settled(page)
    live.pace.seconds = SLOWLY
    fill(page, "end_on", LINE["end_on"])
    page.wait_for_timeout(pause)
    fill(page, "start_on", LINE["start_on"])
    fill(page, "quantity", LINE["quantity"])
    if slug == SLUG:
        expect(page.locator('[name$=".duration"]')).to_have_value("31")
    settled(page)
    for _ in range(2):
        assert {field: shown(page, field) for field in LINE} == LINE
        page.reload()


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_a_code_added_while_a_line_is_being_saved_neither_conflicts_nor_loses_the_line(
    live: Live, signed_in_page: SignedIn, slug: str
) -> None:
    desk = Desk(live, signed_in_page(slug), slug)
    procedure_line(desk)
    page = desk.page
    live.pace.seconds = SLOWLY
    fill(page, "start_on", LINE["start_on"])
    page.wait_for_timeout(200)
    fill(page, "quantity", "12")
    desk.add_code("procedure", "k0001", "K0001")
    settled(page)
    expect(page.locator("main")).not_to_contain_text("changed this section")
    page.reload()
    assert page.locator('[name$=".quantity"]').first.input_value() == "12"


def test_two_seconds_after_typing_a_closed_tab_loses_nothing(live: Live, signed_in_page: SignedIn) -> None:
    desk = Desk(live, signed_in_page(SLUG), SLUG)
    procedure_line(desk)
    page, address = desk.page, desk.page.url
    note = page.get_by_label("Notes")
    open_all(page)
    note.focus()
    for word in range(30):
        page.keyboard.type(f"w{word} ", delay=20)
        page.wait_for_timeout(60)
    last = page.evaluate("performance.now()")
    fill(page, "quantity", "7")
    page.wait_for_timeout(max(0, 2000 - (page.evaluate("performance.now()") - last)))
    again = page.context.new_page()
    page.close()
    again.goto(address)
    assert shown(again, "quantity") == "7"
    assert again.get_by_label("Notes").input_value().endswith("w29 ")


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_somebody_who_never_pauses_is_saved_every_two_seconds(live: Live, signed_in_page: SignedIn, slug: str) -> None:
    desk = Desk(live, signed_in_page(slug), slug)
    page = desk.page
    if slug == SLUG:
        procedure_line(desk)
        open_all(page)
    else:
        referral.go_to(desk, "notes")
    page.get_by_label("Notes").focus()
    typed = ""
    for _ in range(40):
        page.keyboard.type("x")
        typed += "x"
        page.wait_for_timeout(120)
    again = page.context.new_page()
    again.goto(page.url)
    kept = again.get_by_label("Notes").input_value()
    assert len(kept) >= len(typed) - 2000 / 120, "at most two seconds of typing are lost"


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_a_server_that_dies_is_told_and_what_was_typed_is_saved_when_it_is_back(
    live: Live, signed_in_page: SignedIn, slug: str
) -> None:
    desk = Desk(live, signed_in_page(slug, console=["ERR_CONNECTION_REFUSED", "Failed to fetch"]), slug)
    procedure_line(desk)
    page = desk.page
    settled(page)
    live.stop()
    fill(page, "quantity", "9")
    expect(page.locator("#save-status")).to_contain_text("Not saved")
    fill(page, "start_on", LINE["start_on"])
    live.start()
    settled(page)
    page.reload()
    assert (shown(page, "quantity"), shown(page, "start_on")) == ("9", LINE["start_on"])


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_the_later_of_two_editors_sees_both_versions_and_chooses(
    live: Live, signed_in_page: SignedIn, slug: str
) -> None:
    desk = Desk(live, signed_in_page(slug), slug)
    procedure_line(desk)
    page = desk.page
    other = signed_in_page(slug, "luis.ortega")
    other.goto(page.url)
    fill(other, "quantity", "5")
    settled(other)
    fill(page, "quantity", "8")
    expect(page.get_by_role("alert")).to_contain_text("changed this section")
    row = page.get_by_role("row").filter(has_text="Quantity" if slug == SLUG else "How Many")
    expect(row).to_contain_text("5")
    expect(row).to_contain_text("8")
    page.get_by_role("button", name="Keep mine").click()
    settled(page)
    assert shown(page, "quantity") == "8"
    other.reload()
    assert shown(other, "quantity") == "8"


def open_all(page: Page) -> None:
    """Unfold every section."""
    page.evaluate("document.querySelectorAll('.c-section').forEach((section) => { section.open = true; })")
