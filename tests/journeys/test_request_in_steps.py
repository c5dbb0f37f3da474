"""A clinic's staff member makes a request in steps: temporary member, fax, modifiers, answers, review, Agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenancy.contract import Contract
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live
from tests.journeys.office import Desk

pytestmark = pytest.mark.browser

SLUG = "colorado"
WHEELCHAIR = (
    ("height", "66"),
    ("weight", "140"),
    ("walks", "few_steps"),
    ("falls", "3"),
    ("activities", "toilet"),
    ("why_not_walker", "She falls with the walker."),
    ("chair_kind", "manual"),
    ("hours_used", "6"),
    ("home_fits", "yes"),
    ("has_chair", "no"),
    ("setting", "buy"),
)
"""Answers to the questionnaire of a wheelchair, all of them as they should be."""
Shoot = Callable[[Page, str], Path]


def find(desk: Desk, last_name: str, birth_date: str) -> None:
    """Case Parameters, then the search for the member."""
    desk.go("/cases/new")
    desk.tick("Outpatient")
    desk.press("Go To Consumer Information")
    desk.type("Last Name", last_name)
    desk.type("Date of Birth", birth_date)
    desk.press("Search")


def onward(desk: Desk, label: str, section: str) -> None:
    """Press the step's own button and be at the next step."""
    desk.press(label)
    desk.page.wait_for_url(re.compile(f"/drafts/[^/]+/{section}"))


def answer(desk: Desk, question: str, value: str) -> None:
    """Answer one question of a questionnaire by the name of its field."""
    field = desk.page.locator(f'[name="q.{question}"]')
    kind = field.first.get_attribute("type")
    if kind in ("radio", "checkbox"):
        chosen = desk.page.locator(f'[name="q.{question}"][value="{value}"]')
        chosen.focus()
        desk.page.keyboard.press("Space")
        expect(chosen).to_be_checked()
    else:
        field.fill(value)


def an_entry_that_cannot_be_kept_is_not_dropped_by_a_step(desk: Desk) -> None:
    """Another step is opened only once it is said what is wrong, or when the person means it."""
    page = desk.page
    fax = page.locator('[name^="fax."]').first
    fax.fill("12")
    steps = page.get_by_role("navigation", name="Steps").get_by_role("link")
    steps.last.click()
    expect(fax).to_be_focused()
    expect(fax).to_have_value("12")
    expect(fax).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#save-status")).to_contain_text("press again to leave")
    fax.fill("")


def test_earlier_requests_are_reviewed_before_a_new_one(signed_in_page: Callable[..., Page], live: Live) -> None:
    desk = Desk(live, signed_in_page(SLUG), SLUG)
    find(desk, "sandoval", "01/15/1977")
    desk.press("Choose")
    rules = live.app.extensions["charter"].tenants[SLUG].contract
    expect(desk.page.locator("main")).to_contain_text(rules.members.duplicate_text)
    must_be_accessible(desk.page)
    desk.press("Create Case")
    desk.page.wait_for_url(re.compile("/drafts/"))
    titles = [rule.title for rule in rules.intake.sections]
    shown = desk.page.locator(".c-steps li").all_inner_texts()
    assert [any(title in text for text in shown) for title in titles] == [True] * len(titles)


def test_a_temporary_member_is_added_with_everything_the_contract_asks(
    signed_in_page: Callable[..., Page], live: Live, contract: Callable[[str], Contract], shoot: Shoot
) -> None:
    desk = Desk(live, signed_in_page(SLUG), SLUG)
    page = desk.page
    find(desk, "Clark", "04/12/1996")
    expect(page.locator("main")).to_contain_text(contract(SLUG).members.not_found)
    desk.press(contract(SLUG).members.add_temporary_label)
    desk.press("Create Temporary")
    must_be_accessible(page)
    expect(page.get_by_role("alert")).to_be_visible()
    desk.type("First Name", "Ryan")
    desk.type("Last Name", "Clark")
    page.locator('[name="sex"][value="male"]').focus()
    page.keyboard.press("Space")
    desk.type("Date of Birth", "04/12/1996")
    desk.type("Address Line 1", "999 Made-up Ave")
    desk.type("City", "Boulder")
    desk.tick("United States")
    page.locator('[name="state"]').select_option(label="Colorado")
    page.locator('[name="county"]').select_option(index=1)
    desk.type("Postal Code", "80301")
    shoot(page, "temporary")
    desk.press("Create Temporary")
    expect(page.locator("main")).to_contain_text(re.compile(r"TEMP\d{18}"))


def ask_for_a_wheelchair(desk: Desk, rules: Contract, folder: Path, shoot: Shoot) -> str:
    """Step by step to the Case ID, with everything that may go wrong on the way."""
    find(desk, "sandoval", "01/15/1977")
    desk.press("Choose")
    desk.press("Create Case")
    an_entry_that_cannot_be_kept_is_not_dropped_by_a_step(desk)
    giving_the_fax(desk)
    naming_service_and_diagnoses(desk)
    asking_for_a_wheelchair(desk)
    fill_wheelchair_answers(desk)
    onward(desk, "Go to Attachments", "documents")
    desk.page.get_by_label("Document type").last.select_option(label="Physician Order")
    desk.upload(folder)
    expect(desk.page.locator("main")).to_contain_text("order.pdf")
    dating_the_order(desk)
    onward(desk, "Go to Communications", "notes")
    onward(desk, "Go to Submit", "submit")
    desk.expect_left("Ready to submit")
    for viewport in (WIDE, NARROW):
        desk.page.set_viewport_size(viewport)  # type: ignore[arg-type]
        must_be_accessible(desk.page)
        shoot(desk.page, f"review-{viewport['width']}")
    agreeing(desk, rules)
    number = desk.case_id()
    expect(desk.page.locator("main")).to_contain_text(number)
    return number


def dating_the_order(desk: Desk) -> None:
    """The age of the order is limited: the limit stands beside the file, an old one is told at once."""
    expect(desk.page.locator(".c-files--typed")).to_contain_text("At most 183 days old")
    desk.expect_left("enter the date on the document")
    desk.date_document(datetime.now(UTC).date() - timedelta(days=400))
    desk.expect_left("It may be at most 183 days old: add a newer one.")
    must_be_accessible(desk.page)
    desk.date_document(datetime.now(UTC).date() - timedelta(days=10))


def giving_the_fax(desk: Desk) -> None:
    """A request cannot go without the requesting provider's fax."""
    desk.page.wait_for_url(re.compile("/drafts/[^/]+/providers"))
    fax = desk.page.locator('[name="fax.requesting"]')
    fax.fill("")
    fax.press("Tab")
    desk.expect_left("fax")
    fax.fill("303-555-0110")
    onward(desk, "Go to Service Details", "service_details")


def naming_service_and_diagnoses(desk: Desk) -> None:
    """Two diagnoses; the second is moved to the top and so becomes the primary one."""
    desk.choose("Service Type", "DME")
    desk.choose("Place of Service", "Home")
    onward(desk, "Go to Diagnosis", "diagnoses")
    desk.add_code("diagnosis", "ataxic gait", "R26.0")
    desk.add_code("diagnosis", "s92.154b", "S92.154B")
    desk.page.get_by_role("button", name=re.compile(r"Move\s+S92.154B\s+up")).click()
    expect(desk.page.locator(".c-order li").first).to_contain_text("S92.154B")
    must_be_accessible(desk.page)
    onward(desk, "Go to Requests", "request")


def asking_for_a_wheelchair(desk: Desk) -> None:
    """One line with a modifier and everything its code demands."""
    desk.tick("Prior Auth")
    onward(desk, "Go to Procedures", "procedures")
    desk.add_code("procedure", "k0001", "K0001")
    line = {"modifiers": "NU", "start_on": "12/01/2026", "end_on": "12/31/2026", "quantity": "1"}
    for field, text in line.items():
        desk.type_line(field, text)
    desk.page.locator('[name$=".frequency"]').last.select_option(index=1)
    must_be_accessible(desk.page)
    onward(desk, "Go to Questionnaires", "questionnaires")


def agreeing(desk: Desk, rules: Contract) -> None:
    """The disclaimer is a dialog with its own button."""
    desk.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    desk.press(rules.intake.wording.submit_label)
    disclaimer = next(iter(rules.intake.disclaimers.values()))
    shown = desk.page.get_by_role("dialog")
    expect(shown).to_contain_text(disclaimer.text[:60])
    shown.get_by_role("button", name=disclaimer.accept_label).click()


def fill_wheelchair_answers(desk: Desk) -> None:
    """The questionnaire that the wheelchair's code brought up; a must-be-yes answered no holds it back."""
    page = desk.page
    desk.press("Open")
    page.wait_for_url(re.compile("/questionnaires/dme_wheelchair"))
    for question, value in WHEELCHAIR:
        answer(desk, question, "no" if question == "home_fits" else value)
    desk.press("Mark as Complete")
    expect(page.get_by_text("The chair must fit the home.").first).to_be_visible()
    must_be_accessible(page)
    answer(desk, "home_fits", "yes")
    desk.press("Mark as Complete")
    page.wait_for_url(re.compile("/drafts/[^/]+/questionnaires$|/questionnaires#"))
