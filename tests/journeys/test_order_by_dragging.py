"""Diagnoses are put in order by dragging; the order is saved and says which one is primary."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import referral
from tests.journeys.conftest import Live, and_fourth
from tests.journeys.office import Desk, load_codes
from tests.journeys.test_request_in_sections import start

pytestmark = pytest.mark.browser

SLUG = "mississippi"


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_a_diagnosis_dragged_to_the_top_becomes_the_primary_one_and_stays_so(
    signed_in_page: Callable[..., Page], live: Live, slug: str
) -> None:
    load_codes(live)
    desk = Desk(live, signed_in_page(slug), slug)
    if slug == SLUG:
        start(desk, "Outpatient")
    else:
        referral.go_to(desk, "diagnoses")
    desk.add_code("diagnosis", "ataxic gait", "R26.0")
    desk.add_code("diagnosis", "s92.154b", "S92.154B")
    items = desk.page.locator(".c-order li")
    expect(items.first).to_contain_text("R26.0")
    items.nth(1).drag_to(items.first, target_position={"x": 40, "y": 4})
    expect(items.first).to_contain_text("S92.154B")
    expect(items.first.get_by_text("Primary")).to_be_visible()
    desk.page.reload()
    expect(items.first).to_contain_text("S92.154B")
    expect(items).to_have_count(2)
