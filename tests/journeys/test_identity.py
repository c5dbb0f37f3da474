"""Getting in, staying in and getting back in, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.accounts import passwords, staff_recognition
from app.accounts.jobs import handlers
from app.accounts.models import UserAccount
from app.storage.models import MailMessage
from app.storage.outbox import drain
from app.web.request import portal_of
from tenancy.vocabulary import ResetStep
from tests.identity import Vouching, running
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, STATES, Live, OpenPage, and_fourth

pytestmark = pytest.mark.browser
SLUG = "colorado"
NEW = "Quiet-Harbour-4711"
QUESTION = "What was the name of your first pet?"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vouching]:
    with running(tmp_path_factory.mktemp("identity")) as started:
        yield started


def mailed_link(live: Live, slug: str) -> str:
    """Do what the outbox owes; the link in the newest mail."""
    portal = portal_of(live.app)
    contract = portal.tenants[slug].contract
    now = datetime.now(UTC)
    drain(portal.databases, slug, contract=contract, now=now, handlers=handlers(portal.settings))
    with portal.databases.app.session(slug) as session:
        mails = session.scalars(select(MailMessage).where(MailMessage.kind == "recovery_link")).all()
    found = re.search(r"recover/[\w-]+", mails[-1].body)
    assert found is not None
    return f"/{found[0]}"


def has_a_secret_question(live: Live, slug: str, username: str) -> bool:
    """Give the person a secret question; whether the contract asks it of whoever forgot the password (AUTH-09)."""
    portal = portal_of(live.app)
    asks = {"secret_question": QUESTION, "secret_answer_hash": passwords.hashed("otto the cat")}
    with portal.databases.app.session(slug) as session:
        session.execute(update(UserAccount).where(UserAccount.username == username).values(**asks))
        session.commit()
    return ResetStep.SECRET_QUESTION in portal.tenants[slug].contract.sign_in.reset


@pytest.mark.parametrize("slug", STATES)
def test_somebody_forgot_the_password(
    live: Live, open_page: OpenPage, shoot: Callable[[Page, str], Path], slug: str
) -> None:
    user = live.town(slug).users["dana.whitlock"]
    is_asked = has_a_secret_question(live, slug, user.username)
    page = open_page(viewport=NARROW)
    page.goto(live.address(slug, "/sign-in"))
    shoot(page, "sign-in-320")
    page.get_by_role("link", name=portal_of(live.app).tenants[slug].contract.sign_in.reset_label).click()
    page.get_by_label("User name").fill(user.username)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_text("If there is such an account")).to_be_visible()
    shoot(page, "sent-320")
    page.goto(live.address(slug, mailed_link(live, slug)))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(pyotp.TOTP(user.totp_secret).now())
    shoot(page, "code-320")
    page.get_by_role("button", name="Verify code").click()
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same once more").fill(NEW)
    expect(page.get_by_label(QUESTION)).to_have_count(1 if is_asked else 0)
    if is_asked:
        page.get_by_label(QUESTION).fill("Otto the cat")
    must_be_accessible(page)
    shoot(page, "password-320")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("You can sign in now")).to_be_visible()


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_the_idle_warning_is_answered_by_one_key_and_the_sign_off_leads_back(
    signed_in_page: Callable[..., Page], live: Live, shoot: Callable[[Page, str], Path], slug: str
) -> None:
    session = portal_of(live.app).tenants[slug].contract.session
    idle, left = session.idle_minutes * 60_000, session.countdown_minutes * 60
    page = signed_in_page(slug, is_thrown_away=True)
    page.clock.install()
    page.goto(live.address(slug, "/security"))
    page.clock.run_for(idle - 60_000)
    dialog = page.get_by_role("alertdialog", name="Are you still there?")
    expect(dialog).to_be_hidden()
    page.route("**/session/left", lambda route: route.fulfill(json={"left": left}))
    page.clock.run_for(61_000)
    expect(dialog).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_focused()
    must_be_accessible(page)
    shoot(page, "warning-1280")
    page.clock.run_for((left - 60) * 1_000 + 1_000)
    expect(page.locator("#idle-said")).to_have_text("One minute left.")
    page.keyboard.press("a")
    expect(dialog).to_be_hidden()
    page.clock.run_for(idle + 1_000)
    expect(dialog).to_be_visible()
    page.clock.run_for((left - 20) * 1_000 + 500)
    expect(page.locator("#idle-said")).to_have_text("20 seconds left.")
    with page.expect_navigation(url=re.compile("/sign-in|/security|/$")) as going:
        page.clock.run_for(25_000)
    assert going.value is not None


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_a_reviewer_signs_in_with_the_company_account(
    live: Live, provider: Vouching, open_page: OpenPage, shoot: Callable[[Page, str], Path], slug: str
) -> None:
    live.town(slug)
    portal = portal_of(live.app)
    kept, portal.settings = portal.settings, replace(portal.settings, port=live.port)
    serve = provider.serve(live.app)
    try:
        page = open_page()
        page.route(
            re.compile("^https:"), lambda route: route.fulfill(body="", content_type="text/css")
        )  # the provider's looks
        page.goto(live.address(slug, "/sign-in"))
        shoot(page, "sign-in-1280")
        page.get_by_role("link", name="Login with your company account").click()
        page.wait_for_url(re.compile(r"^http://id\.localhost"))
        assert serve.plan.issuer in page.url
        page.get_by_role("button", name="nora.quinn").click()
        expect(page.get_by_text("Nora Quinn").first).to_be_visible()
        shoot(page, "arrived-1280")
        page.set_viewport_size({"width": 320, "height": 720})
        shoot(page, "arrived-320")
    finally:
        portal.settings = kept
        live.app.extensions.pop(staff_recognition.EXTENSION)
