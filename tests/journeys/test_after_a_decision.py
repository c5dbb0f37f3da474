"""After a decision, both sides in one browser: rights on the case page, a talk, another look, a stay that goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.cases.models import Case, Request
from app.cases.synthetic import Owner, fill_cases
from app.directory.models import Provider
from app.domain.access import Actor, ActorKind, StaffRole
from app.domain.calendars import business_calendar
from app.reviews.after_models import PeerToPeer
from app.reviews.determinations import LineDecision, record_determination
from app.reviews.peer_to_peer import book
from app.web.request import portal_of
from tenancy.vocabulary import Decision
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live
from tests.journeys.office import PDF, load_codes
from tests.rooms.reviews.after import talker

pytestmark = pytest.mark.browser

CRITERION, CHANGE = "A trial of two weeks.", "Notes of such a trial."
Shoot = Callable[[Page, str], Path]


def physician(name: str) -> Actor:
    return Actor(ActorKind.STAFF, uuid4(), name, staff_roles=(StaffRole.REVIEWER_PHYSICIAN,))


def decide(live: Live, slug: str, number: str, who: Actor, decision: Decision) -> None:
    """The payer's physician decides everything open in the case's request."""
    portal = portal_of(live.app)
    reason = "criteria_met" if decision is Decision.APPROVE else "not_necessary"
    with portal.databases.app.session(slug) as session:
        request = session.scalars(select(Request).join(Case).where(Case.number == number)).one()
        parts: list[UUID | None] = [None] if request.certify_status in ("pending", "appealed") else []
        parts += [line.id for line in request.lines if line.certify_status in ("pending", "appealed")]
        wanted = [LineDecision(part, decision, reason, criterion=CRITERION, change=CHANGE) for part in parts]
        record_determination(
            session, portal.tenants[slug], request.id, wanted, version=request.review_version, actor=who,
            now=live.app.config["CLOCK"](),
        )  # fmt: skip
        session.commit()


def waiting_case(live: Live, slug: str, category: str) -> str:
    """The Case ID of a new case of the administrator's group that waits for its decision."""
    load_codes(live)
    portal, town, now = portal_of(live.app), live.town(slug), live.app.config["CLOCK"]()
    mine = (Case.status == "submitted", Case.category == category, Case.group_id == town.admin.group_ids[0])
    with portal.databases.app.session(slug) as session, portal.databases.control.session() as control:
        provider = session.get_one(Provider, town.provider_ids[0])
        owner = Owner(town.admin.group_ids[0], provider, town.admin.user_id, town.admin.name)
        fill_cases(session, control, portal.tenants[slug], [owner], count=60, now=now, days=6)
        session.commit()
        return str(session.scalars(select(Case.number).where(*mine).order_by(Case.submitted_at.desc())).first())


def looked_at(page: Page, shoot: Shoot, name: str) -> None:
    must_be_accessible(page)
    shoot(page, name)
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    must_be_accessible(page)
    shoot(page, f"{name}-narrow")
    page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})


def business_days(live: Live, number: int) -> list[str]:
    """The next business days of Mississippi as they are typed, from the day after tomorrow on."""
    contract = portal_of(live.app).tenants["mississippi"].contract
    calendar, now = business_calendar(contract), live.app.config["CLOCK"]()
    first = calendar.local_day(now) + timedelta(days=2)
    return [f"{calendar.business_days_after(first, place):%m/%d/%Y}" for place in range(1, number + 1)]


def ask_for_a_talk(live: Live, page: Page) -> None:
    page.get_by_label("Who will talk with us").fill("Jane Sample, MD")
    page.get_by_label("Direct phone number").fill("601-555-0100")
    for place, day in enumerate(business_days(live, 3), start=1):
        page.get_by_label(f"Day {place}").fill(day)
        page.get_by_label(f"Time {place}").fill("10:15 AM")
    page.get_by_role("button", name="Submit").click()


def book_first(live: Live, slug: str, number: str, who: Actor) -> None:
    """The payer's physician books the first of the offered times."""
    portal = portal_of(live.app)
    with portal.databases.app.session(slug) as session:
        talk = session.scalars(select(PeerToPeer).join(Request).join(Case).where(Case.number == number)).one()
        book(
            session, portal.tenants[slug].contract, talk.id, datetime.fromisoformat(talk.slots[0]), talker(who),
            version=talk.version, actor=who, now=live.app.config["CLOCK"](),
        )  # fmt: skip
        session.commit()


def test_with_notes_a_denial_is_talked_about_looked_at_again_and_overturned(  # noqa: PLR0915 - one story
    live: Live, signed_in_page: Callable[..., Page], shoot: Shoot, tmp_path: Path
) -> None:
    slug, denied_by, other = "mississippi", physician("Phil Physician"), physician("Olga Other")
    page, number = signed_in_page(slug), waiting_case(live, slug, "outpatient")
    decide(live, slug, number, denied_by, Decision.DENY)
    page.goto(live.address(slug, f"/cases/{number}"))
    expect(page.get_by_text(re.compile(r"Peer-to-Peer Review until .*\(1 business day\)"))).to_be_visible()
    expect(page.get_by_role("button", name="Actions")).to_have_count(0)
    looked_at(page, shoot, "rights")
    page.get_by_role("link", name="Ask for a Peer-to-Peer Review").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Give at least 3 dates and times.").first).to_be_visible()
    looked_at(page, shoot, "talk-refused")
    ask_for_a_talk(live, page)
    expect(page.get_by_text("Asked for, not booked yet")).to_be_visible()
    book_first(live, slug, number, other)
    page.reload()
    page.get_by_role("link", name="Open the talk").click()
    expect(page.get_by_text("Olga Other")).to_be_visible()
    looked_at(page, shoot, "talk-booked")
    page.goto(live.address(slug, f"/cases/{number}"))
    page.get_by_role("link", name="Ask for a Reconsideration").click()
    page.get_by_text("The care is medically necessary", exact=True).click()
    page.get_by_label("Notes").fill("The trial is described in the notes.")
    (tmp_path / "notes.pdf").write_bytes(PDF)
    page.get_by_label("Documents").set_input_files(tmp_path / "notes.pdf")
    looked_at(page, shoot, "reconsideration")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#r01-asked").get_by_text("Looked at again")).to_be_visible()
    decide(live, slug, number, other, Decision.APPROVE)
    page.reload()
    expect(page.get_by_text("Decision changed")).to_be_visible()
    looked_at(page, shoot, "overturned")


def test_with_forms_the_actions_menu_leads_to_a_talk_and_to_the_hearing(
    live: Live, signed_in_page: Callable[..., Page], shoot: Shoot
) -> None:
    slug = "colorado"
    page, number = signed_in_page(slug), waiting_case(live, slug, "outpatient")
    decide(live, slug, number, physician("Phil Physician"), Decision.DENY)
    page.goto(live.address(slug, f"/cases/{number}"))
    page.locator("#actions > summary").click()
    looked_at(page, shoot, "actions")
    page.get_by_role("link", name="Request Peer To Peer Review").click()
    ask_for_a_talk(live, page)
    expect(page.get_by_text("Asked for, not booked yet")).to_be_visible()
    page.get_by_role("link", name=re.compile("How to ask")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("State Fair Hearing")
    looked_at(page, shoot, "hearing")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).click()
    assert download.value.suggested_filename == f"fair_hearing-{number}-R01.pdf"


def test_a_stay_goes_on_as_a_further_request(live: Live, signed_in_page: Callable[..., Page], shoot: Shoot) -> None:
    slug = "mississippi"
    page, number = signed_in_page(slug), waiting_case(live, slug, "inpatient")
    decide(live, slug, number, physician("Phil Physician"), Decision.APPROVE)
    page.goto(live.address(slug, f"/cases/{number}"))
    page.get_by_role("link", name="Extend").click()
    expect(page.get_by_text("Do you want to extend this record?")).to_be_visible()
    looked_at(page, shoot, "extend")
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url(re.compile(r"/drafts/"))
    expect(page.get_by_text("A change to these diagnoses changes them for every request").first).to_be_attached()
    looked_at(page, shoot, "further")
    page.get_by_text("Emergency", exact=True).click()
    page.get_by_label("Admit Date").fill(f"{live.app.config['CLOCK']():%m/%d/%Y}")
    start = page.locator('[name="stay.start_on"]').input_value()
    last = datetime.strptime(start, "%m/%d/%Y") + timedelta(days=3)  # noqa: DTZ007 - a day
    page.locator('[name="stay.end_on"]').fill(f"{last:%m/%d/%Y}")
    page.locator('[name="stay.duration"]').fill("4")
    page.locator('[name="stay.duration"]').press("Tab")
    page.locator("#form-submit").get_by_text("I understand that precertification").click()
    page.get_by_role("button", name="Submit").last.click()
    page.wait_for_url(re.compile(rf"/cases/{number}"))
    expect(page.get_by_role("heading", name="Clinical, request R02")).to_be_visible()
    looked_at(page, shoot, "submitted")
