"""Effects owed by the accounts room: links for people who cannot sign in. Done by the worker, never in a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import links, recovery
from app.accounts.models import UserAccount
from app.domain.credentials import clamp
from app.settings import Settings
from app.storage.outbox import DueRow, Handler
from tenancy.contract import Contract
from tenancy.contract.floor import Floor


def handlers(settings: Settings) -> dict[str, Handler]:
    """The handlers of this room, by kind of outbox row."""

    def recover(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        """Mail the link; what was asked for an unknown user name comes to nothing."""
        user_id = str(row.payload["user_id"])
        if user_id:
            recovery.send_link(session, contract, UUID(user_id), settings.url(contract.identity.subdomain), now=now)

    def enrol(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        """Mail the links; what was asked for an unknown address comes to nothing."""
        owed = row.payload.get("owed")
        for user_id, mark in owed.items() if isinstance(owed, dict) else ():
            user = session.get(UserAccount, UUID(str(user_id)))
            way = links.Way(
                clamp(contract, Floor()), settings.url(contract.identity.subdomain), bytes.fromhex(str(mark))
            )
            if user is not None and user.is_active and user.enrolled_at is None:
                links.mail_link(session, contract, user, way, now=now)

    return {recovery.KIND: recover, links.KIND: enrol}
