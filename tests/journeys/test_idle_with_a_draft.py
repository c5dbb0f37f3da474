"""Nobody is at the keyboard while a draft is open: the warning, two tabs that agree, and nothing typed is lost (R9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.accounts.models import ProviderGroup
from app.cases import drafts
from app.cases.drafts import Start
from app.directory.models import Member
from app.domain.access import Actor, ActorKind
from app.web.request import portal_of
from tenancy.vocabulary import Category, Presentation, Role
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import Live, states
from tests.journeys.test_nothing_typed_is_lost import open_all, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def times(live: Live, slug: str) -> tuple[timedelta, timedelta]:
    """How long nothing may happen before the warning, and how long it counts down."""
    session = portal_of(live.app).tenants[slug].contract.session
    return timedelta(minutes=session.idle_minutes), timedelta(minutes=session.countdown_minutes)


def warning(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Are you still there?")


def pass_time(page: Page, span: timedelta) -> None:
    """In every tab of the browser."""
    page.context.clock.run_for(int(span.total_seconds() * 1000))


def a_draft(live: Live, slug: str) -> str:
    """A draft of the administrator's group; the address at which its notes are written."""
    user, portal, now = live.town(slug).admin, portal_of(live.app), datetime.now(UTC)
    loaded, group_id = portal.tenants[slug], user.group_ids[0]
    actor = Actor(ActorKind.PROVIDER, user.user_id, user.name, ((group_id, Role.GROUP_ADMIN),), group_id)
    with portal.databases.app.session(slug) as session:
        member = session.scalars(select(Member.id).limit(1)).one()
        provider = session.get_one(ProviderGroup, group_id).provider_id
        start = Start(Category.OUTPATIENT, member, group_id, provider)
        draft = f"/drafts/{drafts.open_draft(session, loaded, start, actor=actor, now=now).draft_id}"
        session.commit()
    is_in_steps = loaded.contract.intake.presentation is Presentation.STEPS
    return live.address(slug, f"{draft}/notes" if is_in_steps else draft)


def type_over(page: Page, text: str) -> None:
    """Replace what stands in the notes and stay there."""
    open_all(page)
    page.get_by_label("Notes").press("ControlOrMeta+a")
    page.keyboard.type(text)
    settled(page)


def second_tab(page: Page, live: Live, slug: str) -> Page:
    """Another page of the portal in the same browser, whose clock the test holds from here on."""
    left = times(live, slug)[1].seconds
    page.context.clock.install()
    page.context.route("**/session/left", lambda route: route.fulfill(json={"left": left}))
    page.reload()
    other = page.context.new_page()
    other.goto(live.address(slug, "/security"))
    return other


def counts_down(tab: Page) -> None:
    """The warning is there, tells the time that is left, and has the focus."""
    expect(warning(tab)).to_be_visible()
    expect(tab.locator("#idle-left")).to_have_text(re.compile(r"^[1-3]:[0-5]\d$"))
    expect(tab.get_by_role("button", name="Continue")).to_be_focused()
    must_be_accessible(tab)


def come_back(page: Page, live: Live, slug: str, now: datetime) -> None:
    """Sign in again on the page the sign-off led to."""
    user = live.town(slug).admin
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(user.password)
    page.get_by_role("button", name=re.compile("Login")).first.click()
    page.wait_for_url(re.compile("/sign-in/code"))
    page.goto(live.address(slug, "/sign-in/code?use=totp"))
    page.get_by_label("Code").fill(pyotp.TOTP(user.totp_secret).at(now))
    page.get_by_role("button", name="Verify code").click()


@pytest.mark.parametrize("slug", states("mississippi"))
def test_two_tabs_agree_on_the_warning_and_the_draft_is_there_after_the_sign_off(
    live: Live, signed_in_page: Callable[..., Page], slug: str
) -> None:
    page, (idle, countdown) = signed_in_page(slug, is_thrown_away=True), times(live, slug)
    draft = a_draft(live, slug)
    page.goto(draft)
    other = second_tab(page, live, slug)

    pass_time(page, idle - timedelta(minutes=1))
    page.bring_to_front()
    type_over(page, "Twelve visits")
    pass_time(page, timedelta(minutes=2))
    expect(warning(page)).to_be_hidden()
    expect(warning(other)).to_be_hidden()  # what was typed in one tab counts for the other

    type_over(page, "Fourteen visits")
    pass_time(page, idle + timedelta(seconds=1))
    for tab in (page, other):
        counts_down(tab)
    other.bring_to_front()
    other.keyboard.press("a")  # one key, in either tab
    expect(warning(other)).to_be_hidden()
    expect(warning(page)).to_be_hidden()

    later = datetime.now(UTC) + timedelta(hours=1)
    live.app.config["CLOCK"] = lambda: later
    pass_time(page, idle + countdown + timedelta(seconds=1))
    for tab in (page, other):
        tab.wait_for_url(re.compile(r"/sign-in\?idle=1"))
        expect(tab.locator("main")).to_contain_text("signed out because nothing happened")
    come_back(page, live, slug, later)
    page.wait_for_url(draft)
    assert page.get_by_label("Notes").input_value() == "Fourteen visits"
