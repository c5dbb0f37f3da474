"""What a submitted case owes the outside: the "received" e-mail to whom the contract names.

Must not know pages. The payload holds the case's id; everything else is read as the tenant.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.notice_choices import list_told
from app.cases.models import Case
from app.cases.submission import RECEIVED
from app.notices.service import Recipient, notify_case_received
from app.settings import Settings
from app.storage.outbox import DueRow, Handler, Undeliverable
from tenancy.contract import Contract
from tenancy.vocabulary import Event


def handlers(settings: Settings) -> dict[str, Handler]:
    """The handlers of this room, by kind of outbox row."""

    def received(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        """Word the e-mail and owe its delivery, once for each request of the case (NTF-01)."""
        case = session.get(Case, UUID(str(row.payload["case_id"])))
        if case is None or case.number is None or case.submitted_by is None:
            raise Undeliverable("the case is not there or was never submitted")
        people = list_told(
            session, contract, Event.CASE_RECEIVED, submitter_id=case.submitted_by, group_id=case.group_id
        )
        for user in people:
            notify_case_received(
                session,
                contract,
                case.id,
                case_number=case.number,
                recipient=Recipient(user.id, user.email),
                portal_url=settings.url(contract.identity.subdomain),
                now=now,
                occasion=case.requests[-1].label,
            )

    return {RECEIVED: received}
