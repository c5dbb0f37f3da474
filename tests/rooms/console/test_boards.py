from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from app import worker
from app.cases.documents import Incoming, Shelf, upload_to_draft
from app.console.board_pages import SORTS, BoardLine, sorted_lines, totals_of
from app.console.rollups import DeadlineFigures, Figures, Health
from app.domain.access import SYSTEM, StaffRole
from app.notices.letters import issue_letter
from app.notices.models import LetterDelivery
from app.storage import outbox
from app.storage.models import AuditEvent, OutboxRow
from app.web.paging import list_request
from app.web.request import portal_of
from tests.pages import Browser, OpenClient
from tests.people import Town
from tests.rooms.cases.casebook import open_casebook
from tests.rooms.console.conftest import SLUG, Clock, Console
from tests.rooms.notices.letters import DENIAL, VALUES

BOARD = f"/console/boards/{SLUG}"


@pytest.fixture
def works(app: Flask, clock: Clock) -> worker.Works:
    portal = portal_of(app)
    return worker.Works(databases=portal.databases, contracts=portal.contracts, handlers={}, clock=clock)


@pytest.fixture
def ops(console: Console) -> Console:
    console.sit_down("Omar Reyes", StaffRole.OPS)
    return console


def owe_dead_job(app: Flask, clock: Clock, slug: str = SLUG) -> str:
    with portal_of(app).databases.app.session(slug) as session:
        row_id = outbox.enqueue(session, kind="mail", payload={"mail_id": str(uuid4())}, now=clock.now)
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id)
            .values(state="dead", finished_at=clock.now, attempts=20, last_fault="ConnectionRefusedError")
        )
        session.commit()
    return str(row_id)


def state_of(app: Flask, row_id: str) -> str:
    with portal_of(app).databases.app.session(SLUG) as session:
        return session.scalars(select(OutboxRow.state).where(OutboxRow.id == row_id)).one()


def write_letters(app: Flask, clock: Clock) -> None:
    """A letter whose fax was given up, and one that lacks a value."""
    portal = portal_of(app)
    with portal.databases.app.session(SLUG) as session:
        contract = portal.contracts[SLUG].contract
        lacking = replace(DENIAL, values={key: text for key, text in VALUES.items() if key != "reason"})
        for key, facts in (("sent", DENIAL), ("held", lacking)):
            issue_letter(session, contract, portal.files, facts, key=key, actor=SYSTEM, now=clock.now)
        session.flush()
        way = session.scalars(select(LetterDelivery).where(LetterDelivery.channel != "portal")).first()
        assert way is not None
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == way.outbox_id)
            .values(state="dead", finished_at=clock.now, attempts=20, last_fault="Busy")
        )
        session.commit()


def test_a_tenant_nobody_counted_says_so_and_an_old_count_is_bad_news(
    ops: Console, works: worker.Works, clock: Clock
) -> None:
    assert "not yet" in ops.browser.get("/console/boards").text
    works.roll_up()
    assert "Good" in ops.browser.get("/console/boards").text
    clock.now += timedelta(minutes=6)
    assert "the worker has not counted for a while" in ops.browser.get(BOARD).text


def test_deadlines_are_counted_by_rule_and_nobody_is_named(
    app: Flask, client: OpenClient, ops: Console, works: worker.Works, clock: Clock
) -> None:
    book = open_casebook(app, client, SLUG)
    ops.sit_down("Omar Reyes", StaffRole.OPS)
    works.roll_up()
    page = ops.browser.get("/console/boards")
    with book.session() as session:
        names = [case.number for case in session.scalars(select(type(book.a_case(0)))) if case.number]
    assert names
    assert not any(number in page.html for number in names)
    assert ops.browser.get(BOARD).status == 200


def test_a_job_that_was_given_up_is_driven_again_and_told_on_both_sides(
    app: Flask, ops: Console, town: Town, works: worker.Works, clock: Clock
) -> None:
    row_id = owe_dead_job(app, clock)
    works.roll_up()
    page = ops.browser.get(BOARD)
    assert "ConnectionRefusedError" in page.text
    address = f"{BOARD}/jobs/{row_id}"
    after = ops.browser.follow(ops.browser.post(address, page.form(address)))
    assert "under way again" in after.text
    assert "No job was given up" in after.text
    assert state_of(app, row_id) == "due"
    assert ("job:revive", SLUG, row_id, "ok") in ops.told()
    with portal_of(app).databases.app.session(SLUG) as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "job:revive")).one()
    assert (told.actor_name, told.object_id) == ("Omar Reyes", row_id)
    again = ops.browser.follow(ops.browser.post(address))
    assert "under way or done already" in again.text


def test_letters_that_did_not_leave_are_sent_again_or_printed_again(
    app: Flask, ops: Console, town: Town, works: worker.Works, clock: Clock
) -> None:
    write_letters(app, clock)
    works.roll_up()
    page = ops.browser.get(BOARD)
    assert "No value for: reason" in page.text
    assert "Odalys" not in page.html
    assert "263260001" not in page.html
    actions = [str(form.get("action")) for form in page.all("form")]
    send = next(one for one in actions if "/deliveries/" in one)
    held = next(one for one in actions if "/letters/" in one)
    assert "under way again" in ops.browser.follow(ops.browser.post(send, page.form(send))).text
    assert "No value for: reason" in ops.browser.follow(ops.browser.post(held, page.form(held))).text
    acts = [one[0] for one in ops.told()]
    assert "letter:send-again" in acts
    assert "letter:print-again" in acts


def test_contract_managers_see_the_boards_and_drive_nothing(
    app: Flask, console: Console, town: Town, works: worker.Works, clock: Clock
) -> None:
    row_id = owe_dead_job(app, clock)
    works.roll_up()
    assert "Drive again" not in console.browser.get(BOARD).text
    console.browser.post(f"{BOARD}/jobs/{row_id}", status=403)
    console.browser.get("/console/boards/atlantis", status=404)


def test_prometheus_reads_the_figures_at_the_consoles_host_with_the_token_only(
    app: Flask, client: OpenClient, ops: Console, town: Town, works: worker.Works, clock: Clock
) -> None:
    owe_dead_job(app, clock)
    works.roll_up()
    portal = portal_of(app)
    settings, address = portal.settings, ops.browser.address
    assert ops.browser.client.get("/metrics", base_url=address).status_code == 404
    portal.settings = replace(settings, metrics_token="m" * 32)
    try:
        assert ops.browser.client.get("/metrics", base_url=address).status_code == 401
        bearer = {"Authorization": "Bearer " + "m" * 32}
        answer = ops.browser.client.get("/metrics", base_url=address, headers=bearer)
        tenants = Browser(client(SLUG))
        at_tenant = tenants.client.get("/metrics", base_url=tenants.address, headers=bearer)
    finally:
        portal.settings = settings
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert set(families) == FAMILIES
    assert all(family.documentation for family in families.values())
    told = [(one.name, *sorted(one.labels.items())) for family in families.values() for one in family.samples]
    assert len(told) == len(set(told)), "Prometheus drops a scrape that says a sample twice"
    assert {label for family in families.values() for one in family.samples for label in one.labels} <= LABELS
    assert f'charter_outbox_jobs{{contract="{SLUG}",state="dead"}} 1.0' in text
    assert f'charter_contract_fault{{contract="{SLUG}"}} 0.0' in text
    assert "charter_proposals_open 0.0" in text
    assert at_tenant.status_code == 404


def test_uploads_whose_content_failed_a_check_are_counted_by_the_check(
    app: Flask, client: OpenClient, ops: Console, works: worker.Works, clock: Clock
) -> None:
    book = open_casebook(app, client, SLUG)
    portal = portal_of(app)
    contract, draft = portal.contracts[SLUG].contract, book.a_draft()
    shelf = Shelf(portal.files, SLUG)
    files = {"scan.pdf": b"MZ not a pdf", "x.pdf": b"", "n": b"n"}
    sent = [Incoming(name, BytesIO(content)) for name, content in files.items()]
    kind = next(iter(contract.catalogue.lists["document_types"]))
    with book.session() as session:
        results = upload_to_draft(
            session, contract, shelf, draft, sent, document_type=kind, actor=book.actor("alex"), now=clock.now
        )
        session.commit()
    assert [one.failed_check for one in results] == ["mislabelled", "", ""]
    works.roll_up()
    ops.sit_down("Omar Reyes", StaffRole.OPS)
    assert "The content is not what the ending says" in ops.browser.get(BOARD).text
    assert "scan.pdf" not in ops.browser.get(BOARD).html
    tile = next(one for one in ops.browser.get("/console/boards").all("a") if "sort=-files" in one.get("href", ""))
    assert "".join(tile.itertext()) == "1Uploads that failed a check in 24 hours"
    clock.now += timedelta(hours=25)
    works.roll_up()
    page = ops.browser.get(BOARD)
    assert "Every file that was sent passed." in page.text
    assert "No file was sent." in page.text


FAMILIES = {
    "charter_figures_age_seconds",
    "charter_open_requests",
    "charter_deadlines",
    "charter_outbox_jobs",
    "charter_outbox_oldest_seconds",
    "charter_letters_stuck",
    "charter_uploads_failed",
    "charter_uploads_scanned",
    "charter_contract_release",
    "charter_contract_fault",
    "charter_proposals_open",
}
LABELS = {"contract", "rule", "when", "state", "check", "release"}


def line_of(name: str, state: str, *, overdue: int = 0, soon: int = 0, opened: int = 0) -> BoardLine:
    deadlines = (DeadlineFigures("standard", overdue=overdue, in_24_hours=soon),)
    return BoardLine(name, name, Health(state), "", Figures(open_requests=opened, deadlines=deadlines))


def test_the_board_is_sorted_and_paged_and_begins_with_the_worst() -> None:
    lines = [
        line_of("Ada", "good"),
        line_of("Bay", "warn", soon=3),
        line_of("Cod", "bad", overdue=1),
        line_of("Dee", "bad", overdue=7, opened=9),
        line_of("Elm", "unknown"),
    ]

    def names(address: dict[str, str], health: str = "") -> list[str]:
        asked = list_request(address, sorts=tuple(SORTS), default_sort="-risk", default_size=25)
        return [one.name for one in sorted_lines(lines, asked, health).items]

    assert names({}) == ["Dee", "Cod", "Bay", "Elm", "Ada"]
    assert names({"sort": "name"}) == ["Ada", "Bay", "Cod", "Dee", "Elm"]
    assert names({"sort": "-open"})[0] == "Dee"
    assert names({}, "bad") == ["Dee", "Cod"]
    many = [line_of(f"S{n:03d}", "good") for n in range(200)]
    asked = list_request({"page": "99", "sort": "name"}, sorts=tuple(SORTS), default_sort="-risk", default_size=25)
    last = sorted_lines(many, asked, "")
    assert (last.number, last.pages, last.items[-1].name) == (8, 8, "S199")
    assert totals_of(lines) == {"overdue": 8, "in_24_hours": 3, "letters": 0, "dead": 0, "failed_checks": 0}
