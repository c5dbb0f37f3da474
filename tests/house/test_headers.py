"""The security headers are on every answer: every route, errors and static files among them (S16)."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from app.web.headers import ALWAYS
from tests.house.routes import Route, routes
from tests.pages import OpenClient

STATIC = (
    "charter.css",
    "charter.js",
    "keeping.js",
    "idle.js",
    "keys.js",
    "deciding.js",
    "boot.js",
    "icons.svg",
    "not-there.css",
)


def must_be_guarded(answer: Response, where: str = "") -> None:
    for name, value in ALWAYS:
        if name != "Cache-Control":
            assert answer.headers.get_all(name) == [value], f"{where} {answer.status_code}: {name}"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"]


def test_every_route_answers_with_every_header(app: Flask, client: OpenClient) -> None:
    browser = client("colorado")
    asked: list[Route] = routes(app)
    assert len(asked) > 30
    for route in asked:
        with browser.open(route.path, method=route.method, base_url="http://colorado.localhost") as answer:
            must_be_guarded(answer, route.path)


@pytest.mark.parametrize("name", STATIC)
def test_static_files_have_them_too(client: OpenClient, name: str) -> None:
    with client("colorado").get(f"/static/{name}", base_url="http://colorado.localhost") as answer:
        must_be_guarded(answer)


def test_refusals_have_them_too(app: Flask) -> None:
    browser = app.test_client()
    for host, path, method in (
        ("nowhere.localhost", "/", "GET"),
        ("colorado.localhost", "/no/such/page", "GET"),
        ("colorado.localhost", "/sign-out", "GET"),
        ("colorado.localhost", "/sign-in", "POST"),
        ("colorado.localhost", "/%00", "GET"),
        ("mail.localhost", "/", "GET"),
        ("mail.localhost", "/nothing", "GET"),
    ):
        must_be_guarded(browser.open(path, method=method, base_url=f"http://{host}"))


def test_pages_are_not_kept_and_files_named_by_content_are(client: OpenClient) -> None:
    browser, address = client("colorado"), "http://colorado.localhost"
    assert browser.get("/sign-in", base_url=address).headers["Cache-Control"] == "no-store"
    with browser.get("/static/charter.css?v=1", base_url=address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
