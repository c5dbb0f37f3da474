"""Effects owed by the accounts room: links for people who cannot sign in. Done by the worker, never in a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import recovery
from app.settings import Settings
from app.storage.outbox import DueRow, Handler
from tenancy.contract import Contract


def handlers(settings: Settings) -> dict[str, Handler]:
    """The handlers of this room, by kind of outbox row."""

    def recover(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        """Mail the link; what was asked for an unknown user name comes to nothing."""
        user_id = str(row.payload["user_id"])
        if user_id:
            recovery.send_link(session, contract, UUID(user_id), settings.url(contract.identity.subdomain), now=now)

    return {recovery.KIND: recover}
