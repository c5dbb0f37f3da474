"""Refusals and failures as pages that say what to do next. The only place that knows which error is which status."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from flask import Flask, current_app, g, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.domain.errors import (
    Closed,
    Conflict,
    DomainError,
    FieldFault,
    Forbidden,
    Invalid,
    NotFound,
    NotServed,
    Unavailable,
)
from app.web import logs
from app.web.messages import ERROR_PAGES
from app.web.request import is_partial, signed_in
from app.web.transaction import close_sessions

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Invalid, 422),
    (Conflict, 409),
    (Forbidden, 403),
    (Closed, 409),
    (NotServed, 410),
    (Unavailable, 503),
)
_RETRY_AFTER = 5
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SAYS_MORE = frozenset({409, 422})


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page shows."""

    status: int
    title: str
    advice: str
    message: str = ""
    faults: tuple[FieldFault, ...] = ()


def register(app: Flask) -> None:
    """Handle everything: domain errors, HTTP errors and what nobody foresaw."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OSError, _machine)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: DomainError) -> int:
    """The status a domain error is answered with; one nobody listed is a request that cannot be taken."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def _domain(error: DomainError) -> Response:
    status = status_of(error)
    faults = error.faults if isinstance(error, Invalid) else ()
    message = error.message if status in _SAYS_MORE else ""
    answer = _page(status, message, faults)
    if isinstance(error, Unavailable) and status == 503:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        plain: Response = Response.force_type(error.get_response(), {})
        return plain
    answer = _page(error.code)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    if error.code == 503:
        answer.headers.setdefault("Retry-After", str(_RETRY_AFTER))
    return answer


def _unforeseen(error: Exception) -> Response:
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    logs.failed(error)
    return _page(500)


def _machine(error: OSError) -> Response:
    """A disk that takes no more is a service that is away, wherever it shows; any other is unforeseen."""
    if error.errno not in _NO_ROOM:
        return _unforeseen(error)
    logs.failed(error)
    return _domain(Unavailable(retry_after=60))


def _page(status: int, message: str = "", faults: tuple[FieldFault, ...] = ()) -> Response:
    close_sessions()
    g.asks_nothing = True
    title, advice = ERROR_PAGES.get(status, ERROR_PAGES[500 if status >= 500 else 400])
    page = ErrorPage(status, title, advice, message, faults)
    keeps_navigation = signed_in() is not None and g.get("tenant") is not None and status < 500
    template = "errors/piece.html" if is_partial() else "errors/page.html"
    layout = "layouts/base.html" if keeps_navigation else "layouts/auth.html"
    text = render_template(template, page=page, layout=layout, request_id=logs.request_id())
    return Response(text, status, mimetype="text/html")
