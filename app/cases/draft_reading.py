"""Opening a draft to read: its page as plain values, and the mark of the reading in the audit trail. Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.approvals import list_approvals
from app.cases.drafts import local_day
from app.cases.overlaps import list_overlaps
from app.cases.page_values import DraftPage
from app.cases.pages import Desk, Retyped, draft_page
from app.cases.preferred import codes_at_hand, kept_codes
from app.directory import queries as directory
from app.domain.access import Actor
from app.storage import audit
from tenancy.contract import Contract

NOTHING = Retyped()


def read_draft(
    session: Session,
    contract: Contract,
    draft_id: UUID,
    *,
    open_section: str = "",
    retyped: Retyped = NOTHING,
    actor: Actor,
    now: datetime,
) -> DraftPage:
    """A draft of one of the actor's groups (HOME-07); the reading is audited. Raises NotFound, AlreadySubmitted."""
    audit.record(session, actor=actor, action="draft:read", object_type="case", object_id=draft_id, now=now)
    return page_of(session, contract, draft_id, open_section=open_section, retyped=retyped, actor=actor, now=now)


def page_of(
    session: Session,
    contract: Contract,
    draft_id: UUID,
    *,
    open_section: str = "",
    retyped: Retyped = NOTHING,
    actor: Actor,
    now: datetime,
) -> DraftPage:
    """The draft's page within an act that is audited by itself. Raises NotFound, AlreadySubmitted."""
    desk = desk_of(session, contract, draft_id, retyped=retyped, actor=actor, now=now)
    return draft_page(desk, open_section=open_section)


def desk_of(
    session: Session,
    contract: Contract,
    draft_id: UUID,
    *,
    retyped: Retyped = NOTHING,
    actor: Actor,
    now: datetime,
) -> Desk:
    """Everything a draft's page is made from."""
    case = queries.get_draft(session, draft_id, actor)
    member = directory.get_member(session, case.member_id)
    return Desk(
        contract=contract,
        case=case,
        member=member,
        notes=queries.list_notes(session, case.id),
        on=local_day(contract, now),
        retyped=retyped,
        overlaps=list_overlaps(session, contract, case, actor),
        at_hand=codes_at_hand(session, contract, actor),
        kept=kept_codes(session, actor),
        earlier=list_approvals(session, case),
    )
