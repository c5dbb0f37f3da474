"""Logs as JSON: an event's name and ids, never a person's data. Must not know any room."""

from __future__ import annotations

import logging
import time
import traceback
import uuid

import structlog
from flask import Flask, g, request
from flask.wrappers import Response

log = structlog.get_logger("charter.web")


def configure() -> None:
    """One JSON object a line on standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
    )


def watch(app: Flask) -> None:
    """A request id for every request, and one line when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """The id of this request; shown on error pages so that a person can name it."""
    found: str | None = g.get("request_id")
    if found is None:
        found = g.request_id = uuid.uuid4().hex[:12]
    return found


def _begin() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=request_id())
    g.began = time.perf_counter()


def _end(answer: Response) -> Response:
    answer.headers["X-Request-ID"] = request_id()
    if request.endpoint != "static":
        tenant = g.get("tenant")
        log.info(
            "request",
            tenant=tenant.slug if tenant else None,
            page=request.endpoint,
            method=request.method,
            status=answer.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        )
    return answer


def failed(error: BaseException) -> None:
    """Record an error nobody foresaw: its type and where it came from. Its text may hold a person's data."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    log.error(
        "error", fault=type(error).__name__, where=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    )
