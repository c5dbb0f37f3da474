"""Posting a text message or a call: recorded as worded, owed to the outbox, delivered later by ``app.notices``.

Must not know what it is about. Never PHI.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.storage.models import TextMessage
from app.storage.outbox import enqueue

TELEPHONE = "telephone"
"""The kind of an outbox row that owes a text message or a call."""
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_EXTENSION = re.compile(r";ext=\d{1,6}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text message, or words to be spoken. A secret one (a code) is blanked once it is delivered."""

    kind: str
    to_number: str
    body: str
    is_spoken: bool = False
    about_id: UUID | None = None
    is_secret: bool = False


def post_text(session: Session, text: Text, *, now: datetime, key: str) -> UUID:
    """Record a message and owe its delivery; the outbox row's id. A call may go to an extension (RFC 3966).

    Raises ValueError for what is no E.164 number.
    """
    number = _EXTENSION.sub("", text.to_number) if text.is_spoken else text.to_number
    if not _NUMBER.fullmatch(number):
        raise ValueError("a telephone number is + and digits, with the country's prefix")
    message = TextMessage(
        id=uuid.uuid4(),
        kind=text.kind,
        channel="voice" if text.is_spoken else "sms",
        to_number=text.to_number,
        body=text.body,
        is_secret=text.is_secret,
        about_id=text.about_id,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return enqueue(session, kind=TELEPHONE, payload={"message_id": str(message.id)}, now=now, key=key)
