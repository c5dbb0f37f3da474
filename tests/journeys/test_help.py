"""The help pages in a real browser: accessible wide and narrow, before and after signing in, in every contract."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenancy.contract import Contract
from tenancy.vocabulary import HelpPage, Navigation
from tests.fourth import every_state
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, OpenPage, and_fourth

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


@pytest.mark.parametrize("slug", and_fourth("colorado"))
def test_help_is_one_step_away_from_every_page(
    live: Live, signed_in_page: Callable[..., Page], contract: Callable[[str], Contract], slug: str
) -> None:
    page, rules = signed_in_page(slug), contract(slug)
    help_label = next(one.label for one in rules.layout.navigation if one.place is Navigation.HELP)
    page.get_by_role("link", name=help_label, exact=True).first.click()
    titles = rules.support.help_items
    if notes := titles.get(HelpPage.RELEASE_NOTES):
        page.get_by_role("link", name=notes).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(notes)
        must_be_accessible(page)
    page.get_by_role("link", name=titles[HelpPage.FAQ], exact=True).click()
    page.get_by_text("Why is my sign-in locked?", exact=True).click()
    must_be_accessible(page)
    page.get_by_role("link", name=re.compile("More about it in the guide.*sign-in locked")).click()
    expect(page.locator("#signing-in")).to_be_in_viewport()
    assert page.url == live.address(slug, "/help/guide#signing-in")
