"""The worker process over real PostgreSQL, Valkey and SMTP: what it survives, and that a wake-up is only a wake-up."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import text

from app import worker
from app.domain.errors import Unavailable
from app.settings import Settings
from app.storage import outbox
from app.storage.db import Databases
from app.storage.files import FileStore
from app.storage.mailbox import MAIL, Mail, post_mail
from app.storage.outbox import Undeliverable
from app.storage.transaction import tenant_transaction
from app.storage.wake import QUEUE, Waker
from launch import valkey
from launch.children import Children
from launch.places import ROOT
from launch.postgres import free_port
from tenancy.contract import Contract
from tenancy.keys import Keyring
from tenancy.loader import ContractShelf
from tenancy.release import release_of
from tenancy.releases import release_at
from tenancy.scope import ControlDatabase, TenantDatabase
from tests.databases import Dsns, contract_slugs

SLUG, OTHER = contract_slugs()[:2]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Children() as children:
        url = valkey.start_own(children, tmp_path_factory.mktemp("valkey"), password=secrets.token_hex(8))
        assert url is not None
        yield url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as connection:
        connection.flushall()
        yield connection


def post(databases: Databases, contract: Contract, count: int = 1) -> list[str]:
    """Owe e-mails and return the outbox rows' ids."""
    with tenant_transaction(databases.app, SLUG) as session:
        mail = Mail("try", "nurse@clinic.example", "Subject", ["Body"])
        return [str(post_mail(session, contract, mail, now=now())) for _ in range(count)]


def arrived(mailbox: Path) -> list[str]:
    """The outbox ids of the messages that arrived, from their Message-ID."""
    found = []
    for file in mailbox.glob("*.eml"):
        header = next(line for line in file.read_text().splitlines() if line.lower().startswith("message-id:"))
        found.append(header.split("<")[1].split("@")[0])
    return sorted(found)


def done_in(databases: Databases) -> int:
    with databases.app.session(SLUG) as session:
        return outbox.count_by_state(session).done


def wait_for(what: Callable[[], bool], seconds: float = 90) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if what():
            return True
        time.sleep(0.05)
    return False


@dataclass
class Running:
    """A worker process that can be killed and is stopped at the end."""

    process: subprocess.Popen[bytes]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def run_worker(settings: Settings, dsns: Dsns, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def run(*, redis_url: str | None = None, smtp_url: str | None = None, sweep: float = 0.3) -> Running:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("CHARTER", "REDIS"))},
            "CHARTER_DSN_APP": dsns.app,
            "CHARTER_DSN_CONTROL": dsns.control,
            "CHARTER_MASTER_KEY": "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=",
            "CHARTER_SECRET_KEY": "s" * 40,
            "CHARTER_FILES_DIR": str(settings.files_dir),
            "CHARTER_SMTP_URL": smtp_url or settings.smtp_url,
            **({"REDIS_URL": redis_url} if redis_url else {}),
        }
        code = f"import app.worker as w; w.SWEEP_SECONDS = {sweep}; w.main()"
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=log, stderr=log)
        log.close()
        started.append(Running(process))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


# ------------------------------------------------------------------ without a process


def works(databases: Databases, shelf: ContractShelf, handlers: dict[str, outbox.Handler]) -> worker.Works:
    return worker.Works(databases=databases, contracts=shelf.good, handlers=handlers)


def owe(databases: Databases, slug: str, count: int = 1) -> None:
    with tenant_transaction(databases.app, slug) as session:
        for _ in range(count):
            outbox.enqueue(session, kind="try", payload={}, now=now())


def test_a_sweep_serves_every_tenant_and_a_fault_in_one_stops_none(
    databases: Databases, shelf: ContractShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(databases, SLUG)
    owe(databases, OTHER, 3)
    served: list[str] = []
    ours = works(databases, shelf, {"try": lambda session, *_: served.append(session.label)})
    drain = outbox.drain

    def drain_or_fail(databases: Databases, slug: str, **options: Any) -> int:
        if slug == SLUG:
            raise Unavailable
        return drain(databases, slug, **options)

    monkeypatch.setattr(worker, "drain", drain_or_fail)
    assert ours.sweep() == 3
    assert served == [OTHER] * 3
    monkeypatch.undo()
    assert ours.sweep() == 1


def test_a_sweep_goes_on_until_nothing_is_due(databases: Databases, shelf: ContractShelf) -> None:
    owe(databases, SLUG, outbox.BATCH + 5)
    assert works(databases, shelf, {"try": lambda *_: None}).sweep() == outbox.BATCH + 5


def test_the_releases_in_force_are_recorded_once(databases: Databases, shelf: ContractShelf) -> None:
    for _ in range(2):
        works(databases, shelf, {}).sweep()
    with databases.control.session() as control:
        rows = control.execute(text("SELECT slug, hash, content FROM control.release ORDER BY slug")).all()
        assert [row.slug for row in rows] == sorted(shelf.good)
        for row in rows:
            assert row.hash == shelf.good[row.slug].release == release_of(shelf.good[row.slug].contract)
            assert sha256(row.content.encode()).hexdigest() == row.hash
        in_force = release_at(control, SLUG, now())
        assert in_force is not None
        assert in_force.hash == shelf.good[SLUG].release
        assert release_at(control, SLUG, datetime(2020, 1, 1, tzinfo=UTC)) is None


def test_orphaned_files_are_collected_and_files_of_documents_stay(
    databases: Databases, shelf: ContractShelf, tmp_path: Path
) -> None:
    store = FileStore(tmp_path, Keyring(databases.control, b"k" * 32).key_for)
    case_id = uuid.uuid4()
    store.put(SLUG, case_id, uuid.uuid4(), io.BytesIO(b"content"), 100)
    ours = works(databases, shelf, {})
    ours.files = store
    assert ours.collect_orphans() == 0
    for path in tmp_path.rglob("*.1"):
        os.utime(path, (1, 1))
    assert ours.collect_orphans() == 1


# ------------------------------------------------------------------ wake-ups


def test_a_wake_up_carries_the_tenant_and_nothing_else(redis: Redis, redis_url: str) -> None:
    assert Waker(redis_url).wake(SLUG)
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    (job,) = queue.jobs
    assert job.meta == {"tenant": SLUG}
    assert (list(job.args), job.kwargs) == ([], {})
    assert job.id.startswith(f"{SLUG}-")


@pytest.mark.parametrize("meta", [{}, {"tenant": "nobody"}, {"tenant": 1}])
def test_a_job_without_a_tenant_in_force_fails(
    redis: Redis, databases: Databases, shelf: ContractShelf, meta: dict[str, object]
) -> None:
    worker._WORKS[:] = [works(databases, shelf, {})]
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    job = queue.enqueue_call("app.worker.drain_woken", meta=meta, timeout=-1)
    worker.WakeWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
    worker._WORKS.clear()
    refreshed = Job.fetch(job.id, connection=redis, serializer=JSONSerializer)
    assert refreshed.is_failed


def test_waking_without_redis_or_with_redis_away_is_quick_and_harmless() -> None:
    assert not Waker(None).wake(SLUG)
    waker = Waker(f"redis://127.0.0.1:{free_port()}/0")
    began = time.monotonic()
    assert not any(waker.wake(SLUG) for _ in range(100))
    assert time.monotonic() - began < 1


def test_a_woken_worker_delivers_long_before_the_next_sweep(
    databases: Databases,
    contract: Callable[[str], Contract],
    mailbox: Path,
    redis: Redis,
    redis_url: str,
    run_worker: Callable[..., Running],
) -> None:
    running = run_worker(redis_url=redis_url, sweep=600)
    assert wait_for(lambda: bool(redis.smembers("rq:workers")))
    time.sleep(0.3)  # its first sweep is over
    owed = post(databases, contract(SLUG), 2)
    assert Waker(redis_url).wake(SLUG)
    assert wait_for(lambda: arrived(mailbox) == sorted(owed), 60)
    assert running.stop() == 0


def test_with_redis_away_the_sweeper_delivers_and_the_worker_stops_when_told(
    databases: Databases, contract: Callable[[str], Contract], mailbox: Path, run_worker: Callable[..., Running]
) -> None:
    running = run_worker(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    owed = post(databases, contract(SLUG), 3)
    assert wait_for(lambda: arrived(mailbox) == sorted(owed))
    assert running.stop() == 0


def test_redis_flushed_loses_no_message(
    databases: Databases,
    contract: Callable[[str], Contract],
    mailbox: Path,
    redis: Redis,
    redis_url: str,
    run_worker: Callable[..., Running],
) -> None:
    waker = Waker(redis_url)
    owed = []
    for _ in range(5):
        owed += post(databases, contract(SLUG), 2)
        waker.wake(SLUG)
        redis.flushall()
    run_worker(redis_url=redis_url)
    assert wait_for(lambda: arrived(mailbox) == sorted(owed))
    redis.flushall()
    owed += post(databases, contract(SLUG), 1)
    assert wait_for(lambda: arrived(mailbox) == sorted(owed))


def test_without_redis_it_sweeps_and_stops_when_told(
    databases: Databases, contract: Callable[[str], Contract], mailbox: Path, run_worker: Callable[..., Running]
) -> None:
    running = run_worker()
    owed = post(databases, contract(SLUG))
    assert wait_for(lambda: arrived(mailbox) == owed)
    assert running.stop() == 0


def test_a_worker_killed_at_any_moment_loses_nothing_and_doubles_nothing_seen_by_id(
    databases: Databases, contract: Callable[[str], Contract], mailbox: Path, run_worker: Callable[..., Running]
) -> None:
    owed = post(databases, contract(SLUG), 40)
    for pause in (0.0, 0.02, 0.05):
        running = run_worker(sweep=0.1)
        wait_for(lambda: len(arrived(mailbox)) > 2)
        time.sleep(pause)
        running.process.kill()
        running.process.wait()
    with tenant_transaction(databases.app, SLUG) as session:  # a lease of a killed worker runs out a minute later
        session.execute(
            text("UPDATE outbox SET leased_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
        )
    run_worker(sweep=0.1)
    assert wait_for(lambda: set(arrived(mailbox)) == set(owed))
    assert wait_for(lambda: done_in(databases) == 40)
    assert len(arrived(mailbox)) - len(owed) <= 3  # at most the one in flight of each kill, told apart by Message-ID


def test_a_handler_that_is_missing_does_not_block_the_others(
    databases: Databases, contract: Callable[[str], Contract], shelf: ContractShelf
) -> None:
    owe(databases, SLUG)
    post(databases, contract(SLUG))
    seen = []
    ours = works(databases, shelf, {MAIL: lambda _session, _contract, row, _now: seen.append(row.id)})
    assert ours.sweep() == 1
    assert len(seen) == 1


# ------------------------------------------------------------------ the database away


class Relay:
    """A wire to the database that can be cut: connections are refused and open ones end."""

    def __init__(self, dsns: Dsns) -> None:
        parts = urlsplit(dsns.app)
        self._target = ("127.0.0.1", int(parts.port or 5432))
        self.port = free_port()
        self._pairs: list[socket.socket] = []
        self._listener: socket.socket | None = None

        def through(dsn: str) -> str:
            one = urlsplit(dsn)
            return urlunsplit(one._replace(netloc=f"{one.netloc.rpartition('@')[0]}@127.0.0.1:{self.port}"))

        self.app, self.control = through(dsns.app), through(dsns.control)
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for wire in self._pairs:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        for wire in self._pairs:
            wire.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._pairs += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for wire in (source, sink):
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(dsns: Dsns) -> Iterator[Relay]:
    made = Relay(dsns)
    yield made
    made.close()


def test_a_database_that_is_away_is_unavailable_and_needs_no_restart_when_it_returns(
    databases: Databases, relay: Relay
) -> None:
    away = Databases(app=TenantDatabase(relay.app, pool_size=2), control=ControlDatabase(relay.control))
    with away.app.session(SLUG) as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
        relay.cut()
        with pytest.raises(Unavailable):
            session.execute(text("SELECT 1"))
    for _ in range(3):
        with pytest.raises(Unavailable), away.app.session(SLUG) as session:
            session.execute(text("SELECT 1"))
        with pytest.raises(Unavailable), away.control.session() as session:
            session.execute(text("SELECT 1"))
    relay.open()
    for _ in range(3):
        with away.app.session(SLUG) as session:
            assert session.execute(text("SELECT 1")).scalar_one() == 1
    away.close()


def test_a_commit_that_does_not_reach_the_database_is_unavailable_and_nothing_is_there(
    databases: Databases, relay: Relay
) -> None:
    away = Databases(app=TenantDatabase(relay.app, pool_size=1), control=ControlDatabase(relay.control))
    with away.app.session(SLUG) as session:
        outbox.enqueue(session, kind="try", payload={}, now=now())
        relay.cut()
        with pytest.raises(Unavailable):
            session.commit()
    away.close()
    with databases.app.session(SLUG) as session:
        assert outbox.count_by_state(session).due == 0


def test_a_pool_with_no_free_connection_is_unavailable(databases: Databases, dsns: Dsns) -> None:
    small = Databases(
        app=TenantDatabase(dsns.app, pool_size=1, pool_timeout=0.1), control=ControlDatabase(dsns.control)
    )
    with small.app.session(SLUG) as session:
        session.connection()
        with pytest.raises(Unavailable), small.app.session(SLUG) as other:
            other.connection()
    small.close()


def test_a_statement_that_takes_too_long_is_unavailable(databases: Databases) -> None:
    with pytest.raises(Unavailable), databases.app.session(SLUG) as session:
        session.connection().connection.driver_connection.execute("SET LOCAL statement_timeout TO 50")  # type: ignore[union-attr]
        session.execute(text("SELECT count(*) FROM generate_series(1, 100000000)"))


def test_a_worker_goes_on_when_the_database_returns(
    databases: Databases,
    contract: Callable[[str], Contract],
    shelf: ContractShelf,
    relay: Relay,
) -> None:
    away = Databases(app=TenantDatabase(relay.app), control=ControlDatabase(relay.control))
    done: list[uuid.UUID] = []

    def handle(_session: object, _contract: object, row: outbox.DueRow, _now: datetime) -> None:
        if row.kind == "never":
            raise Undeliverable
        done.append(row.id)

    ours = works(away, shelf, {"try": handle})
    owe(databases, SLUG, 2)
    relay.cut()
    assert ours.sweep() == 0
    relay.open()
    assert ours.sweep() == 2
    assert len(done) == 2
    away.close()
