"""A person registers an organization, finishes the account from the e-mailed link, agrees to the terms, is at work."""

from __future__ import annotations

import re
from datetime import datetime

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.enrolment_models import GroupClaim
from app.accounts.jobs import handlers
from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.directory.models import Provider
from app.storage.models import MailMessage, TextMessage
from app.storage.outbox import drain
from app.web.request import portal_of
from tests.pages import Browser, OpenClient
from tests.people import settle
from tests.rooms.accounts.conftest import Clock

pytestmark = pytest.mark.commits
PASSWORD = "quiet mill rode on"
PERSON = {
    "username": "r.mills",
    "first_name": "Rosa",
    "last_name": "Mills",
    "email": "rosa.mills@clinic.example",
    "email_confirm": "rosa.mills@clinic.example",
    "fax": "303-555-0144",
    "secret_question": "First street?",
    "secret_answer": "Mill Road",
}


def free_provider(app: Flask, slug: str) -> Provider:
    """An organization of the directory nobody registered."""
    with portal_of(app).databases.app.session(slug) as session:
        taken = select(ProviderGroup.provider_id)
        found = session.scalars(
            select(Provider)
            .where(Provider.entity == "organization", Provider.npi.is_not(None), Provider.id.not_in(taken))
            .where(Provider.state_identifier != "", Provider.phone != "")
            .order_by(Provider.name)
        ).first()
        assert found is not None
        session.expunge(found)
        return found


def ask_again(app: Flask, browser: Browser, slug: str, name: str, now: datetime, password: str = "") -> None:
    """Ask for a fresh link, and let the worker do what is owed."""
    browser.get("/enrol")
    browser.post("/enrol", {"username": name, "password": password})
    portal = portal_of(app)
    contract = portal.tenants[slug].contract
    drain(portal.databases, slug, contract=contract, now=now, handlers=handlers(portal.settings))


def newest_link(app: Flask, slug: str) -> str:
    """The address in the newest enrolment mail, without its host."""
    with portal_of(app).databases.app.session(slug) as session:
        body = session.scalars(
            select(MailMessage.body).where(MailMessage.kind == "enrolment_link").order_by(MailMessage.created_at.desc())
        ).first()
    found = re.search(r"/enrol/link/\S+", body or "")
    assert found is not None
    return found.group()


def newest_code(app: Flask, slug: str, table: type[MailMessage | TextMessage] = MailMessage) -> str:
    """The digits of the newest code that was sent."""
    with portal_of(app).databases.app.session(slug) as session:
        body = session.scalars(select(table.body).where(table.kind == "code").order_by(table.created_at.desc())).first()
    found = re.search(r"\d(?:, )?\d(?:, )?\d(?:, )?\d(?:, )?\d(?:, )?\d", body or "")
    assert found is not None
    return found.group().replace(", ", "")


def register(browser: Browser, provider: Provider, **changes: str) -> None:
    """Both pages of the registration."""
    browser.get("/register")
    browser.post("/register", {"npi": provider.npi, "code": provider.state_identifier})
    page = browser.get("/register/you")
    for told in ("Organizational Information", provider.name, "Account Information", "Contact Information"):
        assert told in page.text, "as REG-09 orders the page"
    empty = browser.posted_page("/register/you", {})
    faults = [href.removeprefix("#f-").replace("-", "_") for href in empty.links().values() if href.startswith("#f-")]
    fields = [name for name in page.form("/register/you") if name in faults]
    assert faults == fields, "what is to be corrected is told in the order of the page"
    browser.post("/register/you", {**PERSON, "password": PASSWORD, "password_again": PASSWORD, **changes})


def enrol(browser: Browser, app: Flask, slug: str, now: datetime) -> None:
    """The link, the password where it is still missing, an authenticator app."""
    link = newest_link(app, slug)
    browser.get(link)
    browser.post(link)
    page = browser.get("/enrol/steps")
    if "Create your password" in page.html:
        browser.post("/enrol/password", {"password": PASSWORD, "password_again": PASSWORD})
        page = browser.get("/enrol/steps")
    if "Confirm your organization" in page.html:
        browser.post("/enrol/proof/call")
        browser.post("/enrol/proof", {"one_time_code": newest_code(app, slug, TextMessage)})
    page = browser.get("/enrol/steps?use=totp")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.html)
    assert secret is not None
    code = pyotp.TOTP(secret.group(1).replace(" ", "")).at(now)
    browser.post("/enrol/factor/app", {"use": "totp", "one_time_code": code})
    assert "Keep your recovery codes" in browser.get("/enrol/steps").html
    browser.post("/enrol/paper")


@pytest.mark.parametrize("slug", ["colorado", "mississippi", "west_virginia"])
def test_a_first_claim_makes_the_group_and_its_administrator(
    app: Flask, client: OpenClient, clock: Clock, slug: str
) -> None:
    settle(app, slug, now=clock.now)
    browser, provider = Browser(client(slug)), free_provider(app, slug)
    register(browser, provider)
    enrol(browser, app, slug, clock.now)
    assert browser.client.get("/", base_url=browser.address).headers["Location"].startswith("/terms")
    browser.get("/terms")
    browser.posted_page("/terms", {"agree": ""})
    browser.post("/terms", {"agree": "yes", "next": "/"})
    assert provider.name in browser.get("/").html
    with portal_of(app).databases.app.session(slug) as session:
        user = session.scalars(select(UserAccount).where(UserAccount.username_key == "r.mills")).one()
        role = session.scalars(select(Membership.role).where(Membership.user_id == user.id)).one()
        assert (role, user.enrolled_at is not None) == ("group_admin", True)
        claim = session.scalars(select(GroupClaim)).one()
        assert claim.outcome == "first"
