"""One commit per successful request that writes; everything else is rolled back. Must not know any room."""

from __future__ import annotations

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from app.domain.errors import Unavailable
from app.web.request import SAFE_METHODS, portal, tenant
from app.web.templating import PlainGlobals
from tenancy.scope import ControlSession, TenantSession


class CharterFlask(Flask):
    """Flask whose views end their transaction before the answer leaves, so that a failed commit is an error page."""

    jinja_environment = PlainGlobals

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, then commit if it succeeded: nothing is acknowledged that is not durable."""
        answer = self.make_response(super().dispatch_request())
        _finish(answer)
        return answer


def _finish(answer: Response) -> None:
    succeeded = answer.status_code < 400 or g.get("commits_anyway", False)
    for opened in (g.get("control"), g.get("session")):
        if opened is not None and succeeded:
            opened.commit()
    if succeeded and request.method not in SAFE_METHODS and g.get("session") is not None:
        portal().waker.wake(tenant().slug)


def close_sessions(_: BaseException | None = None) -> None:
    """End of the request: whatever was not committed is rolled back and the connections go home."""
    for name in ("session", "control"):
        opened = g.pop(name, None)
        if opened is not None:
            _close(opened)


def _close(opened: TenantSession | ControlSession) -> None:
    """Close, although the server went away in between: there is nothing left to roll back then."""
    try:
        opened.close()
    except Unavailable:
        opened.invalidate()
