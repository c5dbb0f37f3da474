"""Drafts that nobody touched for as long as the contract keeps them are closed, as if somebody had cancelled them.

They leave every list and stay for the record, like any cancelled draft. Knows no page and no clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.drafts import add_event, drop_extension
from app.cases.models import Case
from app.domain.access import SYSTEM
from app.domain.lifecycle import CaseStatus, Move, after, event
from app.storage import audit
from app.storage.db import Databases
from app.storage.transaction import tenant_transaction
from tenancy.contract import Contract

AT_ONCE = 100


def lapse_drafts(session: Session, contract: Contract, *, now: datetime) -> int:
    """Close drafts last changed more than ``intake.draft_days`` days ago, at most a hundred; how many.

    An extension that was never submitted leaves its case as it stood. A draft somebody holds just now is left for
    the next time.
    """
    untouched_since = now - timedelta(days=contract.intake.draft_days)
    found = session.scalars(
        select(Case)
        .where(Case.status == CaseStatus.UN_SUBMITTED, Case.modified_at < untouched_since)
        .order_by(Case.modified_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for case in found:
        _lapse(session, contract, case, now=now)
    return len(found)


def sweep(databases: Databases, slug: str, contract: Contract, *, now: datetime) -> int:
    """The same for one tenant, in a transaction of its own."""
    with tenant_transaction(databases.app, slug) as session:
        return lapse_drafts(session, contract, now=now)


def _lapse(session: Session, contract: Contract, case: Case, *, now: datetime) -> None:
    if case.number is not None:
        drop_extension(session, case, actor=SYSTEM, now=now)
    else:
        case.status = after(Move.CANCEL_CASE, case.status).value
        for request in case.requests:
            request.status = after(Move.CANCEL_REQUEST, request.status).value
        untouched = f"Nobody changed it for {contract.intake.draft_days} days."
        add_event(session, case, event(Move.CANCEL_CASE), actor=SYSTEM, now=now, detail=untouched)
    case.version += 1
    session.flush()
    audit.record(session, actor=SYSTEM, action="draft:lapse", object_type="case", object_id=case.id, now=now)
