"""Which level a submitted request takes beyond what the contract says of every request. Knows rows, no page."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.cases.approvals import draft_seen
from app.cases.models import Case, Request
from app.domain.calendars import business_calendar
from app.reviews.levels import demanded
from tenancy.contract import Contract
from tenancy.vocabulary import Decision, ReviewerLevel


def demands_of(session: Session, contract: Contract, case: Case, request: Request) -> Mapping[Decision, ReviewerLevel]:
    """The lowest level of each decision that this request demands one for; nothing where the contract demands none."""
    if not contract.review.demands or request.submitted_at is None:
        return {}
    received_on = business_calendar(contract).local_day(request.submitted_at)
    return demanded(contract, draft_seen(session, contract, case, request), on=received_on)
