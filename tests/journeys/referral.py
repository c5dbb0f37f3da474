"""A request in the invented fourth state: its own steps in its own order, by the contract's own buttons."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.directory.models import Member
from app.web.request import portal_of
from tenancy.contract import Contract
from tests.fourth import SLUG
from tests.journeys.conftest import Live
from tests.journeys.office import Desk


def a_child(live: Live) -> str:
    """The plan number of somebody young enough to be insured."""
    live.town(SLUG)
    with portal_of(live.app).databases.app.session(SLUG) as session:
        born = Member.birth_date > date(2009, 1, 1)
        return str(session.scalars(select(Member.member_number).where(born).order_by(Member.member_number)).first())


def find_the_child(desk: Desk, rules: Contract, number: str) -> None:
    """A draft for this child, at its first own step."""
    desk.go("/cases/new")
    desk.tick("Day care")
    desk.press(rules.intake.wording.to_member_label)
    desk.type(rules.members.number_label, number)
    desk.press("Search")
    desk.press("Choose")
    desk.press(rules.intake.wording.create_label)
    desk.page.wait_for_url(re.compile("/drafts/[^/]+/service_details"))


def onward(desk: Desk, rules: Contract, section: str) -> None:
    """Press the button that ends a step."""
    desk.press(next(one.next_label for one in rules.intake.sections if one.section == section))


def go_to(desk: Desk, step: str) -> None:
    """A new draft for a child, at one of its steps."""
    find_the_child(desk, rules_of(desk), a_child(desk.live))
    desk.tick("Nurse at Home")
    desk.tick("At School")
    onward(desk, rules_of(desk), "service_details")
    desk.page.wait_for_url(re.compile("/drafts/[^/]+/request"))
    desk.page.goto(desk.page.url.replace("/request", f"/{step}"))


def rules_of(desk: Desk) -> Contract:
    """The contract of the state."""
    return portal_of(desk.live.app).tenants[desk.slug].contract


def go_to_the_care(desk: Desk, rules: Contract) -> None:
    """The steps before the lines of care."""
    desk.tick("Nurse at Home")
    desk.tick("At School")
    for section in ("service_details", "request", "providers"):
        onward(desk, rules, section)
    desk.add_code("diagnosis", "r26.0", "R26.0")
    onward(desk, rules, "diagnoses")


def write_the_referral(desk: Desk, rules: Contract, folder: Path) -> None:
    """Every step in the contract's order; what is left is to send it."""
    page, today = desk.page, datetime.now(UTC).date()
    go_to_the_care(desk, rules)
    desk.add_code("procedure", "k0001", "K0001")
    first, last = today + timedelta(days=3), today + timedelta(days=20)
    for field, text in {"start_on": f"{first:%m/%d/%Y}", "end_on": f"{last:%m/%d/%Y}", "quantity": "12"}.items():
        desk.type_line(field, text)
    page.locator('[name$=".unit_qualifier"]').last.select_option(label="Hours")
    page.locator('[name$=".frequency"]').last.select_option(label="Per week")
    onward(desk, rules, "procedures")
    desk.press("Open")
    page.locator('[name="q.machines"][value="no"]').focus()
    page.keyboard.press("Space")
    page.locator('[name="q.hours"]').fill("9")
    desk.press("Mark as Complete")
    page.wait_for_url(re.compile("/drafts/[^/]+/questionnaires$|/questionnaires#"))
    onward(desk, rules, "questionnaires")
    page.get_by_label("Document type").last.select_option(label="Plan of Care")
    desk.upload(folder)
    desk.date_document(today - timedelta(days=5))
    onward(desk, rules, "documents")
    onward(desk, rules, "notes")
    desk.expect_left("Ready to submit")


def send_it(desk: Desk, rules: Contract) -> str:
    """Agree to the disclaimer; the Case ID."""
    desk.press(rules.intake.wording.submit_label)
    desk.page.get_by_role("dialog").get_by_role("button", name="So be it").click()
    return desk.case_id()
