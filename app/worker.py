"""The worker process: drains tenants' outboxes when RQ wakes it, and every 30 seconds without being woken.

PostgreSQL holds the work, so Redis may be flushed, killed or away: only the wake-ups stop. Must not know what
an effect does.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from types import FrameType
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker, get_current_job
from rq.serializers import JSONSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.jobs import handlers as account_handlers
from app.cases.jobs import handlers as case_handlers
from app.cases.lapsing import sweep as lapse_drafts
from app.cases.models import Case, Document
from app.cases.scanning import handlers as scan_handlers
from app.console.rollups import count_figures, keep_figures
from app.domain.errors import Unavailable
from app.notices.fax import Carrier, Spool, carrier_at
from app.notices.letter_jobs import LetterCarriers
from app.notices.letters import known_letters
from app.notices.mail import MailServer
from app.notices.messages import message_handlers
from app.notices.telephone import TelephoneGateway, nobody_to_call
from app.reviews.jobs import handlers as review_handlers
from app.reviews.letters import letter_handlers
from app.reviews.running import sweep as sweep_reviews
from app.settings import Settings
from app.storage.db import Databases
from app.storage.files import FileStore
from app.storage.following import follow
from app.storage.keeping import ForRelease, contract_for
from app.storage.mailbox import MAIL
from app.storage.outbox import DueRow, Handler, drain
from app.storage.scanner import Scanner
from app.storage.telephone import TELEPHONE
from app.storage.wake import QUEUE
from tenancy.contract import Contract
from tenancy.in_force import ContractsInForce
from tenancy.isolation import NoTenantBound
from tenancy.keys import Keyring
from tenancy.loader import LoadedContract, load_directory
from tenancy.previews import is_preview
from tenancy.releases import record_releases

SWEEP_SECONDS = 30.0
ORPHANS_SECONDS = 240.0
REDIS_REST_SECONDS = 5.0

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The wall clock; only this module's loops read it."""
    return datetime.now(UTC)


@dataclass
class Works:
    """What one worker process works with. Every tenant is served by itself: a fault in one never stops another."""

    databases: Databases
    contracts: Mapping[str, LoadedContract]
    handlers: Mapping[str, Handler]
    leaving: tuple[str, ...] = ()
    files: FileStore | None = None
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    is_recorded: bool = False

    def drain_tenant(self, slug: str) -> int:
        """Drain one tenant's outbox until nothing is due and return how many effects were done."""
        self._guarded(slug, self._review)
        contract, done = self.contracts[slug].contract, 0
        while not self.stop.is_set():
            some = drain(self.databases, slug, contract=contract, now=self.clock(), handlers=self._handlers(slug))
            done += some
            if not some:
                break
        return done

    def _review(self, slug: str) -> int:
        """What runs by itself on the reviewers' side; what it owes the outside is drained right after."""
        loaded = self.contracts[slug]
        return sweep_reviews(self.databases, slug, loaded, now=self.clock(), under=self._under(loaded))

    def _under(self, loaded: LoadedContract) -> ForRelease:
        return lambda release: contract_for(self.contracts, self.databases.control, loaded, release)

    def _handlers(self, slug: str) -> Mapping[str, Handler]:
        """Each handler works under the release of its case. What a preview would send stays where it was written."""
        under = self._under(self.contracts[slug])
        handlers = {kind: of_its_case(handler, under) for kind, handler in self.handlers.items()}
        return {**handlers, **dict.fromkeys(self.leaving, stay)} if is_preview(slug) else handlers

    def sweep(self) -> int:
        """Drain every tenant once; how many effects were done. Once in a life, record the releases in force."""
        if not self.is_recorded:
            self._guarded("control", self._record_releases)
        done = sum(self._guarded(slug, self.drain_tenant) for slug in tuple(self.contracts))
        self.roll_up()
        return done

    def roll_up(self) -> int:
        """Count every tenant's figures for the boards and keep them in control; how many tenants."""
        return sum(self._guarded(slug, self._roll_up) for slug in tuple(self.contracts) if not is_preview(slug))

    def _roll_up(self, slug: str) -> int:
        now = self.clock()
        with self.databases.app.session(slug) as session:
            figures = count_figures(session, now=now)
        with self.databases.control.session() as control:
            keep_figures(control, slug, figures, now=now)
            control.commit()
        return 1

    def collect_orphans(self) -> int:
        """Remove files of every tenant that no document speaks of; how many."""
        return sum(self._guarded(slug, self._collect_orphans_of) for slug in tuple(self.contracts))

    def lapse_drafts(self) -> int:
        """Close every tenant's drafts that were left for longer than its contract keeps them; how many."""
        return sum(self._guarded(slug, self._lapse_drafts_of) for slug in tuple(self.contracts))

    def _lapse_drafts_of(self, slug: str) -> int:
        return lapse_drafts(self.databases, slug, self.contracts[slug].contract, now=self.clock())

    def sweep_until_stopped(self) -> None:
        """Sweep every 30 seconds; every four minutes look for orphaned files and drafts that were left."""
        orphans_due = time.monotonic() + ORPHANS_SECONDS
        while True:
            self.sweep()
            if time.monotonic() >= orphans_due:
                self.collect_orphans()
                self.lapse_drafts()
                orphans_due = time.monotonic() + ORPHANS_SECONDS
            if self.stop.wait(SWEEP_SECONDS):
                return

    def _guarded(self, slug: str, act: Callable[[str], int]) -> int:
        try:
            return act(slug)
        except Unavailable:
            log.warning("tenant_unavailable", tenant=slug)
        except Exception as error:  # noqa: BLE001 - one tenant's fault must not stop the others
            log.warning("tenant_failed", tenant=slug, fault=type(error).__name__)
        return 0

    def _record_releases(self, _: str) -> int:
        with self.databases.control.session() as session:
            on_file = self.contracts.shelf.good if isinstance(self.contracts, ContractsInForce) else self.contracts
            changed = record_releases(session, on_file, now=self.clock())
            session.commit()
        self.is_recorded = True
        return len(changed)

    def _collect_orphans_of(self, slug: str) -> int:
        if self.files is None:
            return 0

        def known(ids: Collection[UUID]) -> Collection[UUID]:
            with self.databases.app.session(slug) as session:
                documents = set(session.scalars(select(Document.id).where(Document.id.in_(ids))))
                return documents | known_letters(session, ids)

        return self.files.collect_orphans(slug, known)


def stay(_session: Session, _contract: Contract, row: DueRow, _now: datetime) -> None:
    """Leave what was to be sent where it is written."""
    log.info("kept_back", kind=row.kind)


def of_its_case(handler: Handler, under: ForRelease) -> Handler:
    """The handler, given the contract that the case of its row was submitted under."""

    def act(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        named = row.payload.get("case_id")
        release = session.scalar(select(Case.release).where(Case.id == UUID(str(named)))) if named else None
        handler(session, under(release).contract if release else contract, row, now)

    return act


_WORKS: list[Works] = []


def drain_woken() -> int:
    """The RQ job. It carries its tenant in ``meta`` and nothing else; a job without one fails."""
    job = get_current_job()
    slug = job.meta.get("tenant") if job else None
    if not isinstance(slug, str) or not _WORKS or slug not in _WORKS[0].contracts:
        raise NoTenantBound("a job needs a tenant that is in force")
    return _WORKS[0].drain_tenant(slug)


class WakeWorker(SimpleWorker):
    """RQ's worker without forks: jobs run here, beside the sweeper, on the same pools."""

    max_connection_wait_time = REDIS_REST_SECONDS
    stop: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Also tell the sweeper."""
        self.stop.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def serve_wake_ups(redis_url: str, stop: threading.Event) -> None:
    """Work off wake-ups until told to stop; while Redis is away, try again every few seconds."""
    while not stop.is_set():
        try:
            connection = Redis.from_url(redis_url, socket_connect_timeout=2)
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            worker = WakeWorker([queue], connection=connection, serializer=JSONSerializer)
            worker.stop = stop
            worker.log_job_description = False
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("redis_away", fault=type(error).__name__)
        if not stop.is_set():
            _listen_for_signals(stop)
            stop.wait(REDIS_REST_SECONDS)


def _listen_for_signals(stop: threading.Event) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)


def works_from(settings: Settings) -> Works:
    """Everything the worker needs, from the settings; nothing is connected yet."""
    databases = Databases.from_settings(settings)
    keyring = Keyring(databases.control, settings.master_key)
    files = FileStore(settings.files_dir, keyring.key_for)
    leaving: dict[str, Handler] = {
        MAIL: MailServer(settings.smtp_url).deliver,
        TELEPHONE: TelephoneGateway(settings.phone_url).deliver if settings.phone_url else nobody_to_call,
        **LetterCarriers(files, carriers_of(settings)).handlers(),
    }
    handlers: dict[str, Handler] = {
        **leaving,
        **case_handlers(settings),
        **review_handlers(settings),
        **account_handlers(settings),
        **message_handlers(settings),
        **letter_handlers(files),
        **(scan_handlers(Scanner.at(settings.scan_url), files) if settings.scan_url else {}),
    }
    return Works(
        databases=databases,
        contracts=ContractsInForce(load_directory(settings.contracts_dir), base_domain=settings.base_domain),
        handlers=handlers,
        leaving=tuple(leaving),
        files=files,
    )


def carriers_of(settings: Settings) -> dict[str, Carrier]:
    """Who takes letters away, by channel, as far as the settings name somebody."""
    carriers: dict[str, Carrier] = {}
    if settings.fax_url:
        carriers["fax"] = carrier_at(settings.fax_url)
    if settings.post_dir:
        carriers["mail"] = Spool(settings.post_dir)
    return carriers


def main(environ: Mapping[str, str] | None = None) -> None:
    """Run until SIGTERM or SIGINT; what is being done then is finished first."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    settings = Settings.from_env(os.environ if environ is None else environ)
    works = works_from(settings)
    _WORKS[:] = [works]
    _listen_for_signals(works.stop)
    if isinstance(works.contracts, ContractsInForce):
        follow(works.contracts, works.databases.control, works.stop)
    sweeper = threading.Thread(target=works.sweep_until_stopped, name="sweeper")
    sweeper.start()
    try:
        if settings.redis_url:
            serve_wake_ups(settings.redis_url, works.stop)
        works.stop.wait()
    finally:
        works.stop.set()
        sweeper.join()
        works.databases.close()


if __name__ == "__main__":
    # RQ imports the job from this module by name: run that one, not its double called __main__
    import_module("app.worker").main()
