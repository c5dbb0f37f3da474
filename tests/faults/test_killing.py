"""Web, worker, sweeper and Redis killed during submissions: nothing acknowledged is lost or doubled (R1, R3, R4).

Eight kills in the gate; ``CHARTER_KILLS=1000`` tries as many as the promise names.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator

import pytest

from tenancy.loader import ContractShelf
from tests.faults.stack import Ledger, Stack, kill, running

KILLS = int(os.environ.get("CHARTER_KILLS", "8"))
CROWD = 3
PER_KILL = 3

pytestmark = pytest.mark.slow


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory, shelf: ContractShelf) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack"), shelf, with_redis=True) as stack:
        yield stack


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled_whatever_is_killed(stack: Stack) -> None:
    killed: list[str] = []

    def keep_pace(done: int) -> None:
        """The crowd goes on through all the kills instead of being through before the first."""
        while done > PER_KILL * (len(killed) + 1) and len(killed) < KILLS:
            time.sleep(0.02)

    ledger = Ledger(stack, [stack.draft() for _ in range(PER_KILL * KILLS)], keep_pace)
    drafts = {draft_id for draft_id, _ in ledger.drafts}
    crowd = [threading.Thread(target=ledger.submit_all) for _ in range(CROWD)]
    for one in crowd:
        one.start()
    chance = random.Random(7)
    while len(killed) < KILLS:
        stack.wait_until_ready()
        time.sleep(chance.uniform(0.0, 0.3))
        killed.append(_kill_something(stack, chance))
    for one in crowd:
        one.join(180)
    assert ledger.odd == []
    assert ledger.broken + ledger.away > 0, "no client noticed anything: the kills came at the wrong time"
    assert set(ledger.told) == drafts
    _must_agree(stack, ledger)
    assert len(set(killed)) >= min(3, KILLS), killed


def _kill_something(stack: Stack, chance: random.Random) -> str:
    """One SIGKILL: a process that answers, the whole web server, the worker with its sweeper, or Redis."""
    what = chance.choices(("answering", "web", "worker", "redis"), (5, 2, 3, 2))[0]
    if what == "answering" and (answering := stack.web_processes()):
        kill(chance.choice(answering))
    elif what == "worker":
        stack.start_again(stack.worker)
    elif what == "redis" and stack.redis is not None:
        stack.start_again(stack.redis)
    else:
        stack.start_again(stack.web)
    return what


def _must_agree(stack: Stack, ledger: Ledger) -> None:
    """The clients' ledger, the database and the mail server tell the same."""
    told = {str(draft_id): number for draft_id, number in ledger.told.items()}
    assert len(set(told.values())) == len(told), "two drafts were given one number"
    cases = stack.rows("SELECT id::text, number FROM {s}.\"case\" WHERE status = 'submitted'")
    assert sorted(cases) == sorted(told.items())
    events = stack.rows("SELECT case_id::text FROM {s}.case_event WHERE kind = 'case_submitted'")
    assert sorted(str(one) for (one,) in events) == sorted(told)
    # whoever held a row when it was killed holds it for a minute; let the minute pass
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        _let_leases_run_out(stack)
        if not stack.rows("SELECT 1 FROM {s}.outbox WHERE state <> 'done' LIMIT 1"):
            break
        time.sleep(0.3)
    assert stack.rows("SELECT kind, state, last_fault FROM {s}.outbox WHERE state <> 'done'") == []
    messages = set(stack.messages())
    assert len({mark for mark, _ in messages}) == len(told), "a message is missing or was made twice"
    assert sorted(number for _, number in messages) == sorted(told.values())


def _let_leases_run_out(stack: Stack) -> None:
    import psycopg

    with psycopg.connect(stack.dsns.superuser, autocommit=True) as connection:
        connection.execute(
            "UPDATE t_mississippi.outbox SET leased_until = now(), due_at = now()"
            " WHERE state = 'due' AND leased_until < now() + interval '50 seconds'"
        )
