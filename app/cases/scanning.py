"""The virus check of uploaded files: held back until the scanner called them clean, for good when it did not (S11).

Where the settings name no scanner a file is ``not_scanned``, never ``clean``. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.cases.drafts import add_event
from app.cases.holding import Scan
from app.cases.models import Case, Document
from app.domain.access import SYSTEM
from app.storage import audit
from app.storage.files import FileStore
from app.storage.outbox import DueRow, Handler, Undeliverable, enqueue
from app.storage.scanner import Scanner, ScannerRefused
from tenancy.contract import Contract
from tenancy.scope import TenantSession

SCAN = "document_scan"
FAILED = "document:refuse"
CHECK = "infected"


def ask_for_scan(session: Session, document: Document, *, now: datetime) -> None:
    """Hold a file back and owe its check."""
    document.scan = Scan.PENDING.value
    payload = {"document_id": str(document.id)}
    enqueue(session, kind=SCAN, payload=payload, now=now, key=f"{SCAN}:{document.id}")


def handlers(scanner: Scanner, files: FileStore) -> dict[str, Handler]:
    """The check as the outbox does it: while the scanner is away the file stays held, and the row is tried again."""

    def scanned(session: Session, _contract: Contract, row: DueRow, now: datetime) -> None:
        document = session.get(Document, UUID(str(row.payload["document_id"])))
        if document is None or document.scan != Scan.PENDING:
            return
        slug = cast("TenantSession", session).slug
        try:
            found = scanner.look_at(files.open(slug, document.case_id, document.id, version=document.version))
        except ScannerRefused as error:
            raise Undeliverable(str(error)) from None
        document.scan, document.scanned_at = (Scan.INFECTED if found else Scan.CLEAN).value, now
        if found:
            _tell(session, document, now)

    return {SCAN: scanned}


def count_scans(session: Session, *, since: datetime) -> Mapping[str, int]:
    """How many files are at each state of the check: those that came since that instant, and all that are held."""
    wanted = or_(Document.uploaded_at >= since, Document.scan == Scan.PENDING.value)
    counted = select(Document.scan, func.count().label("files")).where(wanted).group_by(Document.scan)
    return {row.scan: row.files for row in session.execute(counted)}


def _tell(session: Session, document: Document, now: datetime) -> None:
    """The trail counts it with the other failed checks; the history of the case tells it."""
    case = session.get_one(Case, document.case_id)
    detail = {CHECK: "1"}
    audit.record(
        session, actor=SYSTEM, action=FAILED, object_type="case", object_id=case.id, result="refused", detail=detail,
        now=now,
    )  # fmt: skip
    add_event(session, case, "document_infected", actor=SYSTEM, now=now)
