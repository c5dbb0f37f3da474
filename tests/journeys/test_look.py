"""The pages of the web floor in a real browser: accessible, narrow, without JavaScript, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fourth import every_state
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, OpenPage, and_fourth

pytestmark = pytest.mark.browser

SLUGS = every_state()
Shoot = Callable[[Page, str], Path]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_component_is_accessible_at_any_width(live: Live, open_page: OpenPage, shoot: Shoot, slug: str) -> None:
    page = open_page()
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.goto(live.address(slug, "/styleguide"))
        must_be_accessible(page)
        shoot(page, f"{slug}-{viewport['width']}")


@pytest.mark.parametrize("slug", SLUGS)
def test_sign_in_is_accessible_empty_and_refused(live: Live, open_page: OpenPage, shoot: Shoot, slug: str) -> None:
    page = open_page()
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.goto(live.address(slug, "/sign-in"))
        must_be_accessible(page)
        page.get_by_label("User name").fill("nobody")
        page.get_by_label("Password").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        must_be_accessible(page)
        shoot(page, f"{slug}-{viewport['width']}")


def test_errors_are_accessible(live: Live, open_page: OpenPage) -> None:
    page = open_page()
    for address in (live.address("colorado", "/nothing/here"), f"http://nowhere.localhost:{live.port}/"):
        page.goto(address)
        must_be_accessible(page)


@pytest.mark.parametrize("slug", and_fourth("mississippi"))
def test_home_is_reached_by_keyboard_alone(live: Live, open_page: OpenPage, slug: str) -> None:
    import pyotp

    user = live.town(slug).admin
    page = open_page()
    page.goto(live.address(slug))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "c-skip"
    page.get_by_label("User name").focus()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(user.password)
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.type") == "checkbox":  # remember me, where a contract has it
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Enter your code").wait_for()
    must_be_accessible(page)
    assert page.evaluate("document.activeElement.name") == "code", "the code's field has the focus"
    page.keyboard.type(pyotp.TOTP(user.totp_secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url(live.address(slug))
    must_be_accessible(page)
    single_keys_lead_on_and_can_be_switched_off(page)


def single_keys_lead_on_and_can_be_switched_off(page: Page) -> None:
    """Somebody who speaks to the computer presses none by chance (WCAG 2.1.4)."""
    dialog, search = page.get_by_role("dialog", name="Keyboard shortcuts"), page.locator("#header-search")
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("?/n")
    expect(search).to_have_value("?/n")
    expect(dialog).to_be_hidden()
    search.fill("")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    must_be_accessible(page)
    page.keyboard.press("n")
    page.get_by_label("Use these keys in this browser").press("Space")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator("main").focus()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(dialog).to_be_hidden()
    expect(search).not_to_be_focused()
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    page.get_by_label("Use these keys in this browser").press("Space")
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("c")
    page.get_by_role("heading", name="Cases", level=1).wait_for()


@pytest.mark.parametrize("slug", SLUGS)
def test_home_is_accessible_wide_and_narrow(
    live: Live, signed_in_page: Callable[..., Page], shoot: Shoot, slug: str
) -> None:
    page = signed_in_page(slug, "luis.ortega")
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        must_be_accessible(page)
        shoot(page, f"{slug}-{viewport['width']}")
    page.get_by_text("Menu").click()
    must_be_accessible(page)
    shoot(page, f"{slug}-menu")


def test_the_menus_work_without_javascript(live: Live, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False, viewport=NARROW)
    page.goto(live.address("colorado", "/styleguide"))
    page.get_by_text("Menu").click()
    assert page.get_by_role("link", name="Consumers").is_visible()
    page.locator("summary", has_text="Renata Oakes").click()
    assert page.get_by_role("button", name="Logout").is_visible()
    assert page.get_by_role("heading", name="Before you submit").is_visible()


def test_the_picker_the_dialog_and_links_into_sections_work_by_keyboard(live: Live, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(live.address("colorado", "/styleguide"))
    page.locator("#dx").focus()
    page.keyboard.press("ArrowDown")
    assert "E0141" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "dx"
    page.locator("[data-opens=agree-dialog]").press("Enter")
    assert page.get_by_role("dialog", name="Before you submit").is_visible()
    must_be_accessible(page)
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog", name="Before you submit").is_visible()
    page.evaluate("document.querySelector('#service').open = false")
    page.locator("#missing-panel").get_by_role("link", name="Enter the start date.").click()
    assert page.evaluate("document.activeElement.id") == "f-start"
