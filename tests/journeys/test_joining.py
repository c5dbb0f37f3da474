"""Becoming a user in a real browser: register, second step, terms, Home; an invited colleague; a passkey."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from app.accounts import claims
from app.accounts.invitations import invite
from app.accounts.links import Sending
from app.accounts.secrets import TenantSecrets
from app.domain.access import SYSTEM
from app.web.request import portal_of
from tenancy.vocabulary import AccountField, ClaimProof, Role
from tests.fourth import IS_FULL
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import Live, OpenPage, and_fourth, states
from tests.rooms.accounts.test_registering import free_provider, newest_code, newest_link

pytestmark = pytest.mark.commits
PASSWORD = "quiet mill rode on"


See = Callable[[Page, str], None]


@pytest.fixture
def see(shoot: Callable[[Page, str], Path]) -> See:
    """The page is accessible, and nothing of it hangs over the edge of a telephone."""

    def look(page: Page, name: str) -> None:
        must_be_accessible(page)
        shoot(page, f"{name}-1280")
        page.set_viewport_size({"width": 320, "height": 720})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        shoot(page, f"{name}-320")
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


def fill_person(page: Page, slug: str, see: See) -> None:
    """The second page as the contract asks it."""
    typed = {
        "username": "rosa.mills",
        "first_name": "Rosa",
        "last_name": "Mills",
        "email": "rosa.mills@clinic.example",
        "email_confirm": "rosa.mills@clinic.example",
        "fax": "303-555-0144",
        "phone": "303-555-0143",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "secret_question": "Which street did you grow up in?",
        "secret_answer": "Mill Road",
    }
    for name, value in typed.items():
        field = page.locator(f"[name={name}]")
        if field.count():
            field.fill(value)
    see(page, f"{slug}-person")


def register(page: Page, live: Live, slug: str, see: See) -> None:
    """From the sign-in page to the mail."""
    contract = portal_of(live.app).tenants[slug].contract
    provider = free_provider(live.app, slug)
    page.goto(live.address(slug, "/sign-in"))
    page.get_by_role("link", name=contract.registration.entry_label).click()
    page.get_by_label(contract.registration.npi_label).fill(provider.npi or "")
    page.get_by_label(contract.registration.code.label).fill(provider.state_identifier)
    see(page, f"{slug}-organization")
    page.get_by_role("button", name="Next").click()
    fill_person(page, slug, see)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    see(page, f"{slug}-sent")


def open_link(page: Page, live: Live, slug: str, see: See) -> None:
    """The link of the mail, and the password where it is made now."""
    page.goto(live.address(slug, newest_link(live.app, slug)))
    see(page, f"{slug}-start")
    page.get_by_role("button", name="Continue").click()
    if page.get_by_label("New Password", exact=False).count():
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password_again]").fill(PASSWORD)
        see(page, f"{slug}-password")
        page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your second step")
    see(page, f"{slug}-factors")


def agree(page: Page, slug: str, see: See) -> None:
    """Recovery codes, the terms, and Home."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    see(page, f"{slug}-paper")
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url(re.compile("/terms"))
    see(page, f"{slug}-terms")
    page.locator("label[for=f-agree]").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(r":\d+/(waiting)?$"))


@pytest.mark.parametrize("slug", and_fourth("colorado"))
def test_a_supervisor_registers_with_an_authenticator_app(open_page: OpenPage, live: Live, see: See, slug: str) -> None:
    live.town(slug)
    page = open_page()
    register(page, live, slug, see)
    open_link(page, live, slug, see)
    page.get_by_role("link", name="Authenticator app").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    see(page, "app")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(datetime.now(UTC)))
    page.get_by_role("button", name="Verify code").click()
    agree(page, slug, see)
    staff_take_them_in(page, live, slug, see)
    expect(page.locator("body")).to_contain_text("Rosa Mills")


def take_in(live: Live, slug: str) -> None:
    """The payer's staff accept the one request to join that waits."""
    portal = portal_of(live.app)
    with portal.databases.app.session(slug) as session:
        (asked,) = claims.list_requests(session, SYSTEM)
        claims.decide(
            session, portal.tenants[slug].contract, asked.id, is_accepted=True, actor=SYSTEM, now=datetime.now(UTC)
        )
        session.commit()


def staff_take_them_in(page: Page, live: Live, slug: str, see: See) -> None:
    """Where the payer's staff looks at each registration the person waits until it is taken in."""
    portal = portal_of(live.app)
    loaded = portal.tenants[slug]
    if loaded.contract.registration.proof is not ClaimProof.STAFF:
        return
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for your organization")
    see(page, f"{slug}-waiting")
    take_in(live, slug)
    page.goto(live.address(slug))
    see(page, f"{slug}-taken-in")


@pytest.mark.parametrize("slug", ["mississippi", "west_virginia"])
def test_a_supervisor_registers_with_a_code(open_page: OpenPage, live: Live, slug: str, see: See) -> None:
    live.town(slug)
    page = open_page()
    register(page, live, slug, see)
    open_link(page, live, slug, see)
    page.get_by_role("link", name="E-mail").click()
    if IS_FULL:
        page.get_by_role("link", name="Change the e-mail address").click()
        see(page, f"{slug}-email")
        page.get_by_role("link", name="Cancel").click()
        page.get_by_role("link", name="E-mail").click()
    page.get_by_role("button", name="Send verification code").click()
    see(page, f"{slug}-code")
    page.get_by_label("Code").fill(newest_code(live.app, slug))
    page.get_by_role("button", name="Verify code").click()
    agree(page, slug, see)
    expect(page.locator("body")).to_contain_text("Rosa Mills")


@pytest.mark.parametrize("slug", states("colorado"))
def test_an_invited_colleague_joins_with_a_passkey_and_signs_in_with_it(
    open_page: OpenPage, live: Live, see: See, slug: str
) -> None:
    town, portal = live.town(slug), portal_of(live.app)
    portal.settings = replace(portal.settings, port=live.port)
    loaded = portal.tenants[slug]
    with portal.databases.app.session(slug) as session:
        typed = {
            AccountField.USERNAME: "noor.haddad",
            AccountField.FIRST_NAME: "Noor",
            AccountField.LAST_NAME: "Haddad",
            AccountField.EMAIL: "noor.haddad@clinic.example",
        }
        sending = Sending(loaded.policy, TenantSecrets(portal.keyring.key_for(slug)), live.address(slug))
        group, now = town.admin.group_ids[0], datetime.now(UTC)
        invite(session, loaded.contract, typed, group_id=group, role=Role.STAFF, sending=sending, actor=SYSTEM, now=now)
        session.commit()
    page = open_page(is_thrown_away=True)
    plug_in(page, "internal")
    open_link(page, live, slug, see)
    page.get_by_role("link", name="Passkey").click()
    see(page, "passkey")
    page.get_by_role("button", name="Create passkey").click()
    agree(page, slug, see)
    page.context.clear_cookies()
    page.goto(live.address(slug, "/sign-in"))
    page.get_by_label("User name").fill("noor.haddad")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Login").first.click()
    see(page, "passkey-sign-in")
    page.get_by_role("button", name="Use passkey").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    expect(page.locator("body")).to_contain_text("Noor Haddad")
    keeps_another_passkey(page, live, slug, see)


def plug_in(page: Page, transport: str) -> None:
    """A virtual authenticator whose person is always there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": transport, "hasResidentKey": True}
    ready = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, **ready}})


def keeps_another_passkey(page: Page, live: Live, slug: str, see: See) -> None:
    """A second passkey is added, renamed and removed on the security page; the only one left stays."""
    plug_in(page, "usb")
    page.goto(live.address(slug, "/security"))
    see(page, "security")
    page.get_by_role("link", name="Rename or remove").click()
    expect(page.locator("main")).to_contain_text("This is your only second step")
    see(page, "only-passkey")
    page.goto(live.address(slug, "/security/factors/passkey"))
    page.get_by_label("Name").fill("Key on the ring")
    see(page, "another-passkey")
    page.get_by_role("button", name="Create passkey").click()
    page.wait_for_url(re.compile("/security$"))
    page.get_by_role("link", name="Rename or remove Key on the ring").click()
    page.get_by_label("Name").fill("Spare key")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("link", name="Rename or remove Spare key").click()
    page.get_by_role("button", name="Remove this passkey").click()
    expect(page.locator("main")).to_contain_text("It was removed.")
    expect(page.locator("main")).not_to_contain_text("Spare key")
    for path in ("sms", "totp"):
        page.goto(live.address(slug, f"/security/factors/{path}"))
        see(page, f"factor-{path}")
    page.goto(live.address(slug, "/security/recovery-codes"))
    see(page, "new-codes")
