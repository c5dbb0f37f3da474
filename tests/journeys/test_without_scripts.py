"""One request per style with JavaScript off: everything but saving by itself and dropping files works."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tenancy.contract import Contract
from tests.fourth import SLUG as FOURTH
from tests.journeys import referral
from tests.journeys.conftest import Live, only_at_full_size
from tests.journeys.office import Desk, load_codes
from tests.journeys.test_request_in_steps import WHEELCHAIR

pytestmark = pytest.mark.browser

SignedIn = Callable[..., Page]
Contracts = Callable[[str], Contract]


def pick(control: Locator) -> None:
    """Choose a radio button or tick a box by keyboard; its own box is drawn by its label."""
    control.focus()
    control.press("Space")
    expect(control).to_be_checked()


def find(desk: Desk) -> None:
    """The search for the demo's adult member."""
    desk.page.get_by_label("Last Name").fill("sandoval")
    desk.page.get_by_label("Date of Birth").fill("01/15/1977")
    desk.press("Search")


def add_code(page: Page, box: str, code: str) -> None:
    """Type a code and press the button beside the box."""
    page.locator(f"#{box}-code").fill(code)
    page.locator(f"#{box}-code").press("Enter")
    expect(page.get_by_role("button", name=re.compile(rf"Remove\s+{re.escape(code)}"))).to_be_attached()


def unfold(page: Page, section: str) -> None:
    """Open a section that is closed."""
    part = page.locator(f"#section-{section}")
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()


def save(page: Page, section: str) -> None:
    """Save a section by its own button."""
    page.locator(f"#form-{section}").get_by_role("button", name="Save").last.click()
    page.wait_for_load_state()


def test_a_request_in_sections(sign_in_by_hand: SignedIn, live: Live, contract: Contracts, tmp_path: Path) -> None:
    load_codes(live)
    rules = contract("mississippi")
    desk = Desk(live, sign_in_by_hand("mississippi", java_script_enabled=False), "mississippi")
    page = desk.page
    desk.go("/cases/new")
    pick(page.locator('[name="category"][value="outpatient"]'))
    find(desk)
    desk.press("Create Case")
    page.wait_for_url(re.compile("/drafts/"))
    saying_what_is_asked(page)
    adding_papers(desk, tmp_path)
    pick(page.locator('[name="accepted"]'))
    page.get_by_role("button", name=rules.intake.wording.submit_label, exact=True).click()
    assert re.fullmatch(r"\d{9}", desk.case_id())


def test_a_request_in_steps(sign_in_by_hand: SignedIn, live: Live, contract: Contracts, tmp_path: Path) -> None:
    load_codes(live)
    rules = contract("colorado")
    desk = Desk(live, sign_in_by_hand("colorado", java_script_enabled=False), "colorado")
    page = desk.page
    desk.go("/cases/new")
    pick(page.locator('[name="category"][value="outpatient"]'))
    desk.press("Go To Consumer Information")
    find(desk)
    desk.press("Choose")
    desk.press("Create Case")
    going_to_procedures(desk)
    adding_a_line(page)
    desk.press("Go to Questionnaires")
    answer_the_questionnaire(desk)
    desk.press("Go to Attachments")
    page.get_by_label("Document type").last.select_option(label="Physician Order")
    desk.upload(tmp_path)
    expect(page.locator("main")).to_contain_text("order.pdf")
    desk.date_document(datetime.now(UTC).date() - timedelta(days=10))
    page.get_by_role("button", name="Save types and dates").click()
    desk.press("Go to Communications")
    desk.press("Go to Submit")
    desk.expect_left("Ready to submit")
    page.get_by_role("button", name=next(iter(rules.intake.disclaimers.values())).accept_label).click()
    assert re.fullmatch(r"\d{9}", desk.case_id())


@only_at_full_size
def test_a_referral_in_the_fourth_states_steps(
    sign_in_by_hand: SignedIn, live: Live, contract: Contracts, tmp_path: Path
) -> None:
    load_codes(live)
    rules, today = contract(FOURTH), datetime.now(UTC).date()
    desk = Desk(live, sign_in_by_hand(FOURTH, java_script_enabled=False), FOURTH)
    page = desk.page
    referral.find_the_child(desk, rules, referral.a_child(live))
    desk.tick("Nurse at Home")
    referral.onward(desk, rules, "service_details")  # where it is given depends on the service
    page.go_back()
    page.reload()
    desk.tick("At School")
    for section in ("service_details", "request", "providers"):
        referral.onward(desk, rules, section)
    add_code(page, "diagnosis", "R26.0")
    referral.onward(desk, rules, "diagnoses")
    asking_for_a_nurse(desk, rules)
    desk.press("Open")
    pick(page.locator('[name="q.machines"][value="no"]'))
    page.locator('[name="q.hours"]').fill("9")
    desk.press("Mark as Complete")
    referral.onward(desk, rules, "questionnaires")
    page.get_by_label("Document type").last.select_option(label="Plan of Care")
    desk.upload(tmp_path)
    desk.date_document(today - timedelta(days=5))
    page.get_by_role("button", name="Save types and dates").click()
    referral.onward(desk, rules, "documents")
    referral.onward(desk, rules, "notes")
    desk.expect_left("Ready to submit")
    page.get_by_role("button", name="So be it").click()
    assert re.fullmatch(r"\d{9}", desk.case_id())


def asking_for_a_nurse(desk: Desk, rules: Contract) -> None:
    """One line; how often is asked once there are more than ten of it."""
    page, today = desk.page, datetime.now(UTC).date()
    add_code(page, "procedure", "K0001")
    first, last = today + timedelta(days=3), today + timedelta(days=20)
    for field, text in {"start_on": f"{first:%m/%d/%Y}", "end_on": f"{last:%m/%d/%Y}", "quantity": "12"}.items():
        page.locator(f'[name$=".{field}"]').last.fill(text)
    page.locator('[name$=".unit_qualifier"]').last.select_option(label="Hours")
    referral.onward(desk, rules, "procedures")
    page.go_back()
    page.locator('[name$=".frequency"]').last.select_option(label="Per week")
    referral.onward(desk, rules, "procedures")


def saying_what_is_asked(page: Page) -> None:
    """Service, diagnosis and one line, each section saved by its button."""
    unfold(page, "service_details")
    page.locator('[name="place_of_service"]').select_option(label="Home")
    page.locator('[name="service_type"]').select_option(label="Home Health")
    save(page, "service_details")
    unfold(page, "diagnoses")
    add_code(page, "diagnosis", "R26.0")
    unfold(page, "procedures")
    add_code(page, "procedure", "S9131")
    unfold(page, "procedures")
    for field, text in {"start_on": "12/01/2026", "end_on": "12/31/2026", "quantity": "12"}.items():
        page.locator(f'[name$=".{field}"]').last.fill(text)
    page.locator('[name$=".frequency"]').last.select_option(index=1)
    save(page, "procedures")


def adding_papers(desk: Desk, folder: Path) -> None:
    """A file and a note."""
    page = desk.page
    unfold(page, "documents")
    page.get_by_label("Document type").last.select_option(index=1)
    desk.upload(folder)
    unfold(page, "documents")
    expect(page.locator("main")).to_contain_text("order.pdf")
    unfold(page, "notes")
    page.get_by_label("Notes").fill("Wound care twice a week.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".c-note")).to_contain_text("Wound care twice a week.")


def going_to_procedures(desk: Desk) -> None:
    """The steps before the procedures, each by its own button."""
    page = desk.page
    page.locator('[name="fax.requesting"]').fill("303-555-0110")
    desk.press("Go to Service Details")
    page.locator('[name="service_type"]').select_option(label="DME")
    page.locator('[name="place_of_service"]').select_option(label="Home")
    desk.press("Go to Diagnosis")
    add_code(page, "diagnosis", "R26.0")
    add_code(page, "diagnosis", "S92.154B")
    page.get_by_role("button", name=re.compile(r"Move\s+S92.154B\s+up")).click()
    expect(page.locator(".c-order li").first).to_contain_text("S92.154B")
    desk.press("Go to Requests")
    pick(page.locator('[name="request_type"]').first)
    desk.press("Go to Procedures")


def adding_a_line(page: Page) -> None:
    """One line with everything its code demands."""
    add_code(page, "procedure", "K0001")
    line = {"modifiers": "NU", "start_on": "12/01/2026", "end_on": "12/31/2026", "duration": "31", "quantity": "1"}
    for field, text in line.items():
        page.locator(f'[name$=".{field}"]').last.fill(text)
    page.locator('[name$=".frequency"]').last.select_option(index=1)


def answer_the_questionnaire(desk: Desk) -> None:
    """Answers bring up further questions; without scripts each page is asked for by a button."""
    page = desk.page
    desk.press("Open")
    for _ in range(4):
        for question, value in WHEELCHAIR:
            field = page.locator(f'[name="q.{question}"]')
            if not field.count():
                continue
            if field.first.get_attribute("type") in ("radio", "checkbox"):
                chosen = page.locator(f'[name="q.{question}"][value="{value}"]')
                if not chosen.is_checked():
                    pick(chosen)
            elif field.first.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value=value)
            else:
                field.fill(value)
        desk.press("Mark as Complete")
        page.wait_for_load_state()
        if page.url.partition("#")[0].partition("?")[0].endswith("/questionnaires"):
            return
    raise AssertionError(page.locator("main").inner_text()[:2000])
