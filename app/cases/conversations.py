"""Which case a message is about, for those who may read the case. Knows no page and no wording."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.accounts.models import ProviderGroup
from app.cases import lookups
from app.cases.models import Case
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.notices.messages import CaseMeant

MOST_THREADS = 50


def case_meant(session: Session, number: str, *, actor: Actor) -> CaseMeant:
    """A case of one of the actor's own groups, as messages know it. Raises NotFound."""
    case, _member = lookups.get_case(session, actor, number)
    if not lookups.is_own(actor, case):
        raise NotFound
    return meant_by(session, case)


def case_meant_by_staff(session: Session, number: str) -> CaseMeant:
    """A submitted case, for the payer's staff. Raises NotFound."""
    return meant_by(session, lookups.get_submitted_case(session, number)[0])


def meant_by(session: Session, case: Case) -> CaseMeant:
    """The case as messages know it."""
    group = session.get(ProviderGroup, case.group_id)
    return CaseMeant(case.id, case.number or "", case.group_id, group.name if group else "", case.submitted_by)
