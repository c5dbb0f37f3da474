"""Who may open what, generated from the routes: a new page is red until it says who may enter (S7, S8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import select

from app.cases.drafts import Start, open_draft
from app.directory.models import Member
from app.domain.access import ROLE_PERMISSIONS, STAFF_PERMISSIONS, Actor, ActorKind, Permission, StaffRole
from app.web.access import Scope
from app.web.request import portal_of
from tenancy.vocabulary import Category, Role
from tests.databases import Dsns
from tests.house.routes import STRANGER, Route, routes
from tests.pages import Browser, OpenClient
from tests.people import Town, settle, sign_in

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)

PUBLIC = {
    ("GET", "accounts.sign_in"),
    ("POST", "accounts.begin"),
    ("GET", "accounts.factor"),
    ("POST", "accounts.finish"),
    ("POST", "accounts.send"),
    ("GET", "registration.organization"),
    ("POST", "registration.identify"),
    ("GET", "registration.person"),
    ("POST", "registration.register"),
    ("GET", "registration.done"),
    ("GET", "enrolment.trouble"),
    ("POST", "enrolment.ask_again"),
    ("GET", "enrolment.link"),
    ("POST", "enrolment.open_link"),
    ("GET", "enrolment.steps"),
    ("POST", "enrolment.username"),
    ("POST", "enrolment.password"),
    ("POST", "enrolment.call"),
    ("POST", "enrolment.prove"),
    ("POST", "enrolment.send"),
    ("POST", "enrolment.keep_channel"),
    ("POST", "enrolment.keep_app"),
    ("GET", "enrolment.app_picture"),
    ("GET", "enrolment_email.show"),
    ("POST", "enrolment_email.ask"),
    ("POST", "enrolment_email.prove"),
    ("POST", "enrolment.keep_paper"),
    ("GET", "paper.ask"),
    ("POST", "paper.use"),
    ("POST", "passkeys.options"),
    ("POST", "passkeys.keep"),
    ("POST", "passkeys.sign_in_options"),
    ("POST", "passkeys.sign_in"),
    ("GET", "recovery.ask"),
    ("POST", "recovery.asked"),
    ("GET", "recovery.link"),
    ("POST", "recovery.opened"),
    ("GET", "recovery.factor"),
    ("POST", "recovery.proved"),
    ("POST", "recovery.send"),
    ("GET", "recovery.password"),
    ("POST", "recovery.changed"),
    ("GET", "help.index"),
    ("GET", "help.guide"),
    ("GET", "help.guide_pdf"),
    ("GET", "help.picture"),
    ("GET", "help.faq"),
    ("GET", "help.passwords"),
    ("GET", "web.brand_css"),
    ("GET", "web.seal"),
    ("GET", "styleguide.page"),
}
READS_NOTHING_OF_ITS_OBJECT = {"cases.find_codes", "preferences.codes", "preferences.providers"}
"""Searches the shared code sets; the id of the draft is only carried on to the buttons of the hits.
The others name a section of a page, no object."""

DOOR = {
    ("GET", "staff.start"),
    ("GET", "staff.callback"),
    ("GET", "staff.console_sign_in"),
    ("POST", "staff.sign_out"),
}
"""Where the staff come in and go out, at every host; signing out wants somebody of the staff."""

CONTROL = {("GET", "web.healthz"), ("GET", "web.readyz"), ("GET", "static")}


@pytest.fixture
def town(app: Flask) -> Town:
    app.config["CLOCK"] = lambda: NOW
    return settle(app, "colorado", now=NOW)


@pytest.fixture
def stranger(client: OpenClient, town: Town) -> Browser:
    """A browser nobody signed in to."""
    return Browser(client(town.slug))


@pytest.fixture
def insider(client: OpenClient, town: Town) -> Browser:
    """A browser in which a group administrator is signed in."""
    browser = Browser(client(town.slug))
    sign_in(browser, town.admin, now=NOW)
    return browser


def tenant_routes(app: Flask) -> Iterator[Route]:
    yield from (route for route in routes(app) if route.rule is not None and route.rule.scope is Scope.TENANT)


def test_every_route_is_declared(app: Flask) -> None:
    assert [route for route in routes(app) if route.rule is None] == []


def test_what_is_open_to_everybody_is_listed_here(app: Flask) -> None:
    found: dict[Scope, set[tuple[str, str]]] = {scope: set() for scope in Scope}
    for route in routes(app):
        assert route.rule is not None
        found[route.rule.scope].add((route.method, route.endpoint))
    assert found[Scope.PUBLIC] == PUBLIC
    assert found[Scope.CONTROL] == CONTROL
    assert found[Scope.DOOR] == DOOR


def test_pages_of_the_console_are_at_no_tenants_host(app: Flask, insider: Browser) -> None:
    for route in routes(app):
        assert route.rule is not None
        if route.rule.scope is Scope.CONSOLE:
            answer = insider.client.open(route.path, method=route.method, base_url=insider.address)
            assert answer.status_code == 404, f"{route.method} {route.path}"


def test_every_page_of_the_console_sends_a_stranger_to_its_sign_in_page(app: Flask, client: OpenClient) -> None:
    settings = portal_of(app).settings
    host = f"{settings.host('console')}:{settings.port}"
    for route in routes(app):
        assert route.rule is not None
        if route.rule.scope in {Scope.CONSOLE, Scope.TENANT, Scope.PUBLIC}:
            browser = app.test_client()
            answer = browser.open(route.path, method=route.method, base_url=f"http://{host}", headers={"Host": host})
            if route.rule.scope is Scope.CONSOLE:
                assert answer.headers["Location"].startswith("/console/sign-in"), f"{route.method} {route.path}"
            elif route.path != "/":
                assert answer.status_code == 404, f"{route.method} {route.path}"


def test_every_other_route_sends_a_stranger_to_sign_in(app: Flask, stranger: Browser) -> None:
    for route in tenant_routes(app):
        answer = stranger.client.open(route.path, method=route.method, base_url=stranger.address)
        assert answer.status_code == 303, f"{route.method} {route.path}"
        assert answer.headers["Location"].startswith("/sign-in")


def test_every_route_that_may_change_something_wants_the_form_token(app: Flask, insider: Browser) -> None:
    for route in routes(app):
        if route.is_unsafe and route.rule is not None and route.rule.scope is not Scope.CONSOLE:
            for headers, data in (({}, {}), ({"Sec-Fetch-Site": "cross-site"}, {"csrf_token": insider.token})):
                answer = insider.client.open(
                    route.path, method=route.method, base_url=insider.address, headers=headers, data=data
                )
                assert answer.status_code == 400, f"{route.method} {route.path}"


def test_a_role_without_the_permission_is_refused(app: Flask, client: OpenClient, town: Town) -> None:
    browser = Browser(client(town.slug))
    sign_in(browser, town.staff, now=NOW)
    allowed = ROLE_PERMISSIONS[Role.STAFF]
    for route in tenant_routes(app):
        assert route.rule is not None
        if not allowed & set(route.rule.permissions):
            body = {"csrf_token": browser.token}
            answer = browser.client.open(route.path, method=route.method, base_url=browser.address, data=body)
            assert answer.status_code == 403, f"{route.method} {route.path}"


def test_what_is_not_there_is_404_for_those_who_may_look(app: Flask, insider: Browser) -> None:
    for route in tenant_routes(app):
        if is_for_staff(route) or not route.names_an_object:
            continue
        if route.endpoint not in READS_NOTHING_OF_ITS_OBJECT:
            answer = insider.client.open(
                route.path, method=route.method, base_url=insider.address, data={"csrf_token": insider.token}
            )
            assert answer.status_code == 404, f"{route.method} {route.path} {answer.status_code}"


def test_a_draft_of_others_is_answered_as_if_it_were_not_there(app: Flask, client: OpenClient, town: Town) -> None:
    theirs = open_draft_of(app, town)
    stranger, elsewhere = Browser(client(town.slug)), Browser(client("mississippi"))
    sign_in(stranger, town.stranger, now=NOW)
    sign_in(elsewhere, settle(app, "mississippi", now=NOW).admin, now=NOW)
    for route in tenant_routes(app):
        if (
            str(STRANGER) in route.path
            and "/drafts/" in route.path
            and route.endpoint not in READS_NOTHING_OF_ITS_OBJECT
        ):
            for browser in (stranger, elsewhere):
                missing, foreign = (
                    ask(browser, route, path) for path in (route.path, route.path.replace(str(STRANGER), theirs))
                )
                assert foreign == missing, f"{route.method} {route.path}"
                assert foreign[0] == 404, f"{route.method} {route.path}"


def test_no_get_changes_a_row(app: Flask, insider: Browser, dsns: Dsns) -> None:
    before = checksum(dsns, "t_colorado")
    for route in routes(app):
        if not route.is_unsafe:
            answer = insider.client.open(route.path, method=route.method, base_url=insider.address)
            assert answer.status_code < 500, f"{route.path} {answer.status_code}"
    assert checksum(dsns, "t_colorado") == before


def test_every_role_has_a_line_and_every_permission_a_holder() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(STAFF_PERMISSIONS) == set(StaffRole)
    held = (*ROLE_PERMISSIONS.values(), *STAFF_PERMISSIONS.values())
    assert frozenset().union(*held) == frozenset(Permission)


def is_for_staff(route: Route) -> bool:
    """Whether no role of a provider group opens the page."""
    assert route.rule is not None
    return not frozenset().union(*ROLE_PERMISSIONS.values()) & set(route.rule.permissions)


def ask(browser: Browser, route: Route, path: str) -> tuple[int, str]:
    """Status and page, without the number that every error page has of its own."""
    body = {"csrf_token": browser.token}
    answer = browser.client.open(path, method=route.method, base_url=browser.address, data=body)
    return answer.status_code, re.sub(r"\b4\d\d-[0-9a-f]{12}\b", "", answer.get_data(as_text=True))


def open_draft_of(app: Flask, town: Town) -> str:
    """The id of a draft of the first group."""
    portal = portal_of(app)
    loaded = portal.tenants[town.slug]
    roles = tuple((group_id, Role.GROUP_ADMIN) for group_id in town.admin.group_ids)
    actor = Actor(ActorKind.PROVIDER, town.admin.user_id, town.admin.name, roles, roles[0][0])
    with portal.databases.app.session(town.slug) as session:
        member_id = session.scalars(select(Member.id).limit(1)).one()
        start = Start(Category.OUTPATIENT, member_id, roles[0][0], town.provider_ids[0])
        opened = open_draft(session, loaded, start, actor=actor, now=NOW)
        session.commit()
    return str(opened.draft_id)


def checksum(dsns: Dsns, schema: str) -> dict[str, str]:
    """A hash of every table of the schema but the audit trail, which a read may lengthen."""
    with psycopg.connect(dsns.superuser) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename NOT LIKE 'audit%%' ORDER BY 1",
            [schema],
        ).fetchall()
        return {name: _hash_of(connection, schema, name) for (name,) in names}


def _hash_of(connection: psycopg.Connection, schema: str, name: str) -> str:
    table = sql.Identifier(schema, name)
    rows = connection.execute(sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(table)).fetchall()
    return hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest()
