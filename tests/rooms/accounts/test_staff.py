"""The payer's staff: let in on the identity provider's word, each where their grants say, told on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import staff, staff_recognition
from app.accounts.enrolment_models import GroupClaim
from app.accounts.models import Membership
from app.accounts.staff_models import StaffEntry, StaffEvent, StaffMember
from app.storage.models import AuditEvent
from app.web.request import portal_of
from tests.identity import Vouching, host_of_console, running
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_registering import free_provider, register


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vouching]:
    with running(tmp_path_factory.mktemp("identity")) as started:
        yield started


@pytest.fixture
def vouching(app: Flask, provider: Vouching, clock: Clock) -> Iterator[Vouching]:
    # the provider's tokens carry the time of this machine
    clock.now = datetime.now(UTC)
    provider.serve(app)
    yield provider
    app.extensions.pop(staff_recognition.EXTENSION)


@pytest.fixture
def at_console(app: Flask, client: OpenClient, town: Town) -> Callable[[], Browser]:
    def open_one() -> Browser:
        made = client(town.slug)
        made.environ_base["HTTP_HOST"] = host_of_console(app)
        return Browser(made)

    return open_one


def trail(app: Flask, slug: str) -> list[AuditEvent]:
    with portal_of(app).databases.app.session(slug) as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.actor_kind == "staff")))


def control_rows(app: Flask, model: type) -> list:  # type: ignore[type-arg]
    with portal_of(app).databases.control.session() as session:
        return list(session.scalars(select(model)))


def test_a_reviewer_signs_in_through_the_provider_and_is_told_on_both_sides(
    app: Flask, vouching: Vouching, browser: Browser, town: Town
) -> None:
    page = vouching.sign_in(browser, "nora.quinn")
    assert "Reviewer (nurse)" in page.text
    assert "Nora Quinn" in page.text
    told = trail(app, town.slug)
    assert [(one.action, one.actor_name, one.result, one.detail) for one in told] == [
        ("session:start", "Nora Quinn", "ok", {"roles": "reviewer_nurse"})
    ]
    assert [(one.action, one.place, one.result) for one in control_rows(app, StaffEvent)] == [
        ("staff:sign-in", town.slug, "ok")
    ]


def test_nothing_of_a_provider_is_open_to_the_staff_nor_the_other_way_round(
    vouching: Vouching, browser: Browser, town: Town, clock: Clock, client: OpenClient
) -> None:
    vouching.sign_in(browser, "sylvia.marsh")
    browser.get("/cases", status=403)
    assert browser.get("/", status=303).headers["Location"] == "/staff"
    insider = Browser(client(town.slug))
    sign_in(insider, town.admin, now=clock.now)
    insider.get("/staff", status=403)


def test_a_grant_for_one_tenant_opens_no_other(
    app: Flask, vouching: Vouching, browser: Browser, client: OpenClient
) -> None:
    vouching.sign_in(browser, "ned.foster")
    elsewhere = Browser(client("mississippi"))
    refused = vouching.arrive(elsewhere, "ned.foster", status=403)
    assert "no role in this place" in refused.get_data(as_text=True)
    elsewhere.get("/staff", status=303)
    assert [one.result for one in trail(app, "mississippi")] == ["refused"]


def test_a_session_of_one_tenant_is_nobody_at_another(
    vouching: Vouching, browser: Browser, town: Town, client: OpenClient
) -> None:
    vouching.sign_in(browser, "nora.quinn")
    cookie = browser.client.get_cookie("charter", domain="colorado.localhost")
    assert cookie is not None
    elsewhere = Browser(client("mississippi"))
    elsewhere.client.set_cookie("charter", cookie.value, domain="mississippi.localhost")
    elsewhere.get("/staff", status=303)


def test_operations_enter_a_tenant_for_a_while_with_a_reason(
    app: Flask, vouching: Vouching, browser: Browser, town: Town, clock: Clock, at_console: Callable[[], Browser]
) -> None:
    vouching.arrive(browser, "omar.reyes", status=403)
    console = at_console()
    vouching.sign_in(console, "omar.reyes", target="/console")
    asked = {"tenant": town.slug, "reason": "Mail of the outbox does not leave", "minutes": "15"}
    console.post("/console/entries", asked)
    assert "Look inside" in console.get("/console/inside").text
    assert "You may look inside until" in vouching.sign_in(browser, "omar.reyes").text
    assert "Looking inside until" in browser.get("/review").text
    entries = control_rows(app, StaffEntry)
    assert [(one.slug, one.reason) for one in entries] == [(town.slug, "Mail of the outbox does not leave")]
    told = [(one.action, one.object_type, one.result) for one in trail(app, town.slug)]
    assert ("tenant:enter", "staff_entry", "ok") in told
    assert ("session:start", "staff_entry", "ok") in told
    assert not any("outbox" in str(one.detail) for one in trail(app, town.slug))
    clock.advance(minutes=15, seconds=1)
    browser.get("/staff?stay=1", status=303)


def test_leaving_a_tenant_ends_the_entry(
    vouching: Vouching, browser: Browser, town: Town, at_console: Callable[[], Browser]
) -> None:
    console = at_console()
    vouching.sign_in(console, "omar.reyes", target="/console")
    console.post("/console/entries", {"tenant": town.slug, "reason": "Looking at a stuck letter", "minutes": "60"})
    vouching.sign_in(browser, "omar.reyes")
    browser.post("/staff/sign-out")
    browser.get("/staff", status=303)
    vouching.arrive(browser, "omar.reyes", status=403)


@pytest.mark.parametrize(
    "changes", [{"reason": "short"}, {"reason": " " * 40}, {"minutes": "1000"}, {"minutes": "-15"}, {"minutes": ""}]
)
def test_an_entry_without_a_good_reason_or_length_is_refused(
    app: Flask, vouching: Vouching, town: Town, at_console: Callable[[], Browser], changes: dict[str, str]
) -> None:
    console = at_console()
    vouching.sign_in(console, "omar.reyes", target="/console")
    asked = {"tenant": town.slug, "reason": "Mail of the outbox does not leave", "minutes": "15", **changes}
    console.posted_page("/console/entries", asked)
    assert control_rows(app, StaffEntry) == []
    console.post("/console/entries", {**asked, "tenant": "atlantis"}, status=404)
    nothing = console.posted_page("/console/entries", dict.fromkeys(asked, ""))
    for said in ("Choose the contract.", "Say in a sentence why", "Choose how long"):
        assert said in nothing.text


def test_a_reviewer_has_nothing_at_the_console_and_a_manager_nothing_in_a_tenant(
    vouching: Vouching, browser: Browser, at_console: Callable[[], Browser]
) -> None:
    vouching.arrive(at_console(), "nora.quinn", status=403)
    vouching.arrive(browser, "carla.jensen", status=403)
    manager = at_console()
    assert "Contract manager" in vouching.sign_in(manager, "carla.jensen", target="/console/inside").text


def test_pages_of_a_tenant_are_not_there_at_the_console_nor_the_other_way_round(
    vouching: Vouching, browser: Browser, at_console: Callable[[], Browser]
) -> None:
    console = at_console()
    assert console.get("/console", status=303).headers["Location"].startswith("/console/sign-in")
    assert "Staff sign-in" in console.get("/console/sign-in").heading
    assert console.get("/", status=303).headers["Location"] == "/console"
    vouching.sign_in(console, "omar.reyes", target="/console")
    for path in ("/sign-in", "/cases", "/brand.css"):
        console.get(path, status=404)
    browser.get("/console", status=404)


@pytest.mark.parametrize("host", ["console.localhost.", "x.console.localhost", "console", "console.localhost@evil"])
def test_only_the_very_name_of_the_console_is_the_console(browser: Browser, host: str) -> None:
    answer = browser.client.get("/console/sign-in", base_url=browser.address, headers={"Host": host})
    assert answer.status_code in (400, 421)


def test_somebody_deactivated_is_out_at_the_next_request_and_stays_out(
    app: Flask, vouching: Vouching, browser: Browser, clock: Clock
) -> None:
    vouching.sign_in(browser, "nora.quinn")
    with portal_of(app).databases.control.session() as control:
        assert staff.set_active(control, "nora.quinn@reviewer.example", is_active=False, now=clock.now) == 1
        control.commit()
    browser.get("/staff", status=303)
    vouching.arrive(browser, "nora.quinn", status=403)
    with portal_of(app).databases.control.session() as control:
        staff.set_active(control, "nora.quinn@reviewer.example", is_active=True, now=clock.now)
        control.commit()
    vouching.sign_in(browser, "nora.quinn")


def test_somebody_who_lost_the_last_membership_is_out_at_the_next_request(
    app: Flask, vouching: Vouching, browser: Browser
) -> None:
    vouching.sign_in(browser, "nora.quinn")
    with portal_of(app).databases.control.session() as control:
        control.scalars(select(StaffMember)).one().claims = []
        control.commit()
    browser.get("/staff", status=303)


def test_a_supervisor_of_the_staff_lets_the_first_of_an_organization_in_on_a_page(
    app: Flask, vouching: Vouching, browser: Browser, client: OpenClient, town: Town, clock: Clock
) -> None:
    register(browser, free_provider(app, town.slug))
    with portal_of(app).databases.app.session(town.slug) as session:
        claim = session.scalars(select(GroupClaim)).one()
        claim.told_at, user_id, place = clock.now, claim.user_id, f"/staff/requests/{claim.id}"
        session.commit()
    nurse, supervisor = Browser(client(town.slug)), Browser(client(town.slug))
    vouching.sign_in(nurse, "nora.quinn")
    nurse.get("/staff/requests", status=403)
    vouching.sign_in(supervisor, "sylvia.marsh")
    page = supervisor.get("/staff/requests")
    assert "Not registered yet" in page.text
    assert page.form(place)
    supervisor.post(place, {"decision": "accept"})
    supervisor.post(place, {"decision": "decline"}, status=404)
    with portal_of(app).databases.app.session(town.slug) as session:
        roles = session.scalars(select(Membership.role).where(Membership.user_id == user_id)).all()
    assert list(roles) == ["group_admin"]
    assert "group:decide" in {event.action for event in trail(app, town.slug)}


def test_the_staff_are_signed_off_when_idle(vouching: Vouching, browser: Browser, clock: Clock) -> None:
    vouching.sign_in(browser, "nora.quinn")
    clock.advance(minutes=17, seconds=2)
    browser.get("/staff", status=303)


def test_the_console_warns_before_the_idle_sign_off_and_one_key_puts_it_off(
    vouching: Vouching, at_console: Callable[[], Browser], clock: Clock
) -> None:
    console = at_console()
    page = vouching.sign_in(console, "omar.reyes", target="/console/inside")
    script = next(one for one in page.all("script") if "/idle.js" in one.get("src", ""))
    assert (script.get("data-idle"), script.get("data-countdown")) == ("900", "120")
    clock.advance(minutes=10)
    assert console.client.get(script.get("data-left", ""), base_url=console.address).get_json() == {"left": 7 * 60}
    console.post(script.get("data-alive", ""), status=204)
    clock.advance(minutes=16)
    console.get("/console/inside")
    clock.advance(minutes=17, seconds=2)
    console.get("/console/inside", status=303)


def test_an_answer_that_was_not_asked_for_or_comes_twice_signs_nobody_in(
    vouching: Vouching, browser: Browser, client: OpenClient, town: Town
) -> None:
    away = browser.client.get("/staff/start", base_url=browser.address).headers["Location"]
    back = vouching.say("nora.quinn", away).partition("localhost")[2].partition("/")[2]
    other = Browser(client(town.slug))
    other.get(f"/{back}", status=403)
    browser.get("/staff/callback?state=&code=x", status=403)
    browser.get(f"/{back}", status=403)


def test_a_journey_of_more_than_a_quarter_of_an_hour_is_over(
    vouching: Vouching, browser: Browser, clock: Clock
) -> None:
    away = browser.client.get("/staff/start", base_url=browser.address).headers["Location"]
    back = vouching.say("nora.quinn", away).partition("localhost")[2].partition("/")[2]
    clock.advance(minutes=16)
    browser.get(f"/{back}", status=403)


def test_without_a_provider_there_is_no_box_and_no_door(app: Flask, browser: Browser) -> None:
    assert "company account" not in browser.get("/sign-in").text
    browser.get("/staff/start", status=404)


def test_operations_see_the_staff_and_who_looked_inside_and_shut_somebody_out(
    app: Flask, vouching: Vouching, browser: Browser, town: Town, at_console: Callable[[], Browser]
) -> None:
    vouching.sign_in(browser, "nora.quinn")
    console = at_console()
    vouching.sign_in(console, "omar.reyes", target="/console")
    console.post("/console/entries", {"tenant": town.slug, "reason": "A mail does not leave", "minutes": "15"})
    page = console.get("/console/staff")
    for said in ("Nora Quinn", "Reviewer (nurse)", "every contract", "Operations", "A mail does not leave"):
        assert said in page.text
    ids = {one.name: one.id for one in control_rows(app, StaffMember)}
    console.follow(console.post(f"/console/staff/{ids['Nora Quinn']}/out"))
    browser.get("/staff?stay=1", status=303)
    vouching.arrive(browser, "nora.quinn", status=403)
    assert "Let in again Nora Quinn" in console.get("/console/staff").text
    assert "Shut somebody out" in console.get("/console/record").text
    console.post(f"/console/staff/{ids['Nora Quinn']}/in")
    vouching.sign_in(browser, "nora.quinn")
    page = console.posted_page(f"/console/staff/{ids['Omar Reyes']}/out", status=409)
    assert "You cannot shut yourself out" in page.text
    console.post(f"/console/staff/{town.admin.user_id}/out", status=404)


def test_a_contract_manager_sees_the_staff_and_shuts_nobody_out(
    app: Flask, vouching: Vouching, at_console: Callable[[], Browser]
) -> None:
    operations, manager = at_console(), at_console()
    vouching.sign_in(operations, "omar.reyes", target="/console")
    vouching.sign_in(manager, "carla.jensen", target="/console")
    page = manager.get("/console/staff")
    assert "Omar Reyes" in page.text
    assert "/out" not in page.html
    for query, names in (("sort=-name", ["Omar Reyes", "Carla Jensen"]), ("find=carla", ["Carla Jensen"])):
        cells = manager.get(f"/console/staff?{query}&size=10&state=active").all("td")
        shown = ["".join(one.itertext()) for one in cells if one.get("data-label") == "Name"]
        assert all(text.startswith(name) for text, name in zip(shown, names, strict=True))
    for query in ("state=deactivated", "page=2", "find=%25"):
        assert "Nobody is like this." in manager.get(f"/console/staff?{query}").text
    omar = next(one.id for one in control_rows(app, StaffMember) if one.name == "Omar Reyes")
    manager.post(f"/console/staff/{omar}/out", status=403)


def test_somebody_shut_out_looks_inside_no_longer(
    app: Flask, vouching: Vouching, browser: Browser, town: Town, clock: Clock, at_console: Callable[[], Browser]
) -> None:
    console = at_console()
    vouching.sign_in(console, "omar.reyes", target="/console")
    console.post("/console/entries", {"tenant": town.slug, "reason": "A mail does not leave", "minutes": "60"})
    vouching.sign_in(browser, "omar.reyes")
    with portal_of(app).databases.control.session() as control:
        staff.set_active(control, control_rows(app, StaffMember)[0].email, is_active=False, now=clock.now)
        control.commit()
    browser.get("/staff?stay=1", status=303)
    assert [one.ended_at for one in control_rows(app, StaffEntry)] == [clock.now]
