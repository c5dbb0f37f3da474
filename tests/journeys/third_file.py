"""The same engine under a third contract: its own words, fields, services and disclaimer, from its file alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tenancy.contract import Contract
from tenancy.vocabulary import Category
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE
from tests.journeys.office import Desk


def ask_for_two_images(desk: Desk, rules: Contract) -> str:
    """From the first page to the Case ID and what its pages say."""
    page = desk.page
    start(desk, rules)
    shown = page.locator(".c-section > summary :is(h2, h3)").all_inner_texts()
    assert shown == [rule.title for rule in rules.intake.sections]
    services = page.locator('[name="service_type"] option').all_inner_texts()[1:]
    assert services == [one.label for one in rules.catalogue.services.values() if Category.OUTPATIENT in one.categories]
    page.locator('[name="service_type"]').select_option(value="imaging")
    page.locator('[name="place_of_service"]').select_option(label="Outpatient Hospital")
    choose_servicing_provider(desk)
    naming_the_codes(desk)
    open_section(page, "request")
    desk.type("Contact for This Request", "Dana Whitlock")
    desk.type("Contact Phone", "304-555-0144")
    desk.expect_nothing_left_but(1)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    must_be_accessible(page)
    desk.tick(rules.intake.disclaimers["v1"].accept_label)
    desk.press(rules.intake.wording.submit_label)
    number = desk.case_id()
    expect(page.locator("main")).to_contain_text(rules.intake.wording.submitted_text)
    its_pages_speak_as_the_contract_does(desk, number)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return number


def its_pages_speak_as_the_contract_does(desk: Desk, number: str) -> None:
    """The summary names what this contract names; no page calls a member what another contract does."""
    page = desk.page
    desk.go(f"/cases/{number}/summary")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_text("Member information")).to_be_visible()
    expect(page.get_by_text("Authorization number", exact=True)).to_be_visible()
    for path in (f"/cases/{number}", "/consumers", "/cases"):
        desk.go(path)
        expect(page.locator("main")).not_to_contain_text(re.compile("consumer", re.IGNORECASE))


def naming_the_codes(desk: Desk) -> None:
    """A diagnosis from the list, and two procedures that are typed because their list is licensed."""
    page = desk.page
    open_section(page, "diagnoses")
    desk.add_code("diagnosis", "r26.0", "R26.0")
    open_section(page, "procedures")
    for code in ("70551", "70553"):
        page.locator("#procedure-code").fill(code)
        page.locator("#procedure-code").press("Enter")
        expect(page.get_by_role("button", name=re.compile(rf"Remove\s+{code}"))).to_be_visible()
        for field, text in {"start_on": "12/01/2026", "end_on": "12/31/2026", "quantity": "1"}.items():
            desk.type_line(field, text)
        page.locator('[name$=".unit_qualifier"]').last.select_option(index=1)


def start(desk: Desk, rules: Contract) -> None:
    """A draft for the demo's adult member, after a look at the earlier requests."""
    desk.go("/cases/new")
    desk.tick(rules.intake.categories[Category.OUTPATIENT])
    desk.type("Last Name", "sandoval")
    desk.type("Date of Birth", "01/15/1977")
    desk.press("Search")
    desk.tick("Sandoval")
    desk.press(rules.intake.wording.create_label)
    if "/drafts/" not in desk.page.url:
        expect(desk.page.locator("main")).to_contain_text(rules.members.duplicate_text)
        desk.press(rules.intake.wording.create_label)
    desk.page.wait_for_url(re.compile("/drafts/"))


def choose_servicing_provider(desk: Desk) -> None:
    """Nobody is prefilled: the supplier is looked up by part of its name."""
    page = desk.page
    open_section(page, "providers")
    page.locator("#provider-servicing").click()
    page.locator("#q").fill("summit")
    desk.press("Search")
    page.get_by_role("button", name=re.compile("Choose.*Summit Mobility")).click()
    page.wait_for_url(re.compile(r"/drafts/[^/]+(\?|$|#)"))


def open_section(page: Page, name: str) -> None:
    """Unfold a section that is closed."""
    section = page.locator(f"#section-{name}")
    if section.get_attribute("open") is None:
        section.locator("summary").first.click()
