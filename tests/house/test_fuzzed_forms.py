"""Whatever is sent to whatever address: a page that refuses or accepts, never an error of ours and never a hang (S15).

A thousand requests in the gate; ``CHARTER_FUZZ=50000`` tries as many as the promise names.
"""

from __future__ import annotations

import os
import random
import string
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.storage.metadata import tenant_metadata
from tests.house.routes import STRANGER, Route, routes
from tests.house.test_permission_matrix import open_draft_of
from tests.pages import Browser, OpenClient, parse
from tests.people import Town, settle, sign_in

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
CASES = int(os.environ.get("CHARTER_FUZZ", "1000"))
LONGEST_SECONDS = 10.0  # a hang; the promise of two seconds is for a machine that does nothing else
ENDS_THE_SESSION = {"accounts.sign_out", "sessions.sign_out_everywhere", "accounts.begin", "accounts.finish"}

NASTY = (
    *("", " ", "0", "-1", "1e999", "NaN", "٣", "²", "2147483648", "9" * 400, "00000000-0000-4000-8000-000000000404"),
    *("13/45/2026", "02/30/2027", "12/31/9999", "01/01/0001", "2026-11-23", "11/23/26", "25:61", "12:30 PM"),
    *("\0", "a\0b", "\ud7ff", "\U0001f3e5", "e\u0301" * 50, "\u202egnp.exe", "\ufeff", "\r\nSet-Cookie: a=b", "%00"),
    *("' OR 1=1 --", "\\", "%", "_", "{{7*7}}", "${7*7}", "<script>alert(1)</script>", "../../etc/passwd", "=1+1"),
    *("x" * 5_000, "M17.11", "E1399", "https://evil.example/", "[]", '{"a":1}', "true", "null", "on", "yes"),
)


@pytest.fixture
def town(app: Flask) -> Town:
    app.config["CLOCK"] = lambda: NOW
    return settle(app, "colorado", now=NOW)


@pytest.fixture
def insider(client: OpenClient, town: Town) -> Browser:
    browser = Browser(client(town.slug))
    sign_in(browser, town.admin, now=NOW)
    return browser


def test_no_form_and_no_address_makes_an_error_of_ours(app: Flask, town: Town, insider: Browser) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    chance, draft = random.Random(20261123), open_draft_of(app, town)
    asked = [route for route in routes(app) if route.endpoint not in ENDS_THE_SESSION]
    names = _field_names(insider, draft)
    slowest, failed = 0.0, []
    for number in range(CASES):
        route = asked[number % len(asked)]
        path, values = _path(route, draft, chance), _values(names, chance)
        began = time.perf_counter()
        with insider.client.open(path, method=route.method, base_url=insider.address, **_sent(
            route, values, insider, chance
        )) as answer:  # fmt: skip
            status = answer.status_code
        slowest = max(slowest, time.perf_counter() - began)
        if status >= 500:
            failed.append(f"{status} {route.method} {path!r} {values!r}")
    assert failed == []
    assert slowest < LONGEST_SECONDS


def _field_names(browser: Browser, draft: str) -> list[str]:
    """Names real forms use, and names of columns."""
    found = {column.name for table in tenant_metadata().sorted_tables for column in table.columns}
    steps = ("service_details", "diagnoses", "procedures", "documents", "notes", "submit")
    steps = ("service_details", "diagnoses", "procedures", "documents", "notes", "submit")
    for path in (*(f"/drafts/{draft}/{step}" for step in steps), "/cases", "/"):
        answer = browser.client.get(path, base_url=browser.address)
        page = parse(answer.get_data(as_text=True))
        for tag in ("input", "select", "textarea", "button"):
            found |= {element.get("name", "") for element in page.iter(tag)}
    assert len(found) > 150
    found |= {"page", "size", "sort", "q", "next", "code", "codes", "system", "from", "to", "version", "use"}
    return sorted(found - {"", "csrf_token"})


def _path(route: Route, draft: str, chance: random.Random) -> str:
    """The route with our draft, or something senseless, in the place of its variables."""
    filled = route.path.replace(str(STRANGER), draft if chance.random() < 0.8 else str(STRANGER), 1)
    if "not-there" in filled:
        filled = filled.replace("not-there", "".join(chance.choices(string.ascii_letters + "%.-~", k=6)))
    return filled


def _values(names: list[str], chance: random.Random) -> dict[str, str]:
    return {chance.choice(names): chance.choice(NASTY) for _ in range(chance.randint(0, 12))}


def _sent(route: Route, values: dict[str, str], browser: Browser, chance: random.Random) -> dict[str, Any]:
    headers = {"HX-Request": "true"} if chance.random() < 0.3 else {}
    if not route.is_unsafe:
        return {"query_string": values, "headers": headers}
    if chance.random() < 0.1:
        kinds = ("application/json", "multipart/form-data", "multipart/form-data; boundary=\xff", "text/plain")
        raw = chance.choice((b"", b"{", b"\xff\xfe\0", b"--x\r\n\r\n", b"a=%FF&b=%"))
        return {"data": raw, "content_type": chance.choice(kinds), "headers": headers}
    return {"data": {**values, "csrf_token": browser.token}, "headers": headers}
