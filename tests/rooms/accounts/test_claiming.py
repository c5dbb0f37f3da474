"""What a stranger, a squatter and a machine meet at the registration: one answer, limits, nothing given (S4, S5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import claims
from app.accounts.enrolment_models import EnrolmentLink, GroupClaim
from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.directory.models import Provider
from app.domain.access import SYSTEM
from app.domain.errors import NotFound
from app.storage.models import MailMessage, TextMessage
from app.web.request import portal_of
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf
from tenancy.vocabulary import ClaimProof
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_registering import (
    PASSWORD,
    PERSON,
    ask_again,
    enrol,
    free_provider,
    newest_code,
    newest_link,
    register,
)

pytestmark = pytest.mark.commits


def registered(app: Flask, town: Town) -> Provider:
    """The organization of the first group."""
    with portal_of(app).databases.app.session(town.slug) as session:
        found = session.get_one(Provider, town.provider_ids[0])
        session.expunge(found)
        return found


def count(app: Flask, slug: str, table: type) -> int:
    with portal_of(app).databases.app.session(slug) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_who_claims_a_registered_organization_gets_nothing_and_its_administrators_decide(
    app: Flask, client: OpenClient, browser: Browser, town: Town, clock: Clock
) -> None:
    before = count(app, town.slug, Membership)
    register(browser, registered(app, town))
    enrol(browser, app, town.slug, clock.now)
    browser.get("/terms")
    browser.post("/terms", {"agree": "yes"})
    assert browser.client.get("/", base_url=browser.address).headers["Location"].endswith("/waiting")
    assert "Waiting" in browser.get("/waiting").html
    assert count(app, town.slug, Membership) == before
    with portal_of(app).databases.app.session(town.slug) as session:
        told = session.scalars(select(MailMessage.to_address).where(MailMessage.kind == "group_request")).all()
    assert told == [town.admin.email]
    admin = Browser(client(town.slug))
    sign_in(admin, town.admin, now=clock.now)
    assert "Rosa Mills" in admin.get("/setup/requests").html
    actions = [str(form.get("action")) for form in admin.get("/setup/requests").all("form")]
    action = next(one for one in actions if one.startswith("/setup/requests/"))
    admin.post(action, {"decision": "accept"})
    assert count(app, town.slug, Membership) == before + 1
    assert browser.get("/").status == 200


def test_the_answers_are_the_same_for_registered_and_free_organizations(
    app: Flask, client: OpenClient, town: Town
) -> None:
    shown = []
    for provider in (registered(app, town), free_provider(app, town.slug)):
        browser = Browser(client(town.slug))
        browser.get("/register")
        first = browser.post("/register", {"npi": provider.npi, "code": provider.state_identifier})
        browser.get("/register/you")
        second = browser.post("/register/you", PERSON)
        done = browser.get("/register/done")
        page = done.html.replace(browser.token, "")
        shown.append(
            (first.status_code, first.headers["Location"], second.status_code, second.headers["Location"], page)
        )
    assert shown[0] == shown[1]


def test_wrong_numbers_are_counted_per_address(browser: Browser, town: Town) -> None:
    browser.get("/register")
    for _ in range(5):
        browser.post("/register", {"npi": "1234567893", "code": "123456"}, status=422)
    browser.post("/register", {"npi": "1234567893", "code": "123456"}, status=429)


def test_tries_at_one_npi_are_counted_whoever_asks(app: Flask, client: OpenClient, town: Town, clock: Clock) -> None:
    provider = free_provider(app, town.slug)
    answers = []
    for number in range(11):
        browser = Browser(client(town.slug))
        browser.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        browser.get("/register")
        data = {"csrf_token": browser.token, "npi": provider.npi, "code": "111111"}
        answers.append(browser.client.post("/register", data=data, base_url=browser.address).status_code)
    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("npi", "code", "said"),
    [
        ("1234567890", "123456", "not an NPI"),
        ("", "123456", "Enter the NPI"),
        ("1234567893", "", "Enter the Provider Registration Code"),
        ("1234567893", "12", "not a Medicaid ID"),
        ("123456", "123456", "not an NPI"),
        ("1" * 5000, "x\x00", "not an NPI"),
    ],
)
def test_numbers_that_cannot_be_right_are_told_apart(browser: Browser, npi: str, code: str, said: str) -> None:
    browser.get("/register")
    assert said in browser.posted_page("/register", {"npi": npi, "code": code}).html


def test_a_slip_in_the_address_is_asked_once(app: Flask, browser: Browser, town: Town) -> None:
    provider = free_provider(app, town.slug)
    browser.get("/register")
    browser.post("/register", {"npi": provider.npi, "code": provider.state_identifier})
    browser.get("/register/you")
    slip = {**PERSON, "email": "rosa@gmial.com", "email_confirm": "rosa@gmial.com"}
    page = browser.posted_page("/register/you", slip)
    assert "rosa@gmail.com" in page.html
    browser.post("/register/you", {**slip, "email_seen": "rosa@gmial.com"})


def test_everything_missing_is_said_at_once(app: Flask, browser: Browser, town: Town) -> None:
    provider = free_provider(app, town.slug)
    browser.get("/register")
    browser.post("/register", {"npi": provider.npi, "code": provider.state_identifier})
    browser.get("/register/you")
    typed = {"username": "two words", "email": "rosa", "fax": "12", "postal_code": "9050"}
    html = browser.posted_page("/register/you", typed).html
    wanted = ("username with 3 to 64 letters", "first name", "name@example.com", "fax as ten digits", "as five digits")
    for said in (*wanted, "secret question", "answer to your question"):
        assert said in html


def test_the_second_page_cannot_be_reached_without_the_first(browser: Browser) -> None:
    answer = browser.client.get("/register/you", base_url=browser.address)
    assert answer.headers["Location"].endswith("/register")


def test_a_link_works_once_the_newest_only_and_not_too_late(
    app: Flask, client: OpenClient, town: Town, clock: Clock
) -> None:
    browser = Browser(client(town.slug))
    register(browser, free_provider(app, town.slug))
    older = newest_link(app, town.slug)
    clock.advance(minutes=1)
    ask_again(app, browser, town.slug, PERSON["email"], clock.now)
    newer = newest_link(app, town.slug)
    assert older != newer
    browser.get(older, status=404)
    browser.get(newer)
    browser.get(newer)
    browser.post(newer)
    browser.get("/enrol/steps")
    browser.post(newer, status=404)
    clock.advance(minutes=1)
    ask_again(app, browser, town.slug, PERSON["email"], clock.now)
    clock.advance(minutes=21)
    browser.get(newest_link(app, town.slug), status=404)


def test_asking_for_a_link_answers_alike_for_any_address(client: OpenClient, town: Town) -> None:
    browser, shown = Browser(client(town.slug)), []
    for address in (town.by_email.email, "nobody@nowhere.example", "x" * 300):
        browser.get("/enrol")
        answer = browser.post("/enrol", {"username": address})
        shown.append((answer.status_code, answer.headers["Location"], answer.get_data()))
    assert len(set(shown)) == 1


def test_links_are_limited_to_three_in_a_quarter_of_an_hour(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    register(browser, free_provider(app, town.slug))
    for _ in range(4):
        ask_again(app, browser, town.slug, PERSON["email"].upper(), clock.now)
    assert count(app, town.slug, EnrolmentLink) == 3


def test_of_two_who_claim_at_once_one_administers_and_the_other_asks(
    app: Flask, client: OpenClient, town: Town, clock: Clock
) -> None:
    provider = free_provider(app, town.slug)
    browsers = [Browser(client(town.slug)) for _ in range(2)]
    ready = []
    for number, browser in enumerate(browsers):
        changes = {"username": f"r.mills{number}", "email": f"r{number}@clinic.example"}
        register(browser, provider, **changes, email_confirm=changes["email"])
        ready.append(browser)
        clock.advance(seconds=1)
        enrol(browser, app, town.slug, clock.now)
    with portal_of(app).databases.app.session(town.slug) as session:
        outcomes = session.scalars(select(GroupClaim.outcome).order_by(GroupClaim.created_at)).all()
        groups = session.scalars(select(ProviderGroup.id).where(ProviderGroup.provider_id == provider.id)).all()
    assert (list(outcomes), len(groups)) == (["first", None], 1)


def test_a_user_name_is_taken_by_the_one_who_finishes(app: Flask, client: OpenClient, town: Town, clock: Clock) -> None:
    browser = Browser(client(town.slug))
    register(browser, free_provider(app, town.slug), username=town.staff.username.upper())
    browser.post(newest_link(app, town.slug))
    assert "Choose another user name" in browser.get("/enrol/steps").html
    browser.posted_page("/enrol/username", {"username": town.staff.username})
    browser.post("/enrol/username", {"username": "rosa.mills"})
    assert "Create your password" in browser.get("/enrol/steps").html


def test_registration_opens_on_its_day(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    clock.now = datetime(2021, 4, 1, 5, 59, tzinfo=clock.now.tzinfo)
    assert "Registration opens on 04/01/2021" in browser.get("/register").html
    browser.post("/register", {"npi": "1234567893", "code": "123456"}, status=409)
    clock.now += timedelta(minutes=2)
    assert "Specify Your Organization" in browser.get("/register").html


def test_a_person_who_has_not_finished_cannot_sign_in(app: Flask, browser: Browser, town: Town) -> None:
    register(browser, free_provider(app, town.slug))
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": PERSON["username"], "password": PASSWORD}, status=422)
    with portal_of(app).databases.app.session(town.slug) as session:
        user = session.scalars(select(UserAccount).where(UserAccount.username == PERSON["username"])).one()
    assert (user.enrolled_at, user.username_key[0]) == (None, "\x01")


def test_weak_passwords_are_refused_with_the_reason(app: Flask, browser: Browser, town: Town) -> None:
    register(browser, free_provider(app, town.slug))
    browser.post(newest_link(app, town.slug))
    browser.get("/enrol/steps")
    for typed, said in (("short", "at least 8"), ("Password1!", "Many people"), ("RosaMills-1", "your own name")):
        page = browser.posted_page("/enrol/password", {"password": typed, "password_again": typed})
        assert said in page.html, typed
    page = browser.posted_page("/enrol/password", {"password": PASSWORD, "password_again": "x"})
    assert "differ" in page.html
    browser.post("/enrol/password", {"password": "x" * 1_000_000}, status=400)


@pytest.fixture
def calls_first(app: Flask, town: Town) -> Iterator[None]:
    """A contract that asks for a call to the organization's own telephone."""
    portal = portal_of(app)
    loaded = portal.tenants[town.slug]
    strict = replace(loaded.contract.registration, proof=ClaimProof.PHONE_ON_FILE)
    known = portal.contracts
    changed = replace(loaded, contract=replace(loaded.contract, registration=strict))
    shelf = ContractShelf({**known, town.slug: changed}, {})
    portal.contracts = ContractsInForce(shelf, base_domain=portal.settings.base_domain)
    yield
    portal.contracts = known


@pytest.mark.usefixtures("calls_first")
def test_a_first_claim_is_confirmed_at_the_telephone_on_file(
    app: Flask, browser: Browser, town: Town, clock: Clock
) -> None:
    provider = free_provider(app, town.slug)
    register(browser, provider)
    browser.post(newest_link(app, town.slug))
    browser.get("/enrol/steps")
    browser.post("/enrol/password", {"password": PASSWORD, "password_again": PASSWORD})
    page = browser.get("/enrol/steps")
    assert "Confirm your organization" in page.html
    assert provider.phone[-4:] in page.html
    browser.posted_page("/enrol/proof", {"one_time_code": "123456"})
    browser.post("/enrol/proof/call")
    with portal_of(app).databases.app.session(town.slug) as session:
        call = session.scalars(select(TextMessage)).one()
    digits = "".join(filter(str.isdigit, provider.phone))
    assert (call.channel, call.to_number) == ("voice", f"+1{digits}")
    browser.post("/enrol/proof", {"one_time_code": newest_code(app, town.slug, TextMessage)})
    assert "Choose your second step" in browser.get("/enrol/steps").html


def test_staff_accept_a_first_claim_by_command(app: Flask, browser: Browser, town: Town, clock: Clock) -> None:
    register(browser, free_provider(app, town.slug))
    portal = portal_of(app)
    contract = portal.tenants[town.slug].contract
    with portal.databases.app.session(town.slug) as session:
        claim = session.scalars(select(GroupClaim)).one()
        claim.told_at = clock.now
        session.flush()
        (waiting,) = claims.list_requests(session, SYSTEM)
        claims.decide(session, contract, waiting.id, is_accepted=True, actor=SYSTEM, now=clock.now)
        roles = session.scalars(select(Membership.role).where(Membership.user_id == claim.user_id)).all()
        assert (list(roles), claim.outcome) == (["group_admin"], "accepted")
        with pytest.raises(NotFound):
            claims.decide(session, contract, waiting.id, is_accepted=False, actor=SYSTEM, now=clock.now)
