"""A further provider organization under the login of somebody who administers one already (REG-30 to REG-33).

Nothing here moves a registered organization to other hands: its own administrators are asked (S5).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import claims, queries
from app.accounts.enrolment_models import GroupClaim
from app.accounts.links import Sending
from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.accounts.reach import managed_groups
from app.domain.access import Actor
from app.domain.errors import Conflict, Forbidden
from tenancy.contract import Contract
from tenancy.vocabulary import ClaimProof


def register(
    session: Session, contract: Contract, provider_id: UUID, *, sending: Sending, actor: Actor, now: datetime
) -> bool:
    """Register the organization whose identifiers the actor has just shown; whether the actor administers it now.

    Where it is registered already its administrators get the request, and nothing is given before they decide. Where
    the contract asks for more than an e-mail address that works, staff get it: being known elsewhere proves nothing.
    Raises Forbidden for whoever administers no group, Conflict for an organization that is the actor's already.
    """
    if actor.user_id is None or not managed_groups(contract, actor):
        raise Forbidden
    session.execute(select(UserAccount.id).where(UserAccount.id == actor.user_id).with_for_update())
    belongs = (
        select(ProviderGroup.id)
        .join(Membership, Membership.group_id == ProviderGroup.id)
        .where(
            ProviderGroup.provider_id == provider_id,
            Membership.user_id == actor.user_id,
            Membership.ended_at.is_(None),
        )
    )
    if session.scalar(belongs) is not None:
        raise Conflict("This provider is registered under your login already. Look for it among your provider groups.")
    user = queries.get_user(session, actor.user_id)
    mine = (GroupClaim.user_id == user.id, GroupClaim.provider_id == provider_id)
    if session.scalar(select(GroupClaim.id).where(*mine, GroupClaim.outcome.is_(None))) is None:
        claims.claim(session, user, provider_id, now=now, is_proven=contract.registration.proof is ClaimProof.EMAIL)
    claims.settle(session, contract, user, sending=sending, now=now)
    return session.scalar(belongs) is not None
