"""The outbox: nothing owed is lost, done twice or kept from being seen."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.storage import outbox
from app.storage.db import Databases
from app.storage.outbox import DueRow, Handler, OutboxCounts, Undeliverable, wait_after
from app.storage.transaction import tenant_transaction
from tenancy.contract import Contract
from tests.databases import contract_slugs

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SLUG, OTHER = contract_slugs()[:2]


@pytest.fixture
def drained(databases: Databases, contract: Callable[[str], Contract]) -> Callable[..., int]:
    """Drains the tenant at an instant with a handler for the kind ``try``."""

    def drain(handler: Handler, now: datetime = NOW, slug: str = SLUG) -> int:
        return outbox.drain(databases, slug, contract=contract(slug), now=now, handlers={"try": handler})

    return drain


def owe(databases: Databases, count: int = 1, *, slug: str = SLUG, key: str | None = None) -> list[UUID]:
    with tenant_transaction(databases.app, slug) as session:
        return [outbox.enqueue(session, kind="try", payload={"n": n}, now=NOW, key=key) for n in range(count)]


def counted(databases: Databases) -> OutboxCounts:
    with databases.app.session(SLUG) as session:
        return outbox.count_by_state(session)


class Outside:
    """The world outside: remembers what reached it, and fails when told to."""

    def __init__(self, failures: int = 0) -> None:
        self.reached: list[UUID] = []
        self.failures = failures

    def __call__(self, _session: Session, _contract: Contract, row: DueRow, _now: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the outside is away")
        self.reached.append(row.id)


def test_what_is_owed_is_done_once(databases: Databases, drained: Callable[..., int]) -> None:
    outside, owed = Outside(), owe(databases, 3)
    assert drained(outside) == 3
    assert drained(outside) == 0
    assert sorted(outside.reached) == sorted(owed)
    assert counted(databases) == OutboxCounts(due=0, done=3, dead=0)


def test_what_is_rolled_back_was_never_owed(databases: Databases, drained: Callable[..., int]) -> None:
    with databases.app.session(SLUG) as session:
        outbox.enqueue(session, kind="try", payload={}, now=NOW)
        session.rollback()
    assert drained(Outside()) == 0


def test_the_same_key_owes_once_and_gives_the_same_id(databases: Databases) -> None:
    first, second = owe(databases, key="received:1"), owe(databases, key="received:1")
    assert first == second
    assert counted(databases).due == 1


def test_a_row_of_another_tenant_is_not_touched(databases: Databases, drained: Callable[..., int]) -> None:
    owe(databases, slug=OTHER)
    assert drained(Outside()) == 0
    assert drained(Outside(), slug=OTHER) == 1


def test_what_is_due_later_waits(databases: Databases, drained: Callable[..., int]) -> None:
    with tenant_transaction(databases.app, SLUG) as session:
        outbox.enqueue(session, kind="try", payload={}, now=NOW, due_at=NOW + timedelta(hours=1))
    assert drained(Outside()) == 0
    assert drained(Outside(), NOW + timedelta(hours=1)) == 1


def test_a_failure_puts_the_row_off_and_a_later_try_does_it(databases: Databases, drained: Callable[..., int]) -> None:
    owe(databases)
    outside = Outside(failures=2)
    assert drained(outside) == 0
    assert drained(outside) == 0  # it rests
    assert drained(outside, NOW + timedelta(seconds=10)) == 0
    assert drained(outside, NOW + timedelta(minutes=1)) == 1
    assert len(outside.reached) == 1
    with databases.app.session(SLUG) as session:
        row = session.execute(text("SELECT attempts, last_fault, lease_token FROM outbox")).one()
    assert tuple(row) == (3, None, None)


def test_what_a_failing_handler_wrote_is_rolled_back(databases: Databases, drained: Callable[..., int]) -> None:
    def write_then_fail(session: Session, _contract: Contract, _row: DueRow, now: datetime) -> None:
        outbox.enqueue(session, kind="other", payload={}, now=now)
        session.flush()
        raise ConnectionError

    owe(databases)
    drained(write_then_fail)
    assert counted(databases).due == 1


def test_the_fault_is_kept_by_name_only(databases: Databases, drained: Callable[..., int]) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Jane Doe, born 1980-01-01")

    owe(databases)
    drained(fail)
    with databases.app.session(SLUG) as session:
        assert session.execute(text("SELECT last_fault FROM outbox")).scalar_one() == "RuntimeError"


def test_rests_double_up_to_half_an_hour() -> None:
    for attempts, seconds in [(1, 5), (2, 10), (3, 20), (8, 640), (10, 1800), (1000, 1800)]:
        longest = timedelta(seconds=seconds)
        assert all(longest * 0.8 <= wait_after(attempts) <= longest for _ in range(20))


def test_after_twenty_attempts_the_row_is_dead_visible_and_can_be_revived(
    databases: Databases, drained: Callable[..., int]
) -> None:
    (row_id,) = owe(databases)
    outside = Outside(failures=20)
    for attempt in range(25):
        drained(outside, NOW + timedelta(hours=attempt))
    assert counted(databases) == OutboxCounts(due=0, done=0, dead=1)
    assert outside.failures == 0
    with tenant_transaction(databases.app, SLUG) as session:
        assert outbox.revive(session, row_id, now=NOW)
        assert not outbox.revive(session, row_id, now=NOW)
    assert drained(outside) == 1


@pytest.mark.parametrize("kind", ["try", "nobody handles this"])
def test_what_is_useless_to_try_again_is_dead_at_once(
    databases: Databases, drained: Callable[..., int], kind: str
) -> None:
    def refuse(*_: object) -> None:
        raise Undeliverable

    with tenant_transaction(databases.app, SLUG) as session:
        outbox.enqueue(session, kind=kind, payload={}, now=NOW)
    drained(refuse)
    assert counted(databases).dead == 1


def test_eight_drains_at_once_do_each_row_once(databases: Databases, drained: Callable[..., int]) -> None:
    owed = owe(databases, 40)
    outside = Outside()
    with ThreadPoolExecutor(6) as drains:
        done = sum(drains.map(lambda _: drained(outside), range(6)))
    assert done == 40
    assert sorted(outside.reached) == sorted(owed)


def test_a_row_leased_by_a_drain_that_died_is_taken_over_when_its_lease_ran_out(
    databases: Databases, drained: Callable[..., int]
) -> None:
    owe(databases)
    outbox._lease_next(databases, SLUG, NOW)  # and then the process is killed
    outside = Outside()
    assert drained(outside, NOW + timedelta(seconds=59)) == 0
    assert drained(outside, NOW + timedelta(seconds=61)) == 1


def test_a_drain_whose_lease_was_taken_over_changes_nothing(databases: Databases, drained: Callable[..., int]) -> None:
    owe(databases)
    others = Outside()

    def be_slow(session: Session, _contract: Contract, _row: DueRow, now: datetime) -> None:
        outbox.enqueue(session, kind="written by the slow one", payload={}, now=now)
        assert drained(others, NOW + timedelta(seconds=61)) == 1

    assert drained(be_slow) == 0
    assert len(others.reached) == 1
    assert counted(databases) == OutboxCounts(due=0, done=1, dead=0)


def test_a_slow_drains_failure_does_not_put_off_what_another_has_done(
    databases: Databases, drained: Callable[..., int]
) -> None:
    owe(databases)

    def be_overtaken(*_: object) -> None:
        drained(Outside(), NOW + timedelta(seconds=61))
        raise ConnectionError

    drained(be_overtaken)
    assert counted(databases) == OutboxCounts(due=0, done=1, dead=0)


def test_time_passes_inside_a_drain(
    databases: Databases, drained: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[datetime] = []
    ticks = iter(range(0, 10_000, 30))
    monkeypatch.setattr("app.storage.outbox.time.monotonic", lambda: float(next(ticks)))
    owe(databases, 2)
    drained(lambda _session, _contract, _row, now: seen.append(now))
    assert NOW < seen[0] < seen[1]


def test_a_row_is_owed_by_the_transaction_that_writes_it_even_with_a_key_taken_meanwhile(
    databases: Databases,
) -> None:
    key, ids = str(uuid.uuid4()), []
    barrier = threading.Barrier(4)

    def owe_at_once(_: int) -> None:
        with tenant_transaction(databases.app, SLUG) as session:
            session.connection()
            barrier.wait(10)
            ids.append(outbox.enqueue(session, kind="try", payload={}, now=NOW, key=key))

    with ThreadPoolExecutor(4) as people:
        list(people.map(owe_at_once, range(4)))
    assert len(set(ids)) == 1
    assert counted(databases).due == 1
