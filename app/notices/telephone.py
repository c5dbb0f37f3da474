"""Delivers a recorded text message or call through a gateway that speaks Twilio's REST API, version 2010-04-01.

``POST /2010-04-01/Accounts/{sid}/Messages.json`` with To, From, Body; ``POST …/Calls.json`` with To, From, Twiml and,
for an extension, SendDigits; HTTP basic authentication. Any gateway with that interface will do. Must not know what a
message is about.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from datetime import datetime
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from app.storage.models import TextMessage
from app.storage.outbox import DueRow, Undeliverable
from tenancy.contract import Contract

TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 64 * 1024
_BREATH = "www"
"""Each w waits half a second before an extension's digits are dialled."""
_TRY_AGAIN = frozenset({401, 403, 408, 425, 429})


class GatewayAway(RuntimeError):
    """The gateway did not take the message now; trying again is right. Says a status only, never a number."""


class TelephoneGateway:
    """One gateway, by address: ``https://SID:TOKEN@api.twilio.com/?from=%2B13035550100``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not parts.username:
            raise ValueError("a telephone gateway's address is https://SID:TOKEN@host/?from=NUMBER")
        self._parts = parts
        self._sid, token = unquote(parts.username), unquote(parts.password or "")
        self._sender = unquote(dict(pair.partition("=")[::2] for pair in parts.query.split("&")).get("from", ""))
        self._authorization = "Basic " + base64.b64encode(f"{self._sid}:{token}".encode()).decode()

    def deliver(self, session: Session, _contract: Contract, row: DueRow, now: datetime) -> None:
        """Handle an outbox row of kind ``telephone``: hand the recorded message over and note the instant.

        Raises Undeliverable when the gateway refuses for good, GatewayAway or OS errors when trying again is right.
        """
        message = session.get(TextMessage, UUID(str(row.payload["message_id"])))
        if message is None:
            raise Undeliverable("the recorded message is gone")
        if message.sent_at is not None:
            return
        message.provider_reference = self._hand_over(message, row.id)
        message.sent_at = now
        if message.is_secret:
            message.body = ""

    def _hand_over(self, message: TextMessage, outbox_id: UUID) -> str:
        number, _between, extension = message.to_number.partition(";ext=")
        form = {"To": number, "From": self._sender}
        form |= {"Twiml": spoken(message.body)} if message.channel == "voice" else {"Body": message.body}
        form |= {"SendDigits": _BREATH + extension} if extension else {}
        kind = "Calls" if message.channel == "voice" else "Messages"
        headers = {
            "Authorization": self._authorization,
            "Content-Type": "application/x-www-form-urlencoded",
            "I-Twilio-Idempotency-Token": str(outbox_id),
        }
        connection = self._connection()
        try:
            connection.request("POST", f"/2010-04-01/Accounts/{self._sid}/{kind}.json", urlencode(form), headers)
            answer = connection.getresponse()
            return _reference(answer.status, answer.read(_MOST_BYTES))
        except http.client.HTTPException as error:
            raise GatewayAway(type(error).__name__) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = str(self._parts.hostname), self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


def spoken(body: str) -> str:
    """The words of a call as TwiML, after a breath so that the first is not lost."""
    return f'<Response><Pause length="1"/><Say>{escape(body)}</Say></Response>'


def nobody_to_call(_session: Session, _contract: Contract, _row: DueRow, _now: datetime) -> None:
    """The handler where no gateway is set up. Raises Undeliverable."""
    raise Undeliverable("no telephone gateway is set up")


def _reference(status: int, body: bytes) -> str:
    if status in (200, 201):
        try:
            told = json.loads(body)
        except ValueError as error:
            raise GatewayAway("the gateway's answer is no JSON") from error
        return str(told.get("sid", "")) if isinstance(told, dict) else ""
    if 400 <= status < 500 and status not in _TRY_AGAIN:
        raise Undeliverable(f"the telephone gateway refuses this message for good ({status})")
    raise GatewayAway(f"the telephone gateway answered {status}")
