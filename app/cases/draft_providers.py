"""Who plays which part on a draft: choosing, changing and leaving out providers. Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases.drafts import Saved, begin, finish, provider_row
from app.cases.models import Case
from app.directory import queries as directory
from app.domain.access import Actor
from app.domain.errors import Invalid, NotFound
from tenancy.contract import Contract
from tenancy.contract.intake import ProviderRule
from tenancy.vocabulary import ProviderRole


def choose_provider(
    session: Session,
    contract: Contract,
    draft_id: UUID,
    role: ProviderRole,
    provider_id: UUID,
    *,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Give a part on the request to a provider, with what the directory knows of it now (CR2-03, CR2-04).

    Raises NotFound for a part the contract does not have in this category or a provider it does not know.
    """
    case = begin(session, draft_id, actor)
    rule_of(contract, case, role)
    provider = directory.get_provider(session, provider_id)
    _leave(session, case, role)
    case.providers.append(provider_row(role.value, provider))
    focus = f"fax.{role.value}" if not provider.fax else ""
    detail = {"role": role.value, "provider": str(provider.id)}
    return finish(session, contract, case, "draft:choose_provider", actor=actor, now=now, detail=detail, focus=focus)


def leave_provider_out(
    session: Session, contract: Contract, draft_id: UUID, role: ProviderRole, *, actor: Actor, now: datetime
) -> Saved:
    """Take the provider off an optional part of the request. Raises NotFound, and Invalid for a required part."""
    case = begin(session, draft_id, actor)
    rule = rule_of(contract, case, role)
    if rule.required:
        raise Invalid((), f"The {rule.label} can be changed, not left out.")
    _leave(session, case, role)
    return finish(
        session, contract, case, "draft:leave_provider_out", actor=actor, now=now, detail={"role": role.value}
    )


def rule_of(contract: Contract, case: Case, role: ProviderRole) -> ProviderRule:
    """The contract's rule for a part in the draft's category. Raises NotFound where there is none."""
    for rule in contract.intake.providers:
        if rule.role is role and (not rule.categories or case.category in rule.categories):
            return rule
    raise NotFound


def _leave(session: Session, case: Case, role: ProviderRole) -> None:
    for row in [row for row in case.providers if row.role == role.value]:
        case.providers.remove(row)
        session.delete(row)
    session.flush()
