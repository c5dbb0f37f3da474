"""Claims to provider organizations: looking them up, counting tries, settling who administers, requests to join (S5).

Nothing here ever moves a registered organization to other hands. Must not know requests or pages.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.enrolment_models import ClaimTry, GroupClaim
from app.accounts.links import Sending
from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.accounts.secrets import TenantSecrets
from app.directory.models import Provider
from app.directory.queries import find_provider, get_provider
from app.domain.access import SYSTEM, Actor, ActorKind, Permission, may
from app.domain.claims import Identifiers
from app.domain.errors import DomainError, NotFound
from app.storage.audit import record
from app.storage.mailbox import Mail, post_mail
from tenancy.contract import Contract
from tenancy.vocabulary import Role

_PER_ADDRESS = (timedelta(hours=1), 5)
_PER_NPI = (timedelta(days=1), 10)
_ADMINS = (Role.GROUP_ADMIN, Role.ADMIN, Role.GROUP_ADMIN_REPORTS, Role.ADMIN_REPORTS)


class TooManyTries(DomainError):
    """Too many tries from this address, or for this organization. What was counted must be committed."""

    code = "too_many_tries"


class NotMatched(DomainError):
    """No organization has these identifiers. What was counted must be committed."""

    code = "not_matched"


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A request to join that awaits a decision."""

    id: UUID
    provider_name: str
    person: str
    email: str
    asked_at: datetime
    has_group: bool


def identify(session: Session, wanted: Identifiers, *, address: str, secrets: TenantSecrets, now: datetime) -> Provider:
    """The organization of these identifiers, told alike whether or not it is registered (S5, REG-05).

    At most 5 tries an hour from one address and 10 a day for one NPI or code. Raises TooManyTries, NotMatched.
    """
    by_address = secrets.keyed_hash("claim address", address)
    by_npi = secrets.keyed_hash("claim npi", wanted.npi or wanted.code)
    for subject in sorted((by_address, by_npi)):
        session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(subject[:8], "big", signed=True))))
    session.add(ClaimTry(id=uuid.uuid4(), address_hash=by_address, npi_hash=by_npi, at=now))
    session.flush()
    if _tries(session, ClaimTry.address_hash == by_address, now - _PER_ADDRESS[0]) > _PER_ADDRESS[1]:
        raise TooManyTries("Too many tries from your address. Please wait an hour, then try again.")
    if _tries(session, ClaimTry.npi_hash == by_npi, now - _PER_NPI[0]) > _PER_NPI[1]:
        raise TooManyTries("Too many tries for this organization today. Please try again tomorrow, or call us.")
    found = find_provider(session, npi=wanted.npi, state_identifier=wanted.code)
    if found is None or (wanted.is_without_npi and found.npi is not None):
        raise NotMatched("We could not find a provider with these numbers.")
    return found


def claim(session: Session, user: UserAccount, provider_id: UUID, *, now: datetime, is_proven: bool = False) -> None:
    """Keep that this person showed the organization's identifiers."""
    proven_at = now if is_proven else None
    row = GroupClaim(id=uuid.uuid4(), user_id=user.id, provider_id=provider_id, created_at=now, proven_at=proven_at)
    session.add(row)
    session.flush()
    detail = {"provider": str(provider_id)}
    record(session, actor=SYSTEM, action="group:claim", object_type="user", object_id=user.id, detail=detail, now=now)


def settle(session: Session, contract: Contract, user: UserAccount, *, sending: Sending, now: datetime) -> None:
    """Settle the open claims of a person whose enrolment is complete (REG-02, S5).

    The first proven claim of an organization makes its group and the person its administrator. Every other claim
    waits: the group's administrators are told, or staff where there is no group; of two at once one is first.
    """
    open_claims = select(GroupClaim).where(GroupClaim.user_id == user.id, GroupClaim.outcome.is_(None))
    for row in session.scalars(open_claims.with_for_update()).all():
        provider = get_provider(session, row.provider_id)
        if row.proven_at is not None and _made_group(session, provider, user, now):
            row.outcome, row.decided_at = "first", now
        elif row.told_at is None:
            row.told_at = now
            _tell(session, contract, provider, row, sending, now)


def needs_proof(session: Session, user_id: UUID) -> Provider | None:
    """The organization whose first claim by this person is still unproven; None when there is none."""
    return session.scalar(
        select(Provider)
        .join(GroupClaim, GroupClaim.provider_id == Provider.id)
        .outerjoin(ProviderGroup, ProviderGroup.provider_id == Provider.id)
        .where(GroupClaim.user_id == user_id, GroupClaim.outcome.is_(None), GroupClaim.proven_at.is_(None))
        .where(ProviderGroup.id.is_(None))
        .limit(1)
    )


def prove(session: Session, user_id: UUID, *, now: datetime) -> None:
    """The person's open claims are confirmed the way the contract asks."""
    rows = session.scalars(select(GroupClaim).where(GroupClaim.user_id == user_id, GroupClaim.outcome.is_(None)))
    for row in rows:
        row.proven_at = row.proven_at or now


def has_open_claim(session: Session, user_id: UUID) -> bool:
    """Whether a request of this person still awaits a decision."""
    found = select(GroupClaim.id).where(GroupClaim.user_id == user_id, GroupClaim.outcome.is_(None)).limit(1)
    return session.scalar(found) is not None


def list_requests(session: Session, actor: Actor) -> tuple[OpenClaim, ...]:
    """The requests to join the groups this person manages, oldest first; staff and the system see all."""
    statement = (
        select(GroupClaim, Provider.name, UserAccount, ProviderGroup.id.label("group_id"))
        .join(Provider, Provider.id == GroupClaim.provider_id)
        .join(UserAccount, UserAccount.id == GroupClaim.user_id)
        .outerjoin(ProviderGroup, ProviderGroup.provider_id == Provider.id)
        .where(GroupClaim.outcome.is_(None), GroupClaim.told_at.is_not(None))
        .order_by(GroupClaim.created_at)
    )
    if actor.kind is ActorKind.PROVIDER:
        statement = statement.where(ProviderGroup.id.in_(_managed(actor)))
    return tuple(
        OpenClaim(row.id, name, user.full_name, user.email, row.created_at, has_group=group_id is not None)
        for row, name, user, group_id in session.execute(statement)
    )


def decide(
    session: Session, contract: Contract, claim_id: UUID, *, is_accepted: bool, actor: Actor, now: datetime
) -> None:
    """An administrator of the group, or staff, takes the person in or refuses.

    Who is taken in gets the contract's default role; where there is no group yet, it is made and the person is its
    administrator. Raises NotFound for a request the actor may not decide.
    """
    is_open = (GroupClaim.id == claim_id) & GroupClaim.outcome.is_(None)
    row = session.scalar(select(GroupClaim).where(is_open).with_for_update())
    if row is None:
        raise NotFound
    group = session.scalar(select(ProviderGroup).where(ProviderGroup.provider_id == row.provider_id))
    if actor.kind is ActorKind.PROVIDER and (group is None or group.id not in _managed(actor)):
        raise NotFound
    user = session.get_one(UserAccount, row.user_id)
    if is_accepted and group is not None:
        _join(session, user.id, group.id, contract.users.default_role, now)
    elif is_accepted:
        _made_group(session, get_provider(session, row.provider_id), user, now)
    row.outcome, row.decided_at, row.decided_by = ("accepted" if is_accepted else "declined"), now, actor.user_id
    detail = {"outcome": row.outcome, "provider": str(row.provider_id)}
    record(session, actor=actor, action="group:decide", object_type="user", object_id=user.id, detail=detail, now=now)
    _tell_person(session, contract, user, row, now)


def _tries(session: Session, who: object, since: datetime) -> int:
    statement = select(func.count()).select_from(ClaimTry).where(who, ClaimTry.at > since)  # type: ignore[arg-type]
    return session.scalar(statement) or 0


def _managed(actor: Actor) -> list[UUID]:
    return [group_id for group_id in actor.group_ids if may(actor, Permission.GROUP_MANAGE, group_id=group_id)]


def _made_group(session: Session, provider: Provider, user: UserAccount, now: datetime) -> bool:
    """Whether there was no group of the provider yet: it is made, with the person as its administrator."""
    values = {
        "id": uuid.uuid4(),
        "provider_id": provider.id,
        "name": provider.name,
        "is_active": True,
        "registered_at": now,
    }
    made = session.scalar(insert(ProviderGroup).values(values).on_conflict_do_nothing().returning(ProviderGroup.id))
    if made is None:
        return False
    _join(session, user.id, made, Role.GROUP_ADMIN, now)
    record(session, actor=SYSTEM, action="group:register", object_type="group", object_id=made, now=now)
    return True


def _join(session: Session, user_id: UUID, group_id: UUID, role: Role, now: datetime) -> None:
    is_member = select(Membership.id).where(
        Membership.user_id == user_id, Membership.group_id == group_id, Membership.ended_at.is_(None)
    )
    if session.scalar(is_member) is None:
        session.add(Membership(user_id=user_id, group_id=group_id, role=role.value, created_at=now))
        session.flush()


def _tell(
    session: Session, contract: Contract, provider: Provider, row: GroupClaim, sending: Sending, now: datetime
) -> None:
    """Tell those who decide: the group's administrators, or the help desk where there is nobody yet."""
    admins = session.scalars(
        select(UserAccount.email)
        .join(Membership, Membership.user_id == UserAccount.id)
        .join(ProviderGroup, ProviderGroup.id == Membership.group_id)
        .where(ProviderGroup.provider_id == provider.id, ProviderGroup.is_active, Membership.ended_at.is_(None))
        .where(UserAccount.is_active, Membership.role.in_([role.value for role in _ADMINS]))
        .where(UserAccount.enrolled_at.is_not(None))
    ).all()
    desk = [contact.email for contact in contract.support.contacts.values() if contact.email][:1]
    page = f"{sending.portal_url}{'setup' if admins else 'staff'}/requests"
    for number, address in enumerate(sorted(set(admins)) or desk):
        mail = _request_mail(contract, provider, address, row.id, page)
        post_mail(session, contract, mail, now=now, key=f"group-request:{row.id}:{number}")


def _request_mail(contract: Contract, provider: Provider, address: str, claim_id: UUID, page: str) -> Mail:
    return Mail(
        kind="group_request",
        to_address=address,
        subject=f"Somebody asks to join {provider.name} in {contract.brand.product}",
        paragraphs=(
            f"Somebody entered the registration numbers of {provider.name} and asks for access.",
            f"Nothing was given. Decide here, after signing in: {page}",
            "Decline when you do not know the person.",
        ),
        about_id=claim_id,
    )


def _tell_person(session: Session, contract: Contract, user: UserAccount, row: GroupClaim, now: datetime) -> None:
    product = contract.brand.product
    said = "You can sign in and start." if row.outcome == "accepted" else "Ask your organization's administrator why."
    mail = Mail(
        kind="group_request_decided",
        to_address=user.email,
        subject=f"Your request for access to {product} was {row.outcome}",
        paragraphs=(f"Your request to join a provider organization in {product} was {row.outcome}.", said),
        about_id=row.id,
    )
    post_mail(session, contract, mail, now=now, key=f"group-decided:{row.id}")
