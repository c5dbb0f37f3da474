"""Pages that look codes and providers up, for people who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.directory.code_loading import load_edition
from app.domain.access import Actor
from app.storage.db import Databases
from app.web.request import Portal, SignedIn
from tests.pages import Browser
from tests.rooms.directory.conftest import NOW, SLUG, STAFF, STRANGER, code, edition, provider

HTMX = {"HX-Request": "true"}
CODES = [
    code("R260", "Ataxic gait", "Ataxic gait"),
    code("R26", "Abnormalities of gait and mobility", is_billable=False),
]


def sign_in(app: Flask, actor: Actor | None) -> None:
    """Let everybody at the keyboard be this actor."""
    portal: Portal = app.extensions["charter"]
    portal.recognise = lambda: SignedIn(actor=actor, groups=(), session_id=UUID(int=9)) if actor else None


def piece(browser: Browser, path: str) -> str:
    """What htmx gets for an address."""
    answer = browser.client.get(path, base_url=browser.address, headers=HTMX)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def browser(app: Flask, client: Callable[[str], FlaskClient], databases: Databases) -> Iterator[Browser]:
    """A signed-in person's browser, with a few codes and providers there."""
    portal: Portal = app.extensions["charter"]
    before, gates = portal.recognise, portal.gates
    portal.gates = []  # what higher rooms ask first is tried with them
    with databases.control.session() as control:
        load_edition(control, edition("FY2026", date(2025, 10, 1), effective_until=date(2026, 9, 30)), CODES, now=NOW)
        control.commit()
    with databases.app.session(SLUG) as session:
        session.add_all(
            [provider(f"Valley Clinic {number}", None, state_identifier=f"B{number}") for number in range(12)]
        )
        session.commit()
    app.config["CLOCK"] = lambda: NOW
    sign_in(app, STAFF)
    yield Browser(client(SLUG))
    portal.recognise, portal.gates = before, gates


def test_a_code_is_looked_up_by_words_on_a_page_that_works_without_scripts(browser: Browser) -> None:
    page = browser.get("/codes/search?q=gait+ATAXIC&code_system=icd10cm")
    assert "R26.0" in page.text
    assert "FY2026" in page.text
    assert "A newer release is due" in page.text


def test_a_picker_gets_the_hits_alone_as_buttons_that_name_system_and_code(browser: Browser) -> None:
    found = piece(browser, "/codes/search?box=dx&dx=r26")
    assert 'name="code"' in found
    assert 'value="icd10cm:R26.0"' in found
    assert "Heading" in found
    assert "<html" not in found


def test_an_empty_box_an_unknown_system_and_nothing_found_are_answered(browser: Browser) -> None:
    browser.get("/codes/search")
    assert piece(browser, "/codes/search").strip() == ""
    assert "R26.0" in browser.get("/codes/search?q=gait&code_system=nonsense").text
    assert "No code found" in browser.get("/codes/search?q=zzqq").text
    assert "No code found" in piece(browser, "/codes/search?q=zzqq")
    assert "come closest" in browser.get("/codes/search?q=ataxc+gait").text


def test_providers_are_listed_in_pages(browser: Browser) -> None:
    first = browser.get("/providers/search?q=valley")
    assert "12 providers found" in first.text
    assert "Displaying records 1 to 10 of 12 records" in first.text
    assert "Displaying records 11 to 12 of 12 records" in browser.get("/providers/search?q=valley&page=2").text


def test_a_picker_gets_providers_as_buttons(browser: Browser) -> None:
    found = piece(browser, "/providers/search?q=b7")
    assert 'name="provider_id"' in found
    assert "Valley Clinic 7" in found
    assert "No provider found" in browser.get("/providers/search?q=zzqq").text


@pytest.mark.parametrize("address", ["/codes/search?q=gait", "/providers/search?q=valley"])
def test_it_refuses_who_has_no_group_and_who_is_not_there(browser: Browser, app: Flask, address: str) -> None:
    sign_in(app, STRANGER)
    browser.get(address, status=403)
    sign_in(app, None)
    browser.get(address, status=303)


@pytest.mark.parametrize("address", ["/codes/search", "/providers/search"])
def test_it_rejects_post_and_takes_any_text(browser: Browser, address: str) -> None:
    browser.get(address)
    browser.post(address, status=405)
    for text in ("%00", "%25", "x" * 500, "%F0%93%80%80", "%27%22%3Cscript%3E"):
        browser.get(f"{address}?q={text}")
