"""Host → tenant, and pages that help when something is refused."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from app.settings import Settings
from app.web.request import portal_of
from tenancy.loader import ContractShelf
from tests.pages import Browser, OpenClient, look_at

_SLACK = 0.2  # the page that refuses is drawn as well, on a machine that may be busy

STRANGE_HOSTS = (
    "nowhere.localhost",
    "localhost",
    "colorado.localhost.evil.example",
    "evilcolorado.localhost",
    "colorado.localhost.",
    "colorado.localhost@evil.example",
    "[::1]",
    "127.0.0.1",
    "colorado.localhost:99999",
    "mail.colorado.localhost",
)


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_an_unknown_host_is_misdirected_and_told_so(app: Flask, host: str) -> None:
    page = look_at(app.test_client().get("/sign-in", headers={"Host": host}, base_url="http://colorado.localhost"))
    assert page.status == 421
    assert page.heading == "There is no portal at this address"


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded"])
def test_a_forwarded_host_changes_nothing(client: OpenClient, header: str) -> None:
    page = Browser(client("colorado")).get("/sign-in", headers={header: "mississippi.localhost"})
    assert "Colorado" in page.text
    assert "Mississippi" not in page.text


@pytest.mark.parametrize("host", ["colorado.localhost", "nowhere.localhost", "127.0.0.1"])
def test_health_is_answered_on_every_host(app: Flask, host: str) -> None:
    for path in ("/healthz", "/readyz"):
        assert app.test_client().get(path, headers={"Host": host}).status_code == 200


def test_a_page_that_is_not_there_says_what_to_do(client: OpenClient) -> None:
    page = Browser(client("colorado")).get("/no/such/page", status=404)
    assert page.heading == "We could not find that page"
    assert "Go to Home" in page.links()


def test_a_wrong_method_is_refused_with_the_right_ones(client: OpenClient) -> None:
    page = Browser(client("colorado")).get("/sign-out", status=405)
    assert set(page.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: OpenClient) -> None:
    browser = Browser(client("colorado"))
    browser.get("/sign-in")
    began = time.perf_counter()
    refused = browser.post("/sign-in", {"username": "a", "password": "x" * 1_000_000}, status=400)
    assert time.perf_counter() - began < 0.05 + _SLACK
    assert look_at(refused).heading == "We could not read that request"


def test_a_body_that_a_page_might_send_is_too_large_at_its_own_limit(client: OpenClient) -> None:
    browser = Browser(client("colorado"))
    browser.get("/sign-in")
    page = browser.posted_page("/sign-in", {"password": "x" * 15_000})
    assert "Enter your password." in page.text


def test_a_form_without_token_or_from_another_site_is_refused(client: OpenClient) -> None:
    browser = Browser(client("colorado"))
    browser.get("/sign-in")
    assert (
        browser.posted_page("/sign-in", {"csrf_token": "made up"}, status=400).heading
        == "We could not read that request"
    )
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        browser.get("/sign-in")
        browser.post("/sign-in", {"username": "a", "password": "b"}, headers=headers, status=400)
    browser.get("/sign-in")
    browser.post("/sign-in", headers={"Sec-Fetch-Site": "same-origin", "Origin": browser.address}, status=422)


def test_the_database_away_is_503_with_retry_after(settings: Settings, shelf: ContractShelf) -> None:
    from dataclasses import replace

    from app.factory import create_app

    away = replace(
        settings, dsn_app="postgresql://a:b@127.0.0.1:9/none", dsn_control="postgresql://a:b@127.0.0.1:9/none"
    )
    client = create_app(away, shelf).test_client()
    address = "http://colorado.localhost"
    assert client.get("/sign-in", base_url=address).status_code == 200
    assert client.get("/healthz", base_url=address).status_code == 200
    with client.session_transaction(base_url=address) as cookie:
        cookie["csrf"] = "t"
    for answer in (
        client.get("/readyz", base_url=address),
        client.post("/sign-in", data={"username": "a", "password": "b", "csrf_token": "t"}, base_url=address),
    ):
        page = look_at(answer)
        assert page.status == 503
        assert page.headers["Retry-After"] == "5"
        assert "Nothing you sent just now was saved" in page.text
        assert ("Try again" in page.links()) == (answer.request.method == "GET")


def test_a_tenant_that_was_purged_is_a_closed_portal_and_stops_no_other(
    settings: Settings, shelf: ContractShelf
) -> None:
    from app.factory import create_app

    good = {"never_made": shelf.good["colorado"], "mississippi": shelf.good["mississippi"]}
    portal = create_app(settings, ContractShelf(good, {}))
    client, address = portal.test_client(), "http://colorado.localhost"
    with client.session_transaction(base_url=address) as cookie:
        cookie["csrf"] = "t"
    form = {"username": "a", "password": "b", "csrf_token": "t"}
    page = look_at(client.post("/sign-in", data=form, base_url=address))
    assert page.status == 410
    assert "This portal is closed" in page.text
    assert "Wait a few seconds" not in page.text
    assert "Go to Home" not in page.text
    assert client.get("/readyz", base_url=address).status_code == 200
    portal_of(portal).databases.close()


def test_what_nobody_foresaw_is_a_page_without_the_error_in_it(
    app: Flask, client: OpenClient, capsys: pytest.CaptureFixture[str]
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    quiet = client("colorado")

    def explode() -> str:
        raise RuntimeError("Odalys Fernwood, born 1977")

    kept = app.view_functions["web.seal"]
    explode.__dict__.update(kept.__dict__)
    app.view_functions["web.seal"] = explode
    try:
        page = look_at(quiet.get("/seal.svg", base_url="http://colorado.localhost"))
    finally:
        app.view_functions["web.seal"] = kept
    assert page.status == 500
    told = capsys.readouterr().out
    assert "RuntimeError" in told
    assert "Odalys" not in told + page.html


def test_a_piece_of_a_page_is_refused_with_a_piece(client: OpenClient) -> None:
    browser = Browser(client("colorado"))
    browser.get("/sign-in")
    refused = browser.client.post("/sign-in", base_url=browser.address, headers={"HX-Request": "true"})
    assert refused.status_code == 400
    assert "<html" not in refused.get_data(as_text=True)
