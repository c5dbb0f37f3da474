"""The demo's mailbox on a host of its own: every message the SMTP sink wrote, to look at. Not part of a real portal.

Must not know any tenant or database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template
from werkzeug.exceptions import HTTPException

from app.web import assets, rendering
from app.web.headers import Application, StartResponse

_LOOK = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was delivered. ``sent_at`` is the Date header as ISO 8601, empty when it has none."""

    id: str
    sender: str
    to: str
    subject: str
    sent_at: str
    text: str


def create_mailbox(folder: Path) -> Flask:
    """A small application that lists and shows the messages of a folder, newest first."""
    app = Flask("app", static_folder="static", template_folder="templates")
    rendering.prepare(app)
    app.jinja_env.globals["csrf_token"] = str
    app.jinja_env.filters["sent"] = sent_shown
    app.context_processor(lambda: {"contract": None})
    assets.remember(app)

    @app.get("/")
    def messages_page() -> str:
        return render_template("mailbox/list.html", messages=read_all(folder))

    @app.get("/messages/<name>")
    def message_page(name: str) -> str:
        found = next((message for message in read_all(folder) if message.id == name), None)
        return render_template("mailbox/message.html", message=found or abort(404))

    @app.get("/messages.json")
    def messages_json() -> Response:
        return jsonify([asdict(message) for message in read_all(folder)])

    @app.get("/healthz")
    @app.get("/readyz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    app.register_error_handler(HTTPException, _refusal)
    return app


def beside(portal: Application, shown: Application, *, host: str) -> Application:
    """Send requests for the mailbox's host there and all others to the portal."""

    def choose(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        asked = str(environ.get("HTTP_HOST", "")).partition(":")[0].lower()
        return (shown if asked == host else portal)(environ, start_response)

    return choose


def sent_shown(at: str) -> str:
    """When a message was sent, for people; the mailbox belongs to no tenant and so to no zone but UTC."""
    return rendering.in_zone(datetime.fromisoformat(at), "UTC") if at else ""


def read_all(folder: Path) -> list[Message]:
    """The newest messages of the folder; one that cannot be read is left out."""
    try:
        paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [read(path) for path in paths[:_LOOK]]
    except OSError:
        return []


def read(path: Path) -> Message:
    """One message from its file."""
    parsed = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain", "html"))
    return Message(
        id=path.stem,
        sender=str(parsed.get("From", "")),
        to=str(parsed.get("To", "")),
        subject=str(parsed.get("Subject", "")),
        sent_at=_date(str(parsed.get("Date", ""))),
        text=str(body.get_content()) if body is not None else "",
    )


def _date(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except ValueError:
        return ""


def _refusal(error: HTTPException) -> tuple[str, int]:
    return render_template("mailbox/refusal.html", title=error.name), error.code or 500
