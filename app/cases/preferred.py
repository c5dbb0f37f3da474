"""Codes at hand: those a person keeps, and those the person used lately. Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.models import Case, Diagnosis, PreferredCode, ProcedureLine, Request
from app.cases.page_values import Hit
from app.domain.access import Actor
from app.domain.errors import Forbidden, NotFound
from app.storage import audit
from tenancy.contract import Contract
from tenancy.contract.intake import CodingRule

SHOWN = 12
_CASES_LOOKED_AT = 30
KEPT_MARK = "Preferred"


def keep_or_let_go(session: Session, draft_id: UUID, system: str, code: str, *, actor: Actor, now: datetime) -> bool:
    """Keep a code of this draft at hand, or let it go if it was kept; whether it is kept now (PREF-02, PREF-03).

    Raises NotFound unless the draft is within the actor's groups and holds the code.
    """
    if actor.user_id is None:
        raise Forbidden
    case = queries.get_draft(session, draft_id, actor)
    rows: list[Diagnosis | ProcedureLine] = [*case.diagnoses, *case.requests[-1].lines]
    row = next((one for one in rows if (one.system, one.code) == (system, code)), None)
    if row is None:
        raise NotFound
    kept = _find(session, actor.user_id, system, code)
    if kept is not None:
        session.delete(kept)
    else:
        session.add(
            PreferredCode(
                id=uuid4(), user_id=actor.user_id, system=system, code=code, description=row.description, kept_at=now
            )
        )
    action = "code:let_go" if kept else "code:keep"
    audit.record(session, actor=actor, action=action, object_type="preferred_code", object_id=None, now=now)
    session.flush()
    return kept is None


def codes_at_hand(session: Session, contract: Contract, actor: Actor) -> dict[str, list[Hit]]:
    """For each code box, the codes the person keeps, then those used on the person's latest requests."""
    return {
        "diagnoses": _at_hand(session, contract.intake.diagnoses, actor, _recent_diagnoses(actor)),
        "procedures": _at_hand(session, contract.intake.procedures, actor, _recent_procedures(actor)),
    }


def kept_codes(session: Session, actor: Actor) -> frozenset[tuple[str, str]]:
    """System and code of everything the person keeps."""
    rows = session.execute(
        select(PreferredCode.system, PreferredCode.code).where(PreferredCode.user_id == actor.user_id)
    )
    return frozenset((row.system, row.code) for row in rows)


def _find(session: Session, user_id: UUID, system: str, code: str) -> PreferredCode | None:
    statement = select(PreferredCode).where(
        PreferredCode.user_id == user_id, PreferredCode.system == system, PreferredCode.code == code
    )
    return session.scalars(statement).one_or_none()


def _at_hand(session: Session, rule: CodingRule, actor: Actor, recent: Select[str, str, str]) -> list[Hit]:
    systems = [system.value for system in rule.systems]
    kept = (
        select(PreferredCode.system, PreferredCode.code, PreferredCode.description)
        .where(PreferredCode.user_id == actor.user_id, PreferredCode.system.in_(systems))
        .order_by(PreferredCode.code)
    )
    hits = {
        (row.system, row.code): _hit(row.system, row.code, row.description, KEPT_MARK) for row in session.execute(kept)
    }
    for row in session.execute(recent):
        if row.system in systems and len(hits) < SHOWN:
            hits.setdefault((row.system, row.code), _hit(row.system, row.code, row.description, ""))
    return list(hits.values())


def _hit(system: str, code: str, text: str, more: str) -> Hit:
    return Hit(f"{system}:{code}", code, text, more)


def _latest_cases(actor: Actor) -> Select[UUID]:
    return (
        select(Case.id)
        .where(Case.created_by == actor.user_id, Case.group_id.in_(actor.group_ids))
        .order_by(Case.modified_at.desc())
        .limit(_CASES_LOOKED_AT)
    )


def _recent_diagnoses(actor: Actor) -> Select[str, str, str]:
    latest = _latest_cases(actor).cte("latest")
    return (
        select(Diagnosis.system, Diagnosis.code, func.min(Diagnosis.description).label("description"))
        .join(latest, latest.c.id == Diagnosis.case_id)
        .group_by(Diagnosis.system, Diagnosis.code)
    )


def _recent_procedures(actor: Actor) -> Select[str, str, str]:
    latest = _latest_cases(actor).cte("latest")
    return (
        select(ProcedureLine.system, ProcedureLine.code, func.min(ProcedureLine.description).label("description"))
        .join(Request, Request.id == ProcedureLine.request_id)
        .join(latest, latest.c.id == Request.case_id)
        .group_by(ProcedureLine.system, ProcedureLine.code)
    )
