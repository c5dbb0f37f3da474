"""PostgreSQL stopped at once and started again under load (R5).

Only 303 and 503 with Retry-After are heard, nothing acknowledged is lost, no case is half made, the same processes
answer again within five seconds. Two restarts in the gate; ``CHARTER_RESTARTS=20`` tries as many as the promise names.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from launch.children import until
from tenancy.loader import ContractShelf
from tests.faults.stack import Ledger, Stack, running

RESTARTS = int(os.environ.get("CHARTER_RESTARTS", "2"))
CROWD = 4
PER_RESTART = 12
HEALTHY_SECONDS = 5.0

pytestmark = pytest.mark.slow


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory, shelf: ContractShelf) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack"), shelf, with_redis=False) as stack:
        yield stack


def test_a_database_restarted_at_once_under_load_costs_a_moment_and_nothing_else(stack: Stack) -> None:
    restarts: list[float] = []
    pages: list[int] = []

    def keep_pace(done: int) -> None:
        while done > PER_RESTART * (len(restarts) + 1) - CROWD and len(restarts) < RESTARTS:
            time.sleep(0.02)

    ledger = Ledger(stack, [stack.draft() for _ in range(PER_RESTART * (RESTARTS + 1))], keep_pace)
    drafts = {draft_id for draft_id, _ in ledger.drafts}
    processes = stack.web_processes()
    crowd = [threading.Thread(target=ledger.submit_all) for _ in range(CROWD)]
    reader = threading.Thread(target=lambda: _read_pages(stack, pages, crowd))
    for one in (*crowd, reader):
        one.start()
    while len(restarts) < RESTARTS:
        time.sleep(0.4)
        _restart_at_once(stack)
        restarts.append(stack.wait_until_ready())
    for one in (*crowd, reader):
        one.join(120)
    assert ledger.odd == []
    assert ledger.broken == 0, "a client lost its connection: only the database was restarted"
    assert ledger.away > 0, "no client noticed anything: the restarts came at the wrong time"
    assert max(restarts) <= HEALTHY_SECONDS
    assert set(ledger.told) == drafts
    assert stack.web_processes() == processes
    assert set(pages) <= {200, 503}
    assert 200 in pages
    _must_be_whole(stack, ledger)


def _restart_at_once(stack: Stack) -> None:
    """``pg_ctl restart -m immediate``: the server drops everything, starts again and recovers from its log."""
    child = stack.database.child
    assert child is not None
    child.process.send_signal(signal.SIGQUIT)
    child.process.wait(20)
    stack.start_again(child)
    until(lambda: _accepts(stack), child, seconds=30, what="PostgreSQL")


def _accepts(stack: Stack) -> bool:
    try:
        with psycopg.connect(stack.dsns.superuser, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _read_pages(stack: Stack, pages: list[int], crowd: list[threading.Thread]) -> None:
    """Somebody reads Home meanwhile."""
    while any(one.is_alive() for one in crowd):
        pages.append(stack.ask("GET", "/").status)
        time.sleep(0.05)


def _must_be_whole(stack: Stack, ledger: Ledger) -> None:
    """What was told is there, and every submitted case has its event, its audit row and its owed message, once."""
    told = {str(draft_id): number for draft_id, number in ledger.told.items()}
    cases = stack.rows("SELECT id::text, number FROM {s}.\"case\" WHERE status = 'submitted'")
    assert sorted(cases) == sorted(told.items())
    for query in (
        "SELECT case_id::text FROM {s}.case_event WHERE kind = 'case_submitted'",
        "SELECT object_id::text FROM {s}.audit_event WHERE action = 'case:submit'",
        "SELECT payload->>'case_id' FROM {s}.outbox WHERE kind = 'case_received'",
    ):
        assert sorted(str(one) for (one,) in stack.rows(query)) == sorted(told), query
