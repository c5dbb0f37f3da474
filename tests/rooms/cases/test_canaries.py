"""What a person's data must never reach (S13): addresses, logs, mail, owed effects, the trail, files at rest.

A request is made and read again through the pages, full of words that occur nowhere else; then every sink is read.
What an error's text holds is tried where errors are told and where pages fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.settings import Settings
from app.worker import works_from
from tests.databases import Dsns
from tests.pages import Browser, look_at, parse
from tests.people import settle, sign_in
from tests.rooms.cases.people import NOW, some_codes

SLUG = "mississippi"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Title(SNORRELBY)/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PERSON = {
    "first_name": "Quillamber",
    "last_name": "Zyzzqueriton",
    "sex": "female",
    "birth_date": "03/09/1961",
    "address_1": "77 Vexlorne Terrace",
    "city": "Grimbleport",
    "country": "US",
    "state": "MS",
    "county": "Hobberlund",
    "postal_code": "39299",
    "phone": "(601) 555-7731",
    "email": "quillamber@zyzz.example",
}
CANARIES = (
    "quillamber", "zyzzqueriton", "03/09/1961", "1961-03-09", "03%2f09%2f1961", "vexlorne", "grimbleport", "555-7731",
    "blortwick", "glimmerfax", "snorrelby", "wumblecroft", "r26.0", "ataxic",
)  # fmt: skip
_PLACES = ("href", "src", "action", "hx-get", "hx-post", "formaction")


class Watched(Browser):
    """Keeps every address that was asked, redirected to or offered by a page, and every title."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__(client)
        self.addresses: list[str] = []

    def _checked(self, answer: TestResponse, status: int) -> TestResponse:
        self.addresses += [answer.request.url, answer.headers.get("Location", "")]
        if answer.mimetype == "text/html":
            tree = parse(answer.get_data(as_text=True))
            self.addresses += [found.get(place, "") for found in tree.iter() for place in _PLACES]
            self.addresses += ["".join(found.itertext()) for found in tree.iter("title")]
        return super()._checked(answer, status)


@pytest.fixture
def watched(app: Flask, client: Callable[[str], FlaskClient], databases: object) -> Watched:
    """A clinic's administrator before the pages, signed in."""
    del databases
    app.config["CLOCK"] = lambda: NOW
    with app.extensions["charter"].databases.control.session() as control:
        some_codes(control)
    town = settle(app, SLUG, now=NOW)
    browser = Watched(client(SLUG))
    sign_in(browser, town.admin, now=NOW)
    return browser


def test_a_persons_data_reach_nothing_but_the_pages_and_the_tables_that_keep_them(
    watched: Watched, settings: Settings, dsns: Dsns, capfd: pytest.CaptureFixture[str]
) -> None:
    number = submitted(watched)
    read_again(watched, number)
    works = works_from(settings)
    works.clock = lambda: NOW + timedelta(minutes=1)
    works.drain_tenant(SLUG)
    works.databases.close()
    said = capfd.readouterr()
    sinks = {
        "addresses": "\n".join(watched.addresses),
        "logs": said.out + said.err,
        "kept": kept_outside_the_record(dsns),
        "files": everything_in(settings.files_dir),
        "mail": everything_in(settings.mail_dir),
    }
    assert number in sinks["addresses"]
    assert '"page": "cases.submit"' in sinks["logs"]
    assert "case:submit" in sinks["kept"]
    assert sinks["files"]
    assert number in sinks["mail"]
    found = [(sink, canary) for sink, text in sinks.items() for canary in CANARIES if canary in text.lower()]
    assert found == []


def submitted(browser: Watched) -> str:
    """A request for a person nobody knows, with refusals on the way; its Case ID."""
    search = {"stage": "member", "category": "outpatient", "last_name": "Zyzzqueriton", "birth_date": "03/09/1961"}
    browser.get("/cases/new")
    browser.post("/cases/new", search | {"act": "search"}, status=200)
    browser.post("/cases/new", search | {"act": "temporary"}, status=200)
    added = search | PERSON | {"act": "add_temporary"}
    browser.post("/cases/new", added | {"birth_date": "soon"}, status=422)
    chosen = look_at(browser.post("/cases/new", added, status=200)).form("/cases/new")
    draft = first(
        r"(/drafts/[0-9a-f-]{36})", browser.post("/cases/new", chosen | {"act": "create"}).headers["Location"]
    )
    browser.post(f"{draft}/service_details", {"service_type": "home_health", "place_of_service": "home"})
    browser.post(f"{draft}/request", {"contact_name": "Wumblecroft", "contact_phone": "Vexlorne"}, status=422)
    browser.post(f"{draft}/request", {"contact_name": "Wumblecroft"})
    browser.post(f"{draft}/diagnoses/find", {"find": "ataxic"}, status=200)
    browser.post(f"{draft}/diagnoses/add", {"code": "R26.0"})
    browser.post(f"{draft}/procedures/add", {"code": "S9131"})
    browser.post(
        f"{draft}/documents/upload", {"document_type": "plan_of_care", "files": (BytesIO(PDF), "glimmerfax.pdf")}
    )
    browser.post(f"{draft}/notes", {"body": "Blortwick at home"})
    browser.post(f"{draft}/submit", browser.get(draft).form(f"{draft}/submit") | {"accepted": "1"}, status=422)
    page = browser.get(draft)
    lines = {name: name.rpartition(".")[2] for name in re.findall(r'name="(line\.[^"]+)"', page.html)}
    typed = {
        "start_on": "12/01/2026",
        "end_on": "12/31/2026",
        "duration": "31",
        "quantity": "12",
        "frequency": "per_week",
    }
    browser.post(f"{draft}/procedures", {name: typed[field] for name, field in lines.items() if field in typed})
    form = browser.get(draft).form(f"{draft}/submit") | {"accepted": "1"}
    place = browser.post(f"{draft}/submit", form).headers["Location"]
    return first(r"/cases/(\d+)", place)


def first(pattern: str, text: str) -> str:
    """What the pattern's group finds."""
    found = re.search(pattern, text)
    assert found is not None, f"{pattern} is not in {text}"
    return found[1]


def read_again(browser: Watched, number: str) -> None:
    """Find it by everything one could type, read it, print it, take it away."""
    for path in (f"/cases/{number}", f"/cases/{number}/summary", "/?list=submitted"):
        browser.get(path)
    browser.post("/search", {"q": "Zyzzqueriton"}, status=404)
    browser.post("/consumers", {"last_name": "Zyzzqueriton", "birth_date": "03/09/1961"}, status=200)
    browser.post(f"/cases/{number}/notes", {"body": "Blortwick again"})


def everything_in(folder: Path | None) -> str:
    """Every file of a folder, byte for character."""
    assert folder is not None
    return "".join(found.read_bytes().decode("latin-1") for found in folder.rglob("*") if found.is_file())


def kept_outside_the_record(dsns: Dsns) -> str:
    """Everything the tenant's trail, outbox and mailings hold, as text."""
    with psycopg.connect(dsns.superuser) as connection:
        rows = [
            row[0]
            for table in ("audit_event", "outbox", "mail_message")
            for row in connection.execute(f"SELECT to_jsonb(one) FROM t_{SLUG}.{table} AS one".encode()).fetchall()
        ]
    return json.dumps(rows)
