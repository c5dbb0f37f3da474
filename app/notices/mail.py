"""Delivers a recorded e-mail by SMTP. The outbox row's id is its Message-ID, so that a receiver can drop a twin.

Must not know what a mail is about, nor compose one.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from app.storage.models import MailMessage
from app.storage.outbox import DueRow, Undeliverable
from tenancy.contract import Contract

TIMEOUT_SECONDS = 10.0
_REFUSED_FOR_GOOD = range(500, 600)


class MailServer:
    """One SMTP server, by address: ``smtp://host:25``, ``smtp+starttls://user:password@host:587``, ``smtps://…``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
            raise ValueError("a mail server's address starts with smtp://, smtps:// or smtp+starttls://")
        self._parts = parts

    def deliver(self, session: Session, _contract: Contract, row: DueRow, now: datetime) -> None:
        """Handle an outbox row of kind ``mail``: send the recorded message and note the instant.

        Raises Undeliverable when the server refuses for good, smtplib or OS errors when trying again is right.
        """
        message = session.get(MailMessage, UUID(str(row.payload["message_id"])))
        if message is None:
            raise Undeliverable("the recorded message is gone")
        if message.sent_at is not None:
            return
        self._send(composed(message, row.id, now))
        message.sent_at = now
        if message.is_secret:
            message.body = ""

    def _send(self, mail: EmailMessage) -> None:
        try:
            with self._connect() as server:
                if self._parts.username:
                    server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            _give_up_if_for_good(codes, error)
            raise
        except smtplib.SMTPResponseException as error:
            _give_up_if_for_good([error.smtp_code], error)
            raise

    def _connect(self) -> smtplib.SMTP:
        host = str(self._parts.hostname)
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self._parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(host, self._parts.port or 25, timeout=TIMEOUT_SECONDS)
        if self._parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        return server


def _give_up_if_for_good(codes: list[int], error: smtplib.SMTPException) -> None:
    if codes and all(code in _REFUSED_FOR_GOOD for code in codes):
        raise Undeliverable("the mail server refuses this message for good") from error


def composed(message: MailMessage, outbox_id: UUID, now: datetime) -> EmailMessage:
    """The e-mail of a recorded message."""
    mail = EmailMessage()
    mail["From"] = formataddr((message.sender_name, message.sender))
    mail["To"] = message.to_address
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{outbox_id}@{message.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail
