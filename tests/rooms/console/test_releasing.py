from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from threading import Event
from time import monotonic

import psycopg
import pytest
from flask import Flask

from app.console.serving import slugs_in_force
from app.domain.access import StaffRole
from app.web.request import portal_of
from launch.places import ROOT
from tenancy import releases
from tenancy.contract.declare import Span
from tenancy.release import release_of
from tests.databases import Dsns
from tests.pages import Browser, OpenClient
from tests.people import Town
from tests.rooms.console.conftest import SLUG, Clock, Console, Refresh

CHANGE = f"/console/contracts/{SLUG}/change"
PROPOSE = f"/console/contracts/{SLUG}/propose"
ORIGINAL = (ROOT / "contracts" / f"{SLUG}.yaml").read_text(encoding="utf-8")


WINDOW = "window: {amount: 1, unit: business_days}"


def with_window(days: int) -> str:
    """The contract's file with another window for a peer-to-peer review."""
    assert ORIGINAL.count(WINDOW) == 1
    return ORIGINAL.replace(WINDOW, WINDOW.replace("1", str(days)))


def window(app: Flask) -> Span:
    found = portal_of(app).contracts[SLUG].contract.rights["peer_to_peer"].window
    assert found is not None
    return found


def proposed(console: Console, days: int = 45, **more: str) -> str:
    """The address of a proposal by whoever is at the keyboard."""
    console.browser.get(CHANGE)
    console.browser.post(CHANGE, {"text": with_window(days)})
    console.browser.get(CHANGE)
    asked = {"when": "now", "reason": "New provider guide, page 12", **more}
    return str(console.browser.post(PROPOSE, asked).headers["Location"])


def approve(console: Console, address: str, status: int = 303) -> str:
    console.browser.get(address)
    return console.browser.post(f"{address}/approve", status=status).get_data(as_text=True)


def test_a_window_is_changed_by_two_people_and_taken_back(
    app: Flask, console: Console, town: Town, refresh: Refresh, clock: Clock
) -> None:
    before = window(app)
    console.browser.get(CHANGE)
    page = console.browser.follow(console.browser.post(CHANGE, {"text": with_window(45)}))
    assert "is now 45 business days" in page.text
    assert "Plan: one change" in page.text
    assert "No case is open." in page.text
    address = proposed(console)
    assert "You wrote this release" in console.browser.get(address).text
    assert "a second person has to approve it" in approve(console, address, status=409)
    refresh()
    assert window(app) == before
    console.sit_down("Paul Hobbs")
    page = console.browser.get(address)
    assert "is now 45 business days" in page.text
    approve(console, address)
    refresh()
    assert window(app).amount == 45
    page = console.browser.get(f"/console/contracts/{SLUG}")
    back = next(href for text, href in page.links().items() if text.startswith("Go back to this"))
    page = console.browser.get(back)
    assert "was 45 business days" in page.text
    assert "Say why" in console.browser.posted_page(back, {"reason": " "}).text
    clock.now = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    console.browser.post(back, {"reason": "The guide was wrong"})
    refresh()
    assert window(app) == before
    acts = [(action, result) for action, _, _, result in console.told()]
    assert sorted(acts) == [
        ("release:approve", "ok"),
        ("release:approve", "refused"),
        ("release:propose", "ok"),
        ("release:roll-back", "ok"),
    ]


def test_the_same_person_under_another_name_is_no_second_person(console: Console, town: Town) -> None:
    address = proposed(console)
    carla = console.people["Carla Jensen"]
    console.people["Carla Smith"] = type(carla)(carla.kind, carla.user_id, "Carla Smith", staff_roles=carla.staff_roles)
    console.sit_down("Carla Smith")
    assert "You wrote this release" in console.browser.get(address).text
    approve(console, address, status=409)


def test_publishing_over_somebody_elses_newer_release_is_refused_with_the_difference(
    app: Flask, console: Console, town: Town, refresh: Refresh
) -> None:
    mine = proposed(console, 45)
    console.sit_down("Paul Hobbs")
    theirs = proposed(console, 20)
    console.sit_down("Carla Jensen")
    approve(console, theirs)
    console.sit_down("Paul Hobbs")
    refused = approve(console, mine, status=409)
    assert "is newer than the one this was written against" in refused
    assert "is now 20 business days" in refused
    refresh()
    assert window(app).amount == 20
    assert "waits for a second person" in console.browser.get(mine).text


def test_a_draft_begun_before_a_newer_release_is_told_of_it_and_taken_further(console: Console, town: Town) -> None:
    theirs = proposed(console, 20)
    console.browser.get(CHANGE)
    console.browser.post(CHANGE, {"text": with_window(45)})
    console.sit_down("Paul Hobbs")
    approve(console, theirs)
    console.sit_down("Carla Jensen")
    page = console.browser.get(CHANGE)
    assert "Somebody published meanwhile" in page.text
    assert "is now 20 business days" in page.text
    refused = console.browser.posted_page(PROPOSE, {"when": "now", "reason": "Page 12"}, status=409)
    assert "is newer" in refused.text
    console.browser.post(f"{CHANGE}/take-over")
    assert "Somebody published" not in console.browser.get(CHANGE).text
    console.browser.post(PROPOSE, {"when": "now", "reason": "Page 12"})


def test_a_release_waits_until_its_monday(
    app: Flask, console: Console, town: Town, refresh: Refresh, clock: Clock
) -> None:
    address = proposed(console, when="monday")
    console.sit_down("Paul Hobbs")
    assert "Mon 11/30/2026, 6:00 AM CST" in console.browser.get(address).text
    approve(console, address)
    refresh()
    assert window(app).amount != 45
    assert "Scheduled" in console.browser.get(f"/console/contracts/{SLUG}").text
    clock.now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    refresh()
    assert window(app).amount == 45


def test_every_fault_is_told_with_its_place_and_what_was_typed_is_kept(console: Console, town: Town) -> None:
    console.browser.get(CHANGE)
    wrong = with_window(45).replace("amount: 45, unit: business_days", "amount: 45, unit: bussiness_days")
    page = console.browser.follow(console.browser.post(CHANGE, {"text": wrong}))
    line = next(number for number, text in enumerate(wrong.splitlines(), 1) if "bussiness" in text)
    assert f"contracts/{SLUG}.yaml:{line}:" in page.text
    assert "Did you mean 'business_days'" in page.text
    assert "bussiness_days" in page.form(CHANGE)["text"]
    assert "Hand it to a second person" not in page.text
    refused = console.browser.posted_page(PROPOSE, {"when": "now", "reason": "Page 12"})
    assert "still has errors" in refused.text
    page = console.browser.follow(console.browser.post(f"{CHANGE}/drop"))
    assert "bussiness_days" not in page.html


@pytest.mark.parametrize(
    "text",
    [
        "\t", "a: [", "- " * 5000 + "x", "extends: [base/common]\nidentity: ~", "extends: ../../etc/passwd",
        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]", "\x07\x1b binary", "identity: {code: 0120}",
    ],
)  # fmt: skip
def test_whatever_is_pasted_there_is_a_report(console: Console, town: Town, text: str) -> None:
    console.browser.get(CHANGE)
    answer = console.browser.client.post(
        CHANGE, data={"text": text, "csrf_token": console.browser.token}, base_url=console.browser.address
    )
    if answer.status_code == 303:
        assert "error" in console.browser.get(CHANGE).text
    else:
        assert answer.status_code == 422


def test_others_are_served_while_somebody_pastes_files_made_to_hurt(
    app: Flask, client: OpenClient, console: Console, town: Town, clock: Clock
) -> None:
    other, stop, waits = Browser(client("colorado")), Event(), []

    def look() -> None:
        while not stop.is_set():
            began = monotonic()
            assert other.client.get("/brand.css", base_url=other.address).status_code == 200
            waits.append(monotonic() - began)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            for text in ("a: 1\n" * 70_000, "".join(f"k{n}: 1\n" for n in range(18_000)), "a: " + "[" * 300_000,
                         "features:\n" + "".join(f"  f{n}: true\n" for n in range(12_000))):  # fmt: skip
                console.browser.get(CHANGE)
                page = console.browser.follow(console.browser.post(CHANGE, {"text": text}))
                assert "error" in page.text
        finally:
            stop.set()
        looking.result(timeout=30)
    assert len(waits) > 3
    assert max(waits) < 5


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x01", b"PK\x03\x04\x00\x00", b""])
def test_a_file_that_is_no_text_is_refused_beside_its_field(console: Console, town: Town, data: bytes) -> None:
    console.browser.get(CHANGE)
    form = {"text": "", "file": (BytesIO(data), "contract.yaml")}
    answer = console.browser.client.post(
        CHANGE,
        data={**form, "csrf_token": console.browser.token},
        base_url=console.browser.address,
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "usa-error-message" in answer.get_data(as_text=True)


def test_a_chosen_file_counts_and_a_byte_order_mark_does_no_harm(console: Console, town: Town) -> None:
    console.browser.get(CHANGE)
    file = (BytesIO(b"\xef\xbb\xbf" + with_window(44).encode()), "contract.yaml")
    answer = console.browser.client.post(
        CHANGE,
        data={"text": "old", "file": file, "csrf_token": console.browser.token},
        base_url=console.browser.address,
        content_type="multipart/form-data",
    )
    assert "is now 44 business days" in console.browser.follow(answer).text


def test_nothing_changed_is_nothing_to_propose(console: Console, town: Town) -> None:
    console.browser.get(CHANGE)
    page = console.browser.follow(console.browser.post(CHANGE, {"text": ORIGINAL + "\n# a remark\n"}))
    assert "Nothing changes" in page.text
    assert (
        "nothing would change"
        in console.browser.posted_page(PROPOSE, {"when": "now", "reason": "Page 12"}, status=409).text
    )


def test_ops_propose_and_go_back_but_do_not_approve(console: Console, town: Town) -> None:
    console.sit_down("Omar Reyes", StaffRole.OPS)
    address = proposed(console)
    console.sit_down("Olga Petrova", StaffRole.OPS)
    assert "Approve and publish" not in console.browser.get(address).text
    approve(console, address, status=403)
    console.browser.get(address)
    console.browser.post(f"{address}/withdraw")
    assert "withdrawn by Olga Petrova" in console.browser.get(address).text
    console.browser.post(f"{address}/withdraw", status=409)


def test_a_contract_cannot_take_anothers_address(console: Console, town: Town) -> None:
    console.browser.get(CHANGE)
    console.browser.post(CHANGE, {"text": ORIGINAL.replace("subdomain: mississippi", "subdomain: colorado")})
    page = console.browser.posted_page(PROPOSE, {"when": "now", "reason": "Page 12"})
    assert "IDENTITY-TAKEN" in page.text


def test_a_new_states_first_release_is_approved_at_the_console_once_its_tenant_is_there(
    app: Flask, console: Console, dsns: Dsns, clock: Clock
) -> None:
    portal = portal_of(app)
    loaded = portal.contracts[SLUG]
    contract = replace(loaded.contract, identity=replace(loaded.contract.identity, subdomain="oregon"))
    made = replace(loaded, slug="oregon", contract=contract, release=release_of(contract))
    with portal.databases.control.session() as control:
        proposal = releases.propose(control, made, author="Ann", reason="First", now=clock.now)
        control.commit()
    address = f"/console/proposals/{proposal.id}"
    console.sit_down("Paul Hobbs")
    assert "has no tenant yet" in console.browser.get(address).text
    assert "charter contract approve" in approve(console, address, status=409)
    with psycopg.connect(dsns.migrate) as registry:
        registry.execute(
            "INSERT INTO control.tenant (slug, schema_name, created_at) VALUES ('oregon', 't_oregon', now())"
        )
    assert "This state is new" in console.browser.get(address).text
    approve(console, address)
    assert "approved by Paul Hobbs" in console.browser.get(address).text
    with portal.databases.control.session() as control:
        portal.contracts.refresh(control, clock.now)
    assert portal.contracts.hosts.resolve("oregon.localhost") == "oregon"
    assert "oregon" in slugs_in_force(portal.settings, portal.databases, now=clock.now), "commands know it too"
