"""Posting an e-mail: recorded as worded, owed to the outbox, delivered later by ``app.notices.mail``.

Must not know what the mail is about. Wording comes from a contract and never holds PHI.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.models import MailMessage, OutboxRow
from app.storage.outbox import enqueue
from tenancy.contract import Contract

MAIL = "mail"
"""The kind of an outbox row that owes an e-mail."""


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail to be posted. A secret one (a code, a link) has its body blanked once it is delivered."""

    kind: str
    to_address: str
    subject: str
    paragraphs: Sequence[str]
    about_id: UUID | None = None
    is_secret: bool = False


def post_mail(session: Session, contract: Contract, mail: Mail, *, now: datetime, key: str | None = None) -> UUID:
    """Record an e-mail from the contract's sender and owe its delivery; the outbox row's id comes back.

    The same ``key`` posts once. Raises ValueError for an address or subject that would break out of its line.
    """
    if any(character in mail.to_address + mail.subject for character in "\r\n\0"):
        raise ValueError("an address or subject is one line")
    if key is not None and (owed := session.scalar(select(OutboxRow.id).where(OutboxRow.key == key))) is not None:
        return owed
    message = MailMessage(
        id=uuid.uuid4(),
        kind=mail.kind,
        to_address=mail.to_address,
        sender=contract.notices.sender,
        sender_name=contract.notices.sender_name,
        subject=mail.subject,
        body="\n\n".join(mail.paragraphs) + "\n",
        is_secret=mail.is_secret,
        about_id=mail.about_id,
        created_at=now,
    )
    session.add(message)
    return enqueue(session, kind=MAIL, payload={"message_id": str(message.id)}, now=now, key=key)
