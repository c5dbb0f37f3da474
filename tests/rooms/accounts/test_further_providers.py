"""A further provider under the login of an administrator: found, looked at, confirmed; never taken from others (S5)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import further_providers
from app.accounts.enrolment_models import GroupClaim
from app.accounts.links import Sending
from app.accounts.models import Membership, ProviderGroup
from app.accounts.secrets import TenantSecrets
from app.directory.models import Provider
from app.domain.access import Actor, ActorKind
from app.domain.errors import Forbidden
from app.storage.models import MailMessage
from app.web.request import portal_of
from tenancy.contract import Contract
from tenancy.vocabulary import ClaimProof, Role
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_claiming import registered
from tests.rooms.accounts.test_registering import free_provider

pytestmark = pytest.mark.commits


@pytest.fixture
def admin(browser: Browser, town: Town, clock: Clock) -> Browser:
    """The administrator of the first group, signed in."""
    sign_in(browser, town.admin, now=clock.now)
    return browser


def find(browser: Browser, provider: Provider) -> None:
    """Both numbers, then Find Provider."""
    browser.get("/setup/register")
    browser.post("/setup/register", {"npi": provider.npi, "code": provider.state_identifier})


def roles_in(app: Flask, town: Town, provider_id: UUID, user_id: UUID) -> list[str]:
    """What the person is in the group of a provider."""
    with portal_of(app).databases.app.session(town.slug) as session:
        held = select(Membership.role).join(ProviderGroup, ProviderGroup.id == Membership.group_id)
        return list(
            session.scalars(held.where(ProviderGroup.provider_id == provider_id, Membership.user_id == user_id))
        )


def other_provider(app: Flask, town: Town) -> Provider:
    """An organization that is registered and in which the administrator has no role."""
    with portal_of(app).databases.app.session(town.slug) as session:
        found = session.get_one(Provider, town.provider_ids[2])
        session.expunge(found)
        return found


def administrator(town: Town) -> Actor:
    """The administrator of the first group, as the service hears of them."""
    group = town.admin.group_ids[0]
    return Actor(ActorKind.PROVIDER, town.admin.user_id, town.admin.name, ((group, Role.GROUP_ADMIN),), group)


def register_as(app: Flask, town: Town, provider_id: UUID, contract: Contract, actor: Actor, clock: Clock) -> bool:
    """Ask the service without a page; committed."""
    portal = portal_of(app)
    secrets = TenantSecrets(portal.keyring.key_for(town.slug))
    sending = Sending(portal.tenants[town.slug].policy, secrets, portal.settings.url(contract.identity.subdomain))
    with portal.databases.app.session(town.slug) as session:
        is_ours = further_providers.register(
            session, contract, provider_id, sending=sending, actor=actor, now=clock.now
        )
        session.commit()
    return is_ours


def test_a_further_provider_is_found_looked_at_and_confirmed(admin: Browser, app: Flask, town: Town) -> None:
    provider = free_provider(app, town.slug)
    assert "Register New Provider" in admin.get("/setup").links()
    find(admin, provider)
    page = admin.get("/setup/register")
    assert provider.name in page.text
    assert provider.address_lines[0] in page.text
    assert "Tick the provider" in admin.posted_page("/setup/register/confirm").text
    done = admin.follow(admin.post("/setup/register/confirm", {"selected": "yes"}))
    assert "The provider is registered." in done.text
    assert "Manage Provider Groups (2)" in done.links()
    assert provider.name in done.text
    assert roles_in(app, town, provider.id, town.admin.user_id) == ["group_admin"]


def test_a_registered_provider_stays_where_it_is_and_its_administrators_are_asked(
    admin: Browser, app: Flask, town: Town
) -> None:
    provider = other_provider(app, town)
    find(admin, provider)
    assert provider.name in admin.get("/setup/register").text
    done = admin.follow(admin.post("/setup/register/confirm", {"selected": "yes"}))
    assert "The request was sent." in done.text
    assert "Manage Provider Groups (1)" in done.links()
    assert roles_in(app, town, provider.id, town.admin.user_id) == []


def test_asking_twice_makes_one_request_and_one_mail(admin: Browser, app: Flask, town: Town) -> None:
    for _ in range(2):
        find(admin, other_provider(app, town))
        admin.post("/setup/register/confirm", {"selected": "yes"})
    with portal_of(app).databases.app.session(town.slug) as session:
        asked = session.scalar(select(func.count()).select_from(GroupClaim))
        told = session.scalars(select(MailMessage.to_address).where(MailMessage.kind == "group_request")).all()
    assert (asked, len(told), len(set(told))) == (1, len(set(told)), len(told))


def test_ones_own_provider_is_told_as_ones_own(admin: Browser, app: Flask, town: Town) -> None:
    find(admin, registered(app, town))
    page = admin.posted_page("/setup/register/confirm", {"selected": "yes"}, status=409)
    assert "registered under your login already" in page.text


@pytest.mark.parametrize(
    ("npi", "code", "said"),
    [("", "", "Enter the NPI"), ("1234567890", "123456", "not an NPI"), ("1234567893", "123456", "could not find")],
)
def test_numbers_that_fit_no_provider_are_refused_in_words(admin: Browser, npi: str, code: str, said: str) -> None:
    admin.get("/setup/register")
    assert said in admin.posted_page("/setup/register", {"npi": npi, "code": code}).text
    assert "Provider found" not in admin.get("/setup/register").text


def test_tries_are_counted_for_administrators_too(admin: Browser) -> None:
    admin.get("/setup/register")
    for _ in range(5):
        admin.post("/setup/register", {"npi": "1234567893", "code": "123456"}, status=422)
    admin.post("/setup/register", {"npi": "1234567893", "code": "123456"}, status=429)


def test_what_was_found_is_forgotten_after_a_quarter_of_an_hour(
    admin: Browser, app: Flask, town: Town, clock: Clock
) -> None:
    provider = free_provider(app, town.slug)
    find(admin, provider)
    clock.advance(minutes=8)
    assert "Provider found" in admin.get("/setup/register").text
    clock.advance(minutes=8)
    assert "Provider found" not in admin.get("/setup/register").text
    answer = admin.post("/setup/register/confirm", {"selected": "yes"})
    assert answer.headers["Location"] == "/setup/register"
    assert roles_in(app, town, provider.id, town.admin.user_id) == []


@pytest.mark.parametrize("proof", [ClaimProof.STAFF, ClaimProof.PHONE_ON_FILE])
def test_where_a_claim_needs_more_than_an_email_staff_are_asked(
    app: Flask, town: Town, clock: Clock, proof: ClaimProof
) -> None:
    provider, portal = free_provider(app, town.slug), portal_of(app)
    contract = portal.tenants[town.slug].contract
    stricter = replace(contract, registration=replace(contract.registration, proof=proof))
    assert not register_as(app, town, provider.id, stricter, administrator(town), clock)
    assert roles_in(app, town, provider.id, town.admin.user_id) == []
    with portal.databases.app.session(town.slug) as session:
        told = session.scalars(select(MailMessage.to_address).where(MailMessage.kind == "group_request")).all()
    assert told == [next(one.email for one in contract.support.contacts.values() if one.email)]


def test_who_administers_nothing_registers_nothing(app: Flask, town: Town, clock: Clock) -> None:
    group = town.staff.group_ids[0]
    nobody = Actor(ActorKind.PROVIDER, town.staff.user_id, "Luis Ortega", ((group, Role.STAFF),), group)
    with pytest.raises(Forbidden):
        register_as(
            app,
            town,
            free_provider(app, town.slug).id,
            portal_of(app).tenants[town.slug].contract,
            nobody,
            clock,
        )


def test_staff_of_a_group_register_nothing(client: OpenClient, town: Town, clock: Clock) -> None:
    staff = Browser(client(town.slug))
    sign_in(staff, town.staff, now=clock.now)
    staff.get("/setup/register", status=403)
    staff.post("/setup/register", {}, status=403)
    staff.post("/setup/register/confirm", {"selected": "yes"}, status=403)
