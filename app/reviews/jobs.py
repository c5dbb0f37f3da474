"""What reviewing owes the outside: the e-mail without health data that something changed. Must not know pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.notice_choices import list_told
from app.cases.models import Case
from app.notices.service import About, Recipient, notify
from app.reviews.desk import TOLD
from app.settings import Settings
from app.storage.outbox import DueRow, Handler, Undeliverable
from tenancy.contract import Contract
from tenancy.vocabulary import Event


def handlers(settings: Settings) -> dict[str, Handler]:
    """The handlers of this room, by kind of outbox row."""

    def told(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        """Word the e-mail for those the contract names, once for each occasion (NTF-02)."""
        case = session.get(Case, UUID(str(row.payload["case_id"])))
        if case is None or case.number is None or case.submitted_by is None:
            raise Undeliverable("the case is not there or was never submitted")
        event = Event(str(row.payload["event"]))
        about = About(case.id, case.number, str(row.payload["occasion"]))
        people = list_told(session, contract, event, submitter_id=case.submitted_by, group_id=case.group_id)
        for user in people:
            notify(
                session,
                contract,
                event,
                about,
                recipient=Recipient(user.id, user.email),
                portal_url=settings.url(contract.identity.subdomain),
                now=now,
            )

    return {TOLD: told}
