"""What somebody keeps at hand: codes, and providers for a part on a request (PREF-01..04). Knows no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.profile_models import FavouriteProvider
from app.cases.models import PreferredCode
from app.directory import queries as directory
from app.directory.models import Provider
from app.domain.access import Actor
from app.domain.errors import Conflict, Forbidden, NotFound
from app.storage import audit
from tenancy.contract import Contract
from tenancy.contract.intake import CodingRule
from tenancy.vocabulary import CodeSystem, ProviderRole

SERVICING, PCP, ATTENDING = "servicing", "pcp", "attending"
PARTS = (SERVICING, PCP, ATTENDING)
DIAGNOSES, PROCEDURES = "diagnoses", "procedures"
PART_OF_ROLE: Mapping[str, str] = {
    ProviderRole.SERVICING: SERVICING,
    ProviderRole.FACILITY: SERVICING,
    ProviderRole.ATTENDING: ATTENDING,
}
"""Whose favourites a part on a request shows first."""


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code somebody keeps."""

    system: str
    label: str
    code: str
    description: str


def rule_of(contract: Contract, kind: str) -> CodingRule:
    """The contract's coding of diagnoses or procedures."""
    return contract.intake.diagnoses if kind == DIAGNOSES else contract.intake.procedures


def list_codes(session: Session, contract: Contract, kind: str, *, actor: Actor) -> list[KeptCode]:
    """The codes the person keeps, in order."""
    rule = rule_of(contract, kind)
    rows = session.scalars(
        select(PreferredCode)
        .where(
            PreferredCode.user_id == actor.user_id, PreferredCode.system.in_([system.value for system in rule.systems])
        )
        .order_by(PreferredCode.system, PreferredCode.code)
    )
    labels = {system.value: rule.labels.get(system, system.value) for system in rule.systems}
    return [KeptCode(row.system, labels[row.system], row.code, row.description) for row in rows]


def keep_code(
    session: Session,
    control: Session,
    contract: Contract,
    kind: str,
    word: str,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Keep a code given as ``system:code``; whether it was new. CPT codes of ours need no description (AMA).

    Raises NotFound for a system the contract does not use or a code nobody knows, Conflict past the limit.
    """
    user_id = _person(actor)
    system, _, code = word.partition(":")
    known = next((one for one in rule_of(contract, kind).systems if one.value == system), None)
    if known is None or not code:
        raise NotFound
    found = directory.find_code(control, known, code, on=now.date())
    if found is None and known is not CodeSystem.CPT:
        raise NotFound
    text = found.long if found else ""
    shown = found.code if found else code.upper()
    mine = (PreferredCode.user_id == user_id, PreferredCode.system == system)
    if session.scalar(select(PreferredCode.id).where(*mine, PreferredCode.code == shown)) is not None:
        return False
    _within_limit(session, contract, select(func.count()).select_from(PreferredCode).where(*mine))
    session.add(PreferredCode(id=uuid4(), user_id=user_id, system=system, code=shown, description=text, kept_at=now))
    _tell(session, "code:keep", "preferred_code", actor, now)
    return True


def drop_code(session: Session, word: str, *, actor: Actor, now: datetime) -> None:
    """Let a code go, given as ``system:code``. Raises NotFound when it was not kept."""
    system, _, code = word.partition(":")
    mine = (PreferredCode.user_id == _person(actor), PreferredCode.system == system, PreferredCode.code == code)
    if session.scalar(select(PreferredCode.id).where(*mine)) is None:
        raise NotFound
    session.execute(delete(PreferredCode).where(*mine))
    _tell(session, "code:let_go", "preferred_code", actor, now)


def list_providers(session: Session, part: str, *, actor: Actor) -> list[Provider]:
    """The active providers the person keeps for a part, by name."""
    return list(
        session.scalars(
            select(Provider)
            .join(FavouriteProvider, FavouriteProvider.provider_id == Provider.id)
            .where(FavouriteProvider.user_id == actor.user_id, FavouriteProvider.part == part, Provider.is_active)
            .order_by(func.lower(Provider.name))
        )
    )


def keep_provider(
    session: Session, contract: Contract, part: str, provider_id: UUID, *, actor: Actor, now: datetime
) -> bool:
    """Keep a provider for a part; whether it was new. Raises NotFound, Conflict past the contract's limit."""
    user_id = _person(actor)
    if part not in PARTS or not directory.get_provider(session, provider_id).is_active:
        raise NotFound
    mine = (FavouriteProvider.user_id == user_id, FavouriteProvider.part == part)
    if session.scalar(select(FavouriteProvider.id).where(*mine, FavouriteProvider.provider_id == provider_id)):
        return False
    _within_limit(session, contract, select(func.count()).select_from(FavouriteProvider).where(*mine))
    session.add(FavouriteProvider(id=uuid4(), user_id=user_id, part=part, provider_id=provider_id, kept_at=now))
    _tell(session, "provider:keep", "provider", actor, now, provider_id)
    return True


def drop_provider(session: Session, part: str, provider_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Let a provider go. Raises NotFound when it was not kept."""
    mine = (
        FavouriteProvider.user_id == _person(actor),
        FavouriteProvider.part == part,
        FavouriteProvider.provider_id == provider_id,
    )
    if session.scalar(select(FavouriteProvider.id).where(*mine)) is None:
        raise NotFound
    session.execute(delete(FavouriteProvider).where(*mine))
    _tell(session, "provider:let_go", "provider", actor, now, provider_id)


def _within_limit(session: Session, contract: Contract, counted: object) -> None:
    limit = contract.preferences.limit
    if limit is not None and (session.scalar(counted) or 0) >= limit:  # type: ignore[call-overload]
        raise Conflict(f"You keep {limit} of these already. Remove one first.")


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise Forbidden
    return actor.user_id


def _tell(session: Session, action: str, kind: str, actor: Actor, now: datetime, about: UUID | None = None) -> None:
    audit.record(session, actor=actor, action=action, object_type=kind, object_id=about, now=now)
    session.flush()
