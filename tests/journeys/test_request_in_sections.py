"""A clinic's staff member makes requests on one page with sections: by keyboard alone, and for a hospital stay."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tenancy.contract import Contract
from tenancy.vocabulary import Category
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, OpenPage
from tests.journeys.office import Desk, load_codes, send_mail

pytestmark = pytest.mark.browser

SLUG = "mississippi"
Contracts = Callable[[str], Contract]
Shoot = Callable[[Page, str], Path]


def start(desk: Desk, category: str) -> None:
    """Open a draft for the demo's adult member."""
    desk.go("/cases/new")
    desk.tick(category)
    desk.type("Last Name", "sandoval")
    desk.type("Date of Birth", "01/15/1977")
    desk.press("Search")
    expect(desk.page.get_by_text("1 record found")).to_be_visible()
    desk.tick("Sandoval")
    desk.press("Create Case")
    desk.page.wait_for_url(re.compile(r"/drafts/"))


def ask_for_a_stay(desk: Desk) -> str:
    """An emergency's five days in hospital, submitted; the Case ID."""
    start(desk, "Inpatient")
    desk.tick("Emergency")
    desk.type("Admit Date", "12/01/2026")
    desk.choose("Place of Service", "Inpatient Hospital")
    desk.choose("Service Type", "06 - Inpatient Hospital")
    desk.add_code("diagnosis", "talus right", "S92.154B")
    desk.type_line("start_on", "12/01/2026")
    desk.type_line("end_on", "12/05/2026")
    desk.expect_nothing_left_but(1)
    desk.tick("I understand")
    desk.press("Submit")
    return desk.case_id()


def sign_in_by_keyboard(live: Live, page: Page) -> None:
    """From the first page to Home without a mouse."""
    user, keys = live.town(SLUG).admin, page.keyboard
    page.goto(live.address(SLUG))
    page.get_by_label("User name").focus()
    keys.type(user.username)
    keys.press("Tab")
    keys.type(user.password)
    keys.press("Enter")
    page.wait_for_url(re.compile("/sign-in/code"))
    page.goto(live.address(SLUG, "/sign-in/code?use=totp"))
    page.get_by_label("Code").focus()
    keys.type(pyotp.TOTP(user.totp_secret).now())
    keys.press("Enter")
    page.wait_for_url(live.address(SLUG))


def test_an_outpatient_request_is_made_by_keyboard_alone(
    live: Live, open_page: OpenPage, contract: Contracts, shoot: Shoot
) -> None:
    load_codes(live)
    page = open_page()
    sign_in_by_keyboard(live, page)
    desk = Desk(live, page, SLUG, keyboard=True)
    start(desk, "Outpatient")
    rules = contract(SLUG)
    shown = page.locator(".c-section > summary :is(h2, h3)").all_inner_texts()
    assert shown == [rule.title for rule in rules.intake.sections]
    desk.expect_left("Choose a service type.")
    services = page.get_by_label("Service Type").locator("option").all_inner_texts()[1:]
    assert services == [
        service.label for service in rules.catalogue.services.values() if Category.OUTPATIENT in service.categories
    ]
    desk.choose("Place of Service", "Home")
    desk.choose("Service Type", "Home Health")
    desk.add_code("diagnosis", "r26.0", "R26.0")
    desk.add_code("procedure", "s9131", "S9131")
    desk.expect_left("S9131: enter the requested start date.")
    desk.type_line("start_on", "12/01/2026")
    desk.type_line("end_on", "12/31/2026")
    expect(page.locator('[name$=".duration"]')).to_have_value("31")
    desk.type_line("quantity", "12")
    desk.choose("Requested Frequency", "Weekly" if "weekly" in rules.catalogue.lists["frequencies"] else "One time")
    desk.expect_nothing_left_but(1)
    must_be_accessible(page)
    shoot(page, "draft")
    desk.tick(rules.intake.disclaimers[next(iter(rules.intake.disclaimers))].accept_label)
    desk.press("Submit")
    number = desk.case_id()
    assert re.fullmatch(r"\d{9}", number)
    expect(page.get_by_role("status").first).to_contain_text(number)


def the_case_is_found_again(desk: Desk, number: str, shoot: Shoot) -> None:
    """A case that was just submitted, in both widths; its mail holds no health data."""
    live, page = desk.live, desk.page
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        must_be_accessible(page)
        shoot(page, f"case-{viewport['width']}")
    the_rest_of_the_banner_is_a_touch_away(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    expect(page.locator(".c-banner").get_by_text("Case submit date")).to_be_visible()
    found_by_number(desk, number)
    found_by_member(desk, number)
    desk.go(f"/cases/{number}/summary")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    must_be_accessible(page)
    send_mail(live.app, SLUG)
    mail = received(live, number)
    words = json.dumps(mail)
    for secret in ("Sandoval", "Avery", "1977", "S92.154", "talus", "Inpatient"):
        assert secret.lower() not in words.lower()


def the_rest_of_the_banner_is_a_touch_away(page: Page) -> None:
    """A phone shows whose case it is and how it stands in a few lines."""
    banner = page.locator(".c-banner")
    box = banner.bounding_box()
    assert box is not None
    assert box["height"] < 180
    expect(banner.get_by_text("Case submit date")).to_be_hidden()
    banner.get_by_text("Details").click()
    expect(banner.get_by_text("Case submit date")).to_be_visible()
    banner.get_by_text("Details").click()


def found_by_number(desk: Desk, number: str) -> None:
    """The box at the top opens the case."""
    desk.go("/")
    box = desk.page.get_by_role("search").get_by_role("searchbox")
    box.fill(number)
    box.press("Enter")
    assert desk.case_id() == number


def found_by_member(desk: Desk, number: str) -> None:
    """The member's page lists the case."""
    desk.page.get_by_role("link", name="Avery Sandoval").click()
    expect(desk.page.get_by_role("link", name=number)).to_be_visible()
    must_be_accessible(desk.page)


def received(live: Live, number: str) -> dict[str, object]:
    """The mail about a case, as the demo's mailbox shows it."""
    ask = Request(f"http://127.0.0.1:{live.port}/messages.json", headers={"Host": f"mail.localhost:{live.port}"})
    with urlopen(ask, timeout=10) as answer:
        messages: list[dict[str, object]] = json.load(answer)
    about = [one for one in messages if number in json.dumps(one)]
    assert len(about) == 1
    return about[0]
