"""Sent on a Friday evening or before the night the clocks change: both sides read the same last moment in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.accounts.models import ProviderGroup
from app.directory.models import Member
from app.domain.access import Actor, ActorKind, StaffRole
from app.web.request import SignedIn, portal_of
from tenancy.vocabulary import Role
from tests.journeys.conftest import Live, OpenPage
from tests.journeys.office import load_codes
from tests.journeys.reviewers import Reviewer
from tests.rooms.cases.people import World, a_complete_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLUG = "mississippi"
FRIDAY_EVENING = datetime(2027, 3, 5, 23, 50, tzinfo=UTC)  # 5:50 PM CST, after the office closed
NIGHT_TO_SUMMER = datetime(2027, 3, 13, 23, 30, tzinfo=UTC)  # Saturday 5:30 PM CST; an hour is missing that night


def a_draft(live: Live, now: datetime) -> UUID:
    """A draft of the administrator's group that lacks nothing but the disclaimer."""
    user, portal = live.town(SLUG).admin, portal_of(live.app)
    group = user.group_ids[0]
    actor = Actor(ActorKind.PROVIDER, user.user_id, user.name, ((group, Role.GROUP_ADMIN),), group)
    with portal.databases.app.session(SLUG) as session:
        member = session.scalars(select(Member.id).order_by(Member.id).limit(1)).one()
        provider = session.get_one(ProviderGroup, group).provider_id
    world = World(group, group, provider, provider, member, actor, actor, actor)
    return a_complete_draft(portal.databases, portal.tenants[SLUG], world, now=now)


def sent(page: Page, live: Live, draft: UUID, urgency: str) -> str:
    """Say how urgent it is, accept the disclaimer and submit; the Case ID."""
    page.goto(live.address(SLUG, f"/drafts/{draft}"))
    page.locator("details.c-section:not([open])").evaluate_all("all => all.forEach(one => (one.open = true))")
    page.locator("label[for^=f-urgency]").filter(has_text=urgency).click()
    page.get_by_label("Contact for This Request").fill("Ana Clerk")
    page.get_by_label("Contact Phone").fill("601-555-0100")
    page.locator("#form-submit").get_by_text("I understand that precertification").click()
    page.get_by_role("button", name="Submit").last.click()
    page.wait_for_url("**/cases/*")
    return page.url.rpartition("/")[2].partition("?")[0]


def a_nurse(live: Live, open_page: OpenPage) -> Reviewer:
    """A nurse at her desk from here on, whoever else was signed in."""
    nurse = Actor(ActorKind.STAFF, uuid4(), "Nora Quinn", staff_roles=(StaffRole.REVIEWER_NURSE,))
    portal_of(live.app).recognise = lambda: SignedIn(nurse, (), uuid4())
    return Reviewer(live, open_page(), SLUG)


@pytest.mark.parametrize(
    ("sent_at", "urgency", "heading", "due"),
    [
        (FRIDAY_EVENING, "Standard", "03/12/2027, 11:59 PM CST", "Fri 12 Mar 2027, 11:59 PM CST"),
        (NIGHT_TO_SUMMER, "Expedited", "03/14/2027, 6:30 PM CDT", "Sun 14 Mar 2027, 6:30 PM CDT"),
    ],
)
def test_both_sides_read_the_same_last_moment(
    live: Live, signed_in_page: Callable[..., Page], open_page: OpenPage,
    sent_at: datetime, urgency: str, heading: str, due: str,
) -> None:  # fmt: skip
    live.app.config["CLOCK"] = lambda: sent_at
    load_codes(live)
    page = signed_in_page(SLUG)
    number = sent(page, live, a_draft(live, sent_at), urgency)
    expect(page.locator("main")).to_contain_text(f"Decision due by {heading}")
    nurse = a_nurse(live, open_page)
    nurse.work()
    expect(nurse.page.get_by_role("row").filter(has_text=number)).to_contain_text(due)
    nurse.find(number)
    expect(nurse.page.locator("main")).to_contain_text(f"Due {due}")
