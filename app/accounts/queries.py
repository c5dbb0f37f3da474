"""Reading accounts: who a session is, what a person may be asked, which groups a person has."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.enrolment_models import Passkey, PhoneFactor
from app.accounts.models import Membership, ProviderGroup, TotpSecret, UserAccount, UserSession
from app.domain.access import Actor, ActorKind
from tenancy.vocabulary import Role


@dataclass(frozen=True, slots=True)
class GroupRole:
    """A provider group a person belongs to, and the role there."""

    group_id: UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session in force, its person and the person's groups."""

    session_id: UUID
    user_id: UUID
    name: str
    groups: tuple[GroupRole, ...]
    current_group: UUID | None

    @property
    def actor(self) -> Actor:
        """The person as everything else knows it."""
        return Actor(
            kind=ActorKind.PROVIDER,
            user_id=self.user_id,
            name=self.name,
            roles=tuple((group.group_id, group.role) for group in self.groups),
            current_group=self.current_group,
        )


def username_key(username: str) -> str:
    """How user names are compared: without case, without surrounding space, in one Unicode form."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


_FULL_SESSION = (
    select(
        UserSession.id,
        UserSession.user_id,
        UserSession.group_id,
        UserAccount.first_name,
        UserAccount.last_name,
        Membership.role,
        ProviderGroup.id.label("member_of"),
        ProviderGroup.name,
    )
    .join(UserAccount, UserAccount.id == UserSession.user_id)
    .outerjoin(Membership, (Membership.user_id == UserAccount.id) & Membership.ended_at.is_(None))
    .outerjoin(ProviderGroup, (ProviderGroup.id == Membership.group_id) & ProviderGroup.is_active)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.stage == "full",
        UserSession.ended_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        UserAccount.is_active,
        UserAccount.enrolled_at.is_not(None),
    )
    .order_by(ProviderGroup.name)
)
"""Asked at every request: put together once."""


def find_session(session: Session, token_hash: bytes, *, now: datetime) -> KnownSession | None:
    """The signed-in session of a token, with its person's groups; None once it ended or the person is shut out."""
    rows = session.execute(_FULL_SESSION, {"token_hash": token_hash, "now": now}).all()
    if not rows:
        return None
    groups = tuple(GroupRole(row.member_of, row.name, Role(row.role)) for row in rows if row.member_of is not None)
    first = rows[0]
    return KnownSession(
        session_id=first.id,
        user_id=first.user_id,
        name=f"{first.first_name} {first.last_name}",
        groups=groups,
        current_group=chosen_group(groups, first.group_id),
    )


def chosen_group(groups: tuple[GroupRole, ...], wanted: UUID | None) -> UUID | None:
    """The wanted group while the person belongs to it, else the first one."""
    ids = [group.group_id for group in groups]
    return wanted if wanted in ids else next(iter(ids), None)


def find_pending_session(
    session: Session, token_hash: bytes, *, now: datetime, stage: str = "factor"
) -> UserSession | None:
    """The session of a token that waits for its second factor, or stands at another stage."""
    return session.scalar(
        select(UserSession).where(
            UserSession.token_hash == token_hash,
            UserSession.stage == stage,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
        )
    )


def find_user(session: Session, key: str) -> UserAccount | None:
    """The person of a folded user name."""
    return session.scalar(select(UserAccount).where(UserAccount.username_key == key))


def find_to_sign_in(session: Session, key: str) -> UserAccount | None:
    """The person of a folded user name, else of an e-mail address that one finished account alone has (AUTH-11)."""
    user = find_user(session, key)
    if user is not None or "@" not in key:
        return user
    same = (func.lower(UserAccount.email) == key) & UserAccount.enrolled_at.is_not(None)
    found = session.scalars(select(UserAccount).where(same).limit(2)).all()
    return found[0] if len(found) == 1 else None


def get_user(session: Session, user_id: UUID) -> UserAccount:
    """The person of an id that is known to exist."""
    return session.execute(select(UserAccount).where(UserAccount.id == user_id)).scalar_one()


def has_totp(session: Session, user_id: UUID) -> bool:
    """Whether the person registered an authenticator app."""
    return session.scalar(select(TotpSecret.user_id).where(TotpSecret.user_id == user_id)) is not None


def must_change_password(session: Session, user_id: UUID) -> bool:
    """Whether the password used last is below the rules in force."""
    return bool(session.scalar(select(UserAccount.must_change_password).where(UserAccount.id == user_id)))


def has_passkey(session: Session, user_id: UUID) -> bool:
    """Whether the person registered a passkey."""
    return session.scalar(select(Passkey.id).where(Passkey.user_id == user_id).limit(1)) is not None


def find_phone(session: Session, user_id: UUID) -> PhoneFactor | None:
    """The telephone the person proved to hold."""
    return session.scalar(select(PhoneFactor).where(PhoneFactor.user_id == user_id))


def list_groups(session: Session, user_id: UUID) -> tuple[GroupRole, ...]:
    """The person's groups in order of name, with the role in each (USR-10)."""
    rows = session.execute(
        select(ProviderGroup.id, ProviderGroup.name, Membership.role)
        .join(Membership, Membership.group_id == ProviderGroup.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None), ProviderGroup.is_active)
        .order_by(ProviderGroup.name)
    )
    return tuple(GroupRole(row.id, row.name, Role(row.role)) for row in rows)


def find_last_group(session: Session, user_id: UUID) -> UUID | None:
    """The group the person worked for last."""
    return session.scalar(
        select(UserSession.group_id)
        .where(UserSession.user_id == user_id, UserSession.group_id.is_not(None))
        .order_by(UserSession.created_at.desc())
        .limit(1)
    )


def find_provider_of_group(session: Session, group_id: UUID) -> UUID | None:
    """The directory's provider behind a group."""
    return session.scalar(select(ProviderGroup.provider_id).where(ProviderGroup.id == group_id))
