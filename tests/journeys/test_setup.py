"""An administrator sets the group up, and somebody of two groups keeps favourites and finds every case."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.web.request import portal_of
from tenancy.contract import Contract
from tenancy.vocabulary import ClaimProof, Feature, Navigation, Role
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, and_fourth, states
from tests.journeys.office import load_codes
from tests.journeys.test_joining import take_in
from tests.rooms.accounts.test_registering import free_provider

pytestmark = pytest.mark.browser

SLUG = "mississippi"
Shoot = Callable[[Page, str], Path]


def look(page: Page, shoot: Shoot, name: str) -> None:
    """The page is accessible and fits both widths."""
    must_be_accessible(page)
    for size, suffix in ((WIDE, "wide"), (NARROW, "narrow")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        shoot(page, f"{name}-{suffix}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_an_administrator_adds_changes_and_deactivates_a_user(
    live: Live, signed_in_page: Callable[..., Page], shoot: Shoot, slug: str
) -> None:
    page, rules = signed_in_page(slug), portal_of(live.app).tenants[slug].contract
    page.get_by_role("link", name=setup_label(rules)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(rules.users.groups_tab)
    page.locator("summary", has_text="Associated users").first.click()
    expect(page.get_by_label("Role of Mei Tanaka")).to_be_visible()
    look(page, shoot, "groups")
    page.get_by_role("link", name=re.compile("^Manage (?!Provider|Users)")).click()
    look(page, shoot, "group")
    page.get_by_role("link", name="Add new user").click()
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#error-summary")).to_be_visible()
    look(page, shoot, "new-user-errors")
    typed = {"User Name": "n.newcomer", "First Name": "Nia", "Last Name": "Newcomer", "Fax": "601-555-0100"}
    for label, text in typed.items():
        page.locator("main").get_by_label(label, exact=False).first.fill(text)
    page.locator("#f-email").fill("nia@provider.example")
    page.locator("#f-email-confirm").fill("nia@provider.example")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("An e-mail with a link is on its way.")).to_be_visible()
    page.get_by_label("Role of Nia Newcomer").select_option(label=rules.users.roles[Role.ADMIN].label)
    page.get_by_role("button", name="Save the role of Nia Newcomer").click()
    expect(page.get_by_text("The role was changed.")).to_be_visible()
    page.get_by_role("link", name="Mei Tanaka").click()
    look(page, shoot, "user")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("signed out everywhere")).to_be_visible()
    page.goto(page.url.partition("/setup")[0] + "/setup/users")
    look(page, shoot, "users")
    expect(page.get_by_role("row", name="Mei Tanaka")).to_contain_text("Deactivated")
    page.goto(page.url.partition("/setup")[0] + "/profile")
    look(page, shoot, "profile")


def setup_label(rules: Contract) -> str:
    """What the navigation calls the setup."""
    return next(one.label for one in rules.layout.navigation if one.place is Navigation.SETUP)


@pytest.mark.parametrize("slug", states(SLUG))
def test_somebody_of_two_groups_keeps_favourites_and_changes_the_context(
    live: Live, signed_in_page: Callable[..., Page], shoot: Shoot, slug: str
) -> None:
    load_codes(live)
    page = signed_in_page(slug, "luis.ortega")
    expect(page.get_by_role("navigation", name="Whose requests are shown")).to_be_visible()
    look(page, shoot, "home")
    before = page.locator(".c-drop summary").first.text_content() or ""
    page.locator(".c-drop summary").first.click()
    page.locator('.c-drop button[aria-pressed="false"]').first.click()
    expect(page.locator(".c-drop summary").first).not_to_have_text(before)
    other = page.locator(".c-drop summary").first.text_content() or ""
    page.goto(live.address(slug, "/cases"))
    expect(page.locator(".c-drop summary").first).to_have_text(other)
    if not portal_of(live.app).tenants[slug].contract.features[Feature.PREFERENCES]:
        return
    page.get_by_role("link", name="Preferences").first.click()
    look(page, shoot, "preferences")
    page.get_by_role("link", name="Add Diagnosis Codes").click()
    page.get_by_label("Code or description").fill("M17.11")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Add M17.11").click()
    expect(page.get_by_text("Added to your preferences.")).to_be_visible()
    page.get_by_role("link", name="Preferences").first.click()
    expect(page.get_by_role("row", name="M17.11")).to_be_visible()


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_an_administrator_registers_a_further_provider_removes_it_and_brings_it_back(
    live: Live, signed_in_page: Callable[..., Page], shoot: Shoot, slug: str
) -> None:
    page, rules = signed_in_page(slug), portal_of(live.app).tenants[slug].contract
    provider, tab = free_provider(live.app, slug), rules.users.groups_tab
    page.get_by_role("link", name=setup_label(rules)).first.click()
    expect(page.get_by_role("link", name=f"{tab} (1)")).to_be_visible()
    page.get_by_role("link", name=rules.registration.more_label).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(rules.registration.more_title)
    page.get_by_role("button", name="Find provider").click()
    expect(page.locator("#error-summary")).to_be_visible()
    look(page, shoot, "find")
    page.locator("#f-npi").fill(provider.npi or "")
    page.locator("#f-code").fill(provider.state_identifier)
    page.get_by_role("button", name="Find provider").click()
    page.locator("label", has_text=provider.name).click()
    look(page, shoot, "found")
    page.get_by_role("button", name="Select").click()
    if rules.registration.proof is ClaimProof.STAFF:
        expect(page.get_by_text("The request was sent.")).to_be_visible()
        take_in(live, slug)
        page.reload()
    else:
        expect(page.get_by_text("The provider is registered.")).to_be_visible()
    expect(page.get_by_role("link", name=f"{tab} (2)")).to_be_visible()
    look(page, shoot, "registered")
    page.get_by_role("link", name=f"Remove {provider.name}").click()
    look(page, shoot, "remove")
    page.get_by_role("button", name="Remove group").click()
    expect(page.get_by_role("link", name=f"{tab} (1)")).to_be_visible()
    look(page, shoot, "removed")
    page.get_by_role("button", name=f"Bring back {provider.name}").click()
    expect(page.get_by_role("link", name=f"{tab} (2)")).to_be_visible()
