"""The help pages in a real browser: accessible wide and narrow, before and after signing in, in every contract."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fourth import every_state
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, OpenPage

pytestmark = pytest.mark.browser

OPEN = ("/help", "/help/guide", "/help/faq", "/help/passwords")


@pytest.mark.parametrize("slug", every_state())
def test_a_stranger_reads_every_page_of_the_help(live: Live, open_page: OpenPage, slug: str) -> None:
    page = open_page()
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for path in OPEN if slug == "colorado" else ("/help/guide",):
            page.goto(live.address(slug, path))
            must_be_accessible(page)


def test_help_is_one_step_away_from_every_page(live: Live, signed_in_page: Callable[..., Page]) -> None:
    page = signed_in_page("colorado")
    page.get_by_role("link", name="Help", exact=True).click()
    page.get_by_role("link", name="Latest Release Notes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Latest Release Notes")
    must_be_accessible(page)
    page.get_by_role("link", name="FAQ", exact=True).click()
    page.get_by_text("Why is my sign-in locked?", exact=True).click()
    must_be_accessible(page)
    page.get_by_role("link", name=re.compile("More about it in the guide.*sign-in locked")).click()
    expect(page.locator("#signing-in")).to_be_in_viewport()
    assert page.url == live.address("colorado", "/help/guide#signing-in")
