from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.domain.access import StaffRole
from app.web.request import portal_of
from tenancy.vocabulary import Feature
from tests.people import Town
from tests.rooms.console.conftest import SLUG, Clock, Console, Refresh

PAGE = f"/console/contracts/{SLUG}/functions"
COPY_OFF = {"feature": "copy", "state": "off", "whom": "everybody", "when": "now", "reason": "Guide, page 12"}


def has_copy(app: Flask, group_id: UUID | None = None) -> bool:
    return portal_of(app).contracts.for_group(SLUG, group_id).contract.features[Feature.COPY]


def test_a_switch_is_looked_at_before_it_is_done(app: Flask, console: Console, town: Town, refresh: Refresh) -> None:
    console.browser.get(PAGE)
    page = console.browser.posted_page(PAGE, COPY_OFF, status=200)
    assert page.heading == "Switch Copy off"
    assert "is switched off" in page.text
    assert "all of 3 groups" in page.text
    refresh()
    assert has_copy(app)
    answer = console.browser.post(PAGE, page.form(PAGE))
    assert "Copy off" in console.browser.follow(answer).text
    refresh()
    assert not has_copy(app)
    assert ("toggle:switch", SLUG, "switch 1", "ok") in [(*one[:2], "switch 1", one[3]) for one in console.told()]


def test_a_switch_for_monday_at_six_waits_until_then_in_the_contracts_zone(
    app: Flask, console: Console, town: Town, refresh: Refresh, clock: Clock
) -> None:
    console.browser.get(PAGE)
    page = console.browser.posted_page(PAGE, {**COPY_OFF, "when": "monday"}, status=200)
    assert "Mon 11/30/2026, 6:00 AM CST" in page.text
    history = console.browser.follow(console.browser.post(PAGE, page.form(PAGE)))
    assert "scheduled" in history.text
    refresh()
    assert has_copy(app)
    clock.now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    refresh()
    assert not has_copy(app)


def test_undo_takes_one_click(app: Flask, console: Console, town: Town, refresh: Refresh) -> None:
    console.browser.get(PAGE)
    page = console.browser.follow(console.browser.post(PAGE, {**COPY_OFF, "sure": "yes"}))
    undo = next(form.get("action") for form in page.all("form") if str(form.get("action")).endswith("/undo"))
    after = console.browser.follow(console.browser.post(str(undo), page.form(str(undo))))
    assert "Taken back" in after.text
    refresh()
    assert has_copy(app)
    again = console.browser.follow(console.browser.post(str(undo)))
    assert "taken back already" in again.text
    assert [one[0] for one in console.told()].count("toggle:undo") == 1


def test_a_switch_may_be_meant_for_some_groups_until_a_day(
    app: Flask, console: Console, town: Town, refresh: Refresh, clock: Clock
) -> None:
    console.browser.get(PAGE)
    chosen = town.admin.group_ids[0]
    asked = {**COPY_OFF, "whom": "groups", "groups": str(chosen), "ends_on": "12/01/2026", "ends_at": "6:00 PM"}
    page = console.browser.posted_page(PAGE, asked, status=200)
    console.browser.post(PAGE, page.form(PAGE))
    refresh()
    assert not has_copy(app, chosen)
    assert has_copy(app)
    clock.now = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
    refresh()
    assert has_copy(app, chosen)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"feature": ""}, "feature"),
        ({"feature": "atlantis"}, "feature"),
        ({"state": ""}, "state"),
        ({"whom": "groups"}, "groups"),
        ({"whom": "groups", "groups": "not an id"}, "groups"),
        ({"whom": "share", "share": "100"}, "share"),
        ({"whom": "share", "share": "²"}, "share"),
        ({"when": "later"}, "starts-on"),
        ({"when": "later", "starts_on": "11/01/2026"}, "starts-on"),
        ({"when": "later", "starts_on": "02/30/2027"}, "starts-on"),
        ({"when": "later", "starts_on": "12/01/2026", "starts_at": "25:00"}, "starts-at"),
        ({"when": "later", "starts_on": "03/14/2027", "starts_at": "2:30 AM"}, "starts-at"),
        ({"ends_on": "11/24/2026"}, "ends-on"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_every_fault_is_told_beside_its_field_and_nothing_typed_is_lost(
    console: Console, town: Town, changes: dict[str, str], field: str
) -> None:
    console.browser.get(PAGE)
    page = console.browser.posted_page(PAGE, {**COPY_OFF, **changes})
    assert f'href="#f-{field}"' in page.html
    form = page.form(PAGE)
    kept = {**COPY_OFF, **changes}
    assert {key: form.get(key) for key in ("whom", "when")} == {key: kept[key] for key in ("whom", "when")}
    assert form["reason"] == kept["reason"].strip() or not kept["reason"].strip()


def test_a_switch_that_contradicts_a_rule_is_refused_with_the_rule(console: Console, town: Town) -> None:
    console.browser.get(PAGE)
    page = console.browser.posted_page(PAGE, {**COPY_OFF, "feature": "questionnaires"})
    assert "QUESTION-OFF at" in page.text


def test_ops_see_the_switches_and_may_not_touch_them(console: Console, town: Town, clock: Clock) -> None:
    browser = console.sit_down("Omar Reyes", StaffRole.OPS)
    assert "Switch a function" not in browser.get(PAGE).text
    browser.post(PAGE, COPY_OFF, status=403)
    browser.post(f"{PAGE}/1/undo", status=403)


def test_an_unknown_contract_is_not_there(console: Console) -> None:
    for path in ("/console/contracts/atlantis", "/console/contracts/atlantis/functions"):
        console.browser.get(path, status=404)
    console.browser.get("/console")
    console.browser.post("/console/contracts/atlantis/functions", COPY_OFF, status=404)


def test_the_list_says_what_is_switched_and_for_when(console: Console, town: Town, clock: Clock) -> None:
    console.browser.get(PAGE)
    console.browser.post(PAGE, {**COPY_OFF, "when": "monday", "sure": "yes"})
    assert "Copy off, scheduled" in console.browser.get("/console").text
    clock.now += timedelta(days=10)
    assert "Copy off" in console.browser.get("/console").text
    assert "Switched a function" in console.browser.get("/console/record").text
