"""A preview asked for at the console, made by the process that may make schemas, looked at and taken down."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from flask import Flask

from app.console.preview_commands import preview
from app.settings import Settings
from app.web.request import portal_of
from tenancy.previews import NoSuchPreview, end_preview, list_previews
from tests.databases import Dsns
from tests.pages import Browser
from tests.people import Town
from tests.rooms.console.conftest import SLUG, Clock, Console, Refresh
from tests.rooms.console.test_releasing import CHANGE, with_window

SHOW, END = f"/console/contracts/{SLUG}/preview", f"/console/contracts/{SLUG}/preview/end"
Tend = Callable[[], str]


@pytest.fixture
def clock(clock: Clock) -> Clock:
    """The command reads the wall clock, so this test does too."""
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def tend(app: Flask, settings: Settings, dsns: Dsns, clock: Clock) -> Iterator[Tend]:
    environment = {
        "CHARTER_DSN_APP": dsns.app, "CHARTER_DSN_CONTROL": dsns.control, "CHARTER_DSN_MIGRATE": dsns.migrate,
        "CHARTER_MASTER_KEY": b64encode(b"m" * 32).decode(), "CHARTER_SECRET_KEY": "s" * 40,
        "CHARTER_FILES_DIR": str(settings.files_dir), "CHARTER_SMTP_URL": settings.smtp_url,
    }  # fmt: skip

    def once() -> str:
        done = CliRunner().invoke(preview, ["serve", "--once"], env=environment)
        assert done.exit_code == 0, done.output
        return done.output

    yield once
    with portal_of(app).databases.control.session() as control, suppress(NoSuchPreview):
        end_preview(control, SLUG, now=datetime.now(UTC))
        control.commit()
    once()


def test_a_draft_is_shown_saved_again_and_taken_down(  # noqa: PLR0915 - one story
    app: Flask, console: Console, town: Town, clock: Clock, refresh: Refresh, tend: Tend
) -> None:
    desk = console.browser
    desk.get(CHANGE)
    desk.post(SHOW, status=404)
    desk.post(CHANGE, {"text": with_window(2)})
    assert "Show this draft" in desk.get(CHANGE).text
    assert "is being made" in desk.follow(desk.post(SHOW)).text
    assert f"{SLUG}: shown" in tend()
    clock.now = datetime.now(UTC)
    refresh()
    page = desk.get(CHANGE)
    assert f"http://{SLUG}.preview.localhost" in page.text
    assert "dana.whitlock" in page.text
    seen = portal_of(app).contracts[f"preview_{SLUG}"]
    assert _window(app) == 2
    desk.post(CHANGE, {"text": with_window(3)})
    clock.now = datetime.now(UTC)
    desk.post(SHOW)
    refresh()
    assert _window(app) == 3
    assert portal_of(app).contracts[f"preview_{SLUG}"].release != seen.release
    there = Browser(app.test_client())
    there.address = f"http://{SLUG}.preview.localhost:8000"
    portal_of(app).recognise = lambda: None
    assert "the people are made up and nothing leaves" in there.get("/sign-in").text
    console.sit_down("Carla Jensen")
    clock.now = datetime.now(UTC)
    desk.post(END)
    refresh()
    assert f"preview_{SLUG}" not in portal_of(app).contracts
    tend()
    with portal_of(app).databases.control.session() as control:
        assert list_previews(control) == ()
    desk.post(END, status=404)
    assert [act for act, *_ in console.told() if act.startswith("preview")] == ["preview:show"] * 2 + ["preview:end"]


def test_a_draft_with_errors_is_not_shown(console: Console, town: Town) -> None:
    console.browser.get(CHANGE)
    console.browser.post(CHANGE, {"text": "identity: {}"})
    assert "Mend the errors" in console.browser.posted_page(SHOW).text


def _window(app: Flask) -> int:
    window = portal_of(app).contracts[f"preview_{SLUG}"].contract.rights["peer_to_peer"].window
    assert window is not None
    return window.amount
