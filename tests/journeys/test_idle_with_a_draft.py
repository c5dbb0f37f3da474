"""Nobody is at the keyboard while a draft is open: the warning, two tabs that agree, and nothing typed is lost (R9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import Live
from tests.journeys.office import Desk
from tests.journeys.test_nothing_typed_is_lost import SLUG, fill, procedure_line, settled, shown

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IDLE, COUNTDOWN = timedelta(minutes=15), timedelta(minutes=2)


def warning(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Are you still there?")


def pass_time(page: Page, span: timedelta) -> None:
    """In every tab of the browser."""
    page.context.clock.run_for(int(span.total_seconds() * 1000))


def second_tab(page: Page, live: Live) -> Page:
    """Another page of the portal in the same browser, whose clock the test holds from here on."""
    page.context.clock.install()
    page.context.route("**/session/left", lambda route: route.fulfill(json={"left": COUNTDOWN.seconds}))
    page.reload()
    other = page.context.new_page()
    other.goto(live.address(SLUG, "/security"))
    return other


def counts_down(tab: Page) -> None:
    """The warning is there, tells the time that is left, and has the focus."""
    expect(warning(tab)).to_be_visible()
    expect(tab.locator("#idle-left")).to_have_text(re.compile(r"^[12]:[0-5]\d$"))
    expect(tab.get_by_role("button", name="Continue")).to_be_focused()
    must_be_accessible(tab)


def come_back(page: Page, live: Live, now: datetime) -> None:
    """Sign in again on the page the sign-off led to."""
    user = live.town(SLUG).admin
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(user.password)
    page.get_by_role("button", name=re.compile("Login")).first.click()
    page.goto(live.address(SLUG, "/sign-in/code?use=totp"))
    page.get_by_label("Code").fill(pyotp.TOTP(user.totp_secret).at(now))
    page.get_by_role("button", name="Verify code").click()


def test_two_tabs_agree_on_the_warning_and_the_draft_is_there_after_the_sign_off(
    live: Live, signed_in_page: Callable[..., Page]
) -> None:
    desk = Desk(live, signed_in_page(SLUG), SLUG)
    procedure_line(desk)
    page, draft = desk.page, desk.page.url
    other = second_tab(page, live)

    pass_time(page, IDLE - timedelta(minutes=1))
    page.bring_to_front()
    fill(page, "quantity", "12")
    settled(page)
    pass_time(page, timedelta(minutes=2))
    expect(warning(page)).to_be_hidden()
    expect(warning(other)).to_be_hidden()  # what was typed in one tab counts for the other

    page.locator('[name$=".quantity"]').last.press("ControlOrMeta+a")
    page.keyboard.type("14")  # the field is not left
    settled(page)
    pass_time(page, IDLE + timedelta(seconds=1))
    for tab in (page, other):
        counts_down(tab)
    other.bring_to_front()
    other.keyboard.press("a")  # one key, in either tab
    expect(warning(other)).to_be_hidden()
    expect(warning(page)).to_be_hidden()

    later = datetime.now(UTC) + timedelta(hours=1)
    live.app.config["CLOCK"] = lambda: later
    pass_time(page, IDLE + COUNTDOWN + timedelta(seconds=1))
    for tab in (page, other):
        tab.wait_for_url(re.compile(r"/sign-in\?idle=1"))
        expect(tab.locator("main")).to_contain_text("signed out because nothing happened")
    come_back(page, live, later)
    page.wait_for_url(draft)
    assert shown(page, "quantity") == "14"
