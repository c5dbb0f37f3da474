"""Wakes a worker for one tenant through RQ. A wake-up that is lost costs seconds, never a message.

Must not know what will be done; the job carries the tenant in its meta and nothing else.
"""

from __future__ import annotations

import threading
import time
import uuid

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE = "charter"
JOB = "app.worker.drain_woken"
_QUIET_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Waker:
    """Sends wake-ups; without Redis it does nothing and the sweeper drains alone."""

    def __init__(self, redis_url: str | None) -> None:
        self._queue: Queue | None = None
        self._quiet_until = 0.0
        self._lock = threading.Lock()
        if redis_url:
            connection = Redis.from_url(
                redis_url, socket_connect_timeout=0.3, socket_timeout=0.5, retry=Retry(NoBackoff(), 0)
            )
            self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)

    def wake(self, slug: str) -> bool:
        """Ask for the tenant's outbox to be drained; call it after the commit. False when nobody was woken.

        After Redis failed once it is left alone for five seconds, so that submitting stays quick without it.
        """
        if self._queue is None or time.monotonic() < self._quiet_until:
            return False
        try:
            self._queue.enqueue_call(
                JOB,
                meta={"tenant": slug},
                job_id=f"{slug}-{uuid.uuid4()}",
                timeout=-1,  # a drain is bounded by itself; a signal in the middle of a transaction helps nobody
                result_ttl=0,
                failure_ttl=86_400,
            )
        except RedisError as error:
            with self._lock:
                self._quiet_until = time.monotonic() + _QUIET_SECONDS
            log.warning("wake_failed", tenant=slug, fault=type(error).__name__)
            return False
        return True
