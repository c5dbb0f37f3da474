"""Submitting under bad conditions: fifty at once, and a database that goes away in the middle (R2, R5)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest
from flask import g
from sqlalchemy import func, select

from app.cases.models import Case, CaseEvent
from app.storage.models import AuditEvent, OutboxRow
from app.web.request import Tenant, control, portal_of, session
from app.web.transaction import close_sessions
from tests.pages import Browser
from tests.rooms.cases.people import World

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from app.domain.access import Actor
    from app.storage.db import Databases
    from tests.databases import Dsns

SLUG = "mississippi"
AT_ONCE = 50
Draft = Callable[[World], UUID]
SignedIn = Callable[[str, "Actor"], "FlaskClient"]

pytestmark = pytest.mark.commits


def prepared(browser: Browser, draft_id: UUID) -> dict[str, str]:
    """What the submit button of the draft's page would send."""
    page = browser.get(f"/drafts/{draft_id}")
    form = page.form(f"/drafts/{draft_id}/submit")
    return {**form, "accepted": "yes", "csrf_token": browser.token}


def send(browser: Browser, draft_id: UUID, form: dict[str, str]) -> TestResponse:
    return browser.client.post(f"/drafts/{draft_id}/submit", data=form, base_url=browser.address)


@pytest.mark.parametrize("share_key", [True, False], ids=["one page pressed again", "fifty tabs"])
def test_fifty_submissions_of_one_draft_are_one_case(
    share_key: bool, world: World, complete_draft: Draft, signed_in: SignedIn, databases: Databases
) -> None:
    draft_id = complete_draft(world)
    browsers = [Browser(signed_in(SLUG, world.actor)) for _ in range(AT_ONCE)]
    forms = [prepared(browser, draft_id) for browser in browsers]
    if share_key:
        forms = [{**form, "submission_key": forms[0]["submission_key"]} for form in forms]
    barrier = threading.Barrier(AT_ONCE)

    def press(place: int) -> tuple[int, str]:
        barrier.wait()
        answer = send(browsers[place], draft_id, forms[place])
        while answer.status_code == 503:  # a small pool on a busy machine; the person presses once more
            time.sleep(0.2)
            answer = send(browsers[place], draft_id, forms[place])
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = set(threads.map(press, range(AT_ONCE)))
    with databases.app.session(SLUG) as session:
        (number,) = session.scalars(select(Case.number).where(Case.number.is_not(None)))
        assert answers == {(303, f"/cases/{number}?submitted=")}
        owed = session.scalar(select(func.count()).where(OutboxRow.kind == "case_received"))
        told = session.scalar(select(func.count()).where(AuditEvent.action == "case:submit"))
        shown = session.scalar(select(func.count()).where(CaseEvent.kind == "case_submitted"))
        assert (owed, told, shown) == (1, 1, 1)


def test_a_database_that_goes_away_acknowledges_nothing_and_loses_nothing(
    world: World, complete_draft: Draft, signed_in: SignedIn, databases: Databases, dsns: Dsns
) -> None:
    draft_id = complete_draft(world)
    browser = Browser(signed_in(SLUG, world.actor))
    form = prepared(browser, draft_id)
    with psycopg.connect(dsns.superuser) as holder, ThreadPoolExecutor(1) as thread:
        holder.execute('SELECT 1 FROM t_mississippi."case" WHERE id = %s FOR UPDATE', (draft_id,))
        waiting = thread.submit(send, browser, draft_id, form)
        _kill_whoever_waits(dsns)
        answer = waiting.result(timeout=20)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    with databases.app.session(SLUG) as session:
        case = session.get_one(Case, draft_id)
        assert (case.status, case.number) == ("un_submitted", None)
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    again = send(browser, draft_id, form)
    assert again.status_code == 303
    assert again.headers["Location"].startswith("/cases/")


def _kill_whoever_waits(dsns: Dsns) -> None:
    """End the backend that waits for the row, as a server that stops would."""
    limit = time.monotonic() + 10
    with psycopg.connect(dsns.superuser, autocommit=True) as operator:
        while time.monotonic() < limit:
            waiting = operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'charter_app' AND wait_event_type = 'Lock'"
            ).fetchall()
            if waiting:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waited for the row")


def test_a_session_whose_server_went_away_meanwhile_is_closed_without_another_error(app: Flask, dsns: Dsns) -> None:
    with app.test_request_context("/", base_url="http://mississippi.localhost"):
        g.tenant = Tenant(SLUG, portal_of(app).tenants[SLUG])
        for opened in (session(), control()):
            opened.connection()
        with psycopg.connect(dsns.superuser, autocommit=True) as operator:
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename IN ('charter_app', 'charter_control')"
            )
        close_sessions()
        assert session().connection().exec_driver_sql("SELECT 1").scalar_one() == 1
        close_sessions()
