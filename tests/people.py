"""People to sign in as: the demo's own, over a small made-up directory. Committed, and swept with the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy import select

from app.accounts.secrets import TenantSecrets
from app.accounts.seeding import DemoUser, seed_demo_users
from app.directory.models import Provider
from app.directory.synthetic import fill_tenant
from app.web.request import portal_of
from tests.pages import Browser

MEMBERS, PROVIDERS = 40, 14


@dataclass(frozen=True, slots=True)
class Town:
    """A tenant with people in it."""

    slug: str
    users: Mapping[str, DemoUser]
    provider_ids: tuple[UUID, ...]

    @property
    def admin(self) -> DemoUser:
        """Administrator of the first group."""
        return self.users["dana.whitlock"]

    @property
    def staff(self) -> DemoUser:
        """Staff of the first and of the second group."""
        return self.users["luis.ortega"]

    @property
    def by_email(self) -> DemoUser:
        """Staff of the first group whose second factor is the registered e-mail."""
        return self.users["mei.tanaka"]

    @property
    def stranger(self) -> DemoUser:
        """Staff of a third group."""
        return self.users["priya.nair"]


def settle(app: Flask, slug: str, *, now: datetime) -> Town:
    """Fill the tenant's directory a little and add the demo's people; committed."""
    portal = portal_of(app)
    contract = portal.tenants[slug].contract
    with portal.databases.app.session(slug) as session:
        fill_tenant(session, contract, now=now, members=MEMBERS, providers=PROVIDERS)
        groups = session.scalars(select(Provider.id).where(Provider.entity == "organization").order_by(Provider.name))
        provider_ids = tuple(groups)[:3]
        secrets = TenantSecrets(portal.keyring.key_for(slug))
        users = seed_demo_users(session, contract, provider_ids, secrets=secrets, now=now)
        session.commit()
    return Town(slug, {user.username: user for user in users}, provider_ids)


def sign_in(browser: Browser, user: DemoUser, *, now: datetime) -> None:
    """Password, then the code of the authenticator app; ends on the page after signing in."""
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": user.username, "password": user.password, "factor": "totp"})
    browser.get("/sign-in/code")
    code = pyotp.TOTP(user.totp_secret).at(now)
    browser.follow(browser.post("/sign-in/code", {"factor": "totp", "code": code}))
