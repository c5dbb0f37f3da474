"""What reviewing owes the outside: the e-mail without health data that something changed. Must not know pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.notice_choices import is_wanted
from app.accounts.queries import get_user
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
        """Word the e-mail for whoever submitted the case, once for each occasion (NTF-02)."""
        case = session.get(Case, UUID(str(row.payload["case_id"])))
        if case is None or case.number is None or case.submitted_by is None:
            raise Undeliverable("the case is not there or was never submitted")
        user = get_user(session, case.submitted_by)
        event = Event(str(row.payload["event"]))
        if not is_wanted(session, user.id, event):
            return
        notify(
            session,
            contract,
            event,
            About(case.id, case.number, str(row.payload["occasion"])),
            recipient=Recipient(user.id, user.email),
            portal_url=settings.url(contract.identity.subdomain),
            now=now,
        )

    return {TOLD: told}
