"""What no stranger's page and no made-up field may do, for every route there is (S8, S9, S10)."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from psycopg.rows import dict_row

from app.storage.metadata import tenant_metadata
from app.web.access import Scope
from app.web.undeclared import ACTION
from tests.databases import Dsns
from tests.house.routes import STRANGER, Route, routes
from tests.house.test_permission_matrix import open_draft_of
from tests.pages import Browser, OpenClient
from tests.people import Town, settle, sign_in

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
SENT_BY = "accounts", "styleguide"
"""Rooms whose forms are about the session itself: pressing them ends it."""

FOREIGN_HEADERS = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://mississippi.localhost:8000"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://colorado.localhost:8000"},
)

FIXED = ("id", "status", "number", "group_id", "created_by", "created_at", "submitted_at", "submitted_by", "release")
"""Columns of a case that no form may ever write."""


@pytest.fixture
def town(app: Flask) -> Town:
    app.config["CLOCK"] = lambda: NOW
    return settle(app, "colorado", now=NOW)


@pytest.fixture
def insider(client: OpenClient, town: Town) -> Browser:
    browser = Browser(client(town.slug))
    sign_in(browser, town.admin, now=NOW)
    return browser


def unsafe(app: Flask) -> list[Route]:
    """Routes of a tenant's host; the console's are at a host of its own."""
    found = [route for route in routes(app) if route.is_unsafe and route.rule and route.rule.scope is not Scope.CONSOLE]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("headers", FOREIGN_HEADERS, ids=str)
def test_every_unsafe_route_refuses_a_page_of_another_origin(
    app: Flask, insider: Browser, headers: dict[str, str]
) -> None:
    for route in unsafe(app):
        answer = insider.client.open(
            route.path,
            method=route.method,
            base_url=insider.address,
            headers=headers,
            data={"csrf_token": insider.token},
        )
        assert answer.status_code == 400, f"{route.method} {route.path} {answer.status_code}"


def test_every_unsafe_route_refuses_the_token_of_another_session(
    app: Flask, client: OpenClient, town: Town, insider: Browser
) -> None:
    other = Browser(client(town.slug))
    sign_in(other, town.stranger, now=NOW)
    assert other.token != insider.token
    for route in unsafe(app):
        answer = insider.client.open(
            route.path, method=route.method, base_url=insider.address, data={"csrf_token": other.token}
        )
        assert answer.status_code == 400, f"{route.method} {route.path}"


@pytest.mark.parametrize("host", ["evil.example", "colorado.localhost.", "mississippi.localhost.evil.example", ""])
def test_no_route_is_served_at_a_host_that_is_not_ours(app: Flask, host: str) -> None:
    browser = app.test_client()
    for route in routes(app):
        if route.rule is None or route.rule.scope is Scope.CONTROL:
            continue
        answer = browser.open(
            route.path, method=route.method, base_url="http://colorado.localhost", headers={"Host": host}
        )
        assert answer.status_code in {400, 421}, f"{route.method} {route.path} {answer.status_code}"
        assert "Location" not in answer.headers


def test_every_redirect_stays_on_its_host(app: Flask, insider: Browser) -> None:
    for route in routes(app):
        for suffix in ("?next=https://evil.example/", "?next=//evil.example"):
            with insider.client.open(
                route.path + suffix,
                method=route.method,
                base_url=insider.address,
                headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
                data={"next": "//evil.example"},
            ) as answer:
                place = answer.headers.get("Location", "/")
                assert place.startswith("/"), f"{route.path} leads to {place}"
                assert not place.startswith("//"), f"{route.path} leads to {place}"
                assert "evil.example" not in place.partition("?")[0]


def test_a_field_named_like_a_column_writes_nothing_that_no_form_may_write(
    app: Flask, town: Town, insider: Browser, dsns: Dsns
) -> None:
    draft = open_draft_of(app, town)
    before = _case(dsns, draft)
    columns = {column.name for table in tenant_metadata().sorted_tables for column in table.columns}
    assert len(columns) > 100
    for route in unsafe(app):
        if route.endpoint.split(".")[0] in SENT_BY or str(STRANGER) not in route.path:
            continue
        if route.endpoint.endswith(("submit", "cancel")):
            continue  # meant to change the status; what they may change is tried in the room's own tests
        form = dict.fromkeys(sorted(columns), "canary") | {"status": "completed", "number": "263270001"}
        form |= {"group_id": str(town.stranger.group_ids[0]), "csrf_token": insider.token}
        answer = insider.client.open(
            route.path.replace(str(STRANGER), draft), method=route.method, base_url=insider.address, data=form
        )
        assert answer.status_code < 500, f"{route.path} {answer.status_code}"
    after = _case(dsns, draft)
    assert _told(dsns) > 3
    assert {name: after[name] for name in FIXED} == {name: before[name] for name in FIXED}
    assert after["member_id"] == before["member_id"]


def test_a_field_no_page_asked_for_is_told_by_its_name_and_never_by_its_value(
    insider: Browser, app: Flask, town: Town, dsns: Dsns
) -> None:
    draft = open_draft_of(app, town)
    honest = {"place_of_service": "home", "go": "next"}
    insider.get(f"/drafts/{draft}/service_details")
    insider.post(f"/drafts/{draft}/service_details", honest, status=303)
    insider.post(f"/drafts/{draft}/disclaimer", {"accepted": "1", "version": "2", "submission_key": "k"}, status=200)
    assert _told(dsns) == 0
    insider.post(f"/drafts/{draft}/service_details", honest | {"status": "canary", "due_at": "canary"}, status=303)
    with psycopg.connect(dsns.superuser) as connection:
        row = connection.execute("SELECT detail::text FROM t_colorado.audit_event WHERE action = %s", (ACTION,))
        (told,) = row.fetchone() or ("",)
    assert '"due_at status"' in told
    assert "canary" not in told


@pytest.mark.parametrize("body", [b'{"status": "canary", "due_at": "canary", "more": 1}', b'["status"]', b"{", b"\xff"])
def test_a_body_in_json_changes_nothing_and_its_columns_are_told(
    insider: Browser, app: Flask, town: Town, dsns: Dsns, body: bytes
) -> None:
    draft = open_draft_of(app, town)
    insider.get(f"/drafts/{draft}/notes")
    before = _case(dsns, draft)
    answer = insider.client.post(
        f"/drafts/{draft}/notes",
        base_url=insider.address,
        data=body,
        content_type="application/json",
        headers={"X-CSRF-Token": insider.token},
    )
    assert answer.status_code < 500
    assert _case(dsns, draft) == before
    assert _told(dsns) == int(body.startswith(b'{"status"'))


def _told(dsns: Dsns) -> int:
    with psycopg.connect(dsns.superuser) as connection:
        row = connection.execute("SELECT count(*) FROM t_colorado.audit_event WHERE action = %s", (ACTION,)).fetchone()
    assert row is not None
    return int(row[0])


def _case(dsns: Dsns, draft: str) -> dict[str, object]:
    with psycopg.connect(dsns.superuser, row_factory=dict_row) as connection:
        query = sql.SQL("SELECT * FROM t_colorado.{} WHERE id = %s").format(sql.Identifier("case"))
        row = connection.execute(query, (draft,)).fetchone()
    assert row is not None
    return row
