"""Made-up people who may sign in to a demo or a test: an administrator, staff of two groups, a stranger to both.

Passwords and authenticator secrets follow from the tenant's key: the same at every run of one installation,
different at any other. Must not know how providers were made.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import factors, passwords, queries, terms
from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.accounts.secrets import TenantSecrets
from app.directory.queries import get_provider
from app.domain.access import SYSTEM
from tenancy.contract import Contract
from tenancy.vocabulary import Role

GROUPS_NEEDED = 3
_WORDS = (
    *("Amber", "Birch", "Cedar", "Coral", "Crane", "Delta", "Ember", "Fjord", "Grove", "Hazel", "Heron", "Inlet"),
    *("Lemon", "Lilac", "Lotus", "Maple", "Marsh", "Mossy", "North", "Ocean", "Olive", "Otter", "Pearl", "Plaza"),
    *("Prism", "Quail", "Raven", "Ridge", "River", "Robin", "Stone", "Topaz"),
)


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Everything needed to sign in as one of the demo's people; ``totp_secret`` is empty for codes by e-mail."""

    username: str
    name: str
    email: str
    role: str
    groups: tuple[str, ...]
    user_id: UUID
    group_ids: tuple[UUID, ...]
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Person:
    username: str
    first_name: str
    last_name: str
    roles: tuple[tuple[int, Role], ...]
    has_app: bool = True


_PEOPLE = (
    _Person("dana.whitlock", "Dana", "Whitlock", ((0, Role.GROUP_ADMIN),)),
    _Person("luis.ortega", "Luis", "Ortega", ((0, Role.STAFF), (1, Role.STAFF))),
    _Person("mei.tanaka", "Mei", "Tanaka", ((0, Role.STAFF),), has_app=False),
    _Person("priya.nair", "Priya", "Nair", ((2, Role.STAFF),)),
)


def seed_demo_users(
    session: Session, contract: Contract, groups: Sequence[UUID], *, secrets: TenantSecrets, now: datetime
) -> tuple[DemoUser, ...]:
    """Register three providers as groups and add the demo's people to them, in the caller's transaction.

    ``groups`` are the ids of at least three providers: the first has an administrator and staff, the second
    shares one person of its staff with the first, the third has nothing to do with either. What is there
    already is kept. Raises ValueError for fewer than three providers.
    """
    if len(groups) < GROUPS_NEEDED:
        raise ValueError("the demo's people need three providers")
    rows = [_group(session, provider_id, now) for provider_id in groups[:GROUPS_NEEDED]]
    return tuple(_user(session, contract, person, rows, secrets, now) for person in _PEOPLE)


def demo_password(secrets: TenantSecrets, username: str) -> str:
    """The password of one of the demo's people: two words and four digits, as every contract's rules allow."""
    mixed = secrets.keyed_hash("demo password", username)
    number = int.from_bytes(mixed[2:6], "big") % 10_000
    return f"{_WORDS[mixed[0] % len(_WORDS)]}-{_WORDS[mixed[1] % len(_WORDS)]}-{number:04}"


def demo_sign_ins(secrets: TenantSecrets) -> tuple[tuple[str, str, str], ...]:
    """User name, password and authenticator's secret of each of the demo's people in the tenant of these secrets."""
    return tuple((one.username, demo_password(secrets, one.username), _app_secret(secrets, one)) for one in _PEOPLE)


def _app_secret(secrets: TenantSecrets, person: _Person) -> str:
    mixed = secrets.keyed_hash("demo authenticator", person.username)[:20]
    return base64.b32encode(mixed).decode() if person.has_app else ""


def _group(session: Session, provider_id: UUID, now: datetime) -> ProviderGroup:
    found = session.scalar(select(ProviderGroup).where(ProviderGroup.provider_id == provider_id))
    if found is None:
        name = get_provider(session, provider_id).name
        found = ProviderGroup(id=uuid.uuid4(), provider_id=provider_id, name=name, registered_at=now)
        session.add(found)
        session.flush()
    return found


def _user(
    session: Session,
    contract: Contract,
    person: _Person,
    groups: Sequence[ProviderGroup],
    secrets: TenantSecrets,
    now: datetime,
) -> DemoUser:
    password = demo_password(secrets, person.username)
    secret = _app_secret(secrets, person)
    user = queries.find_user(session, person.username)
    if user is None:
        user = _new_user(session, person, password, now)
        terms.agree(session, contract, user.id, actor=SYSTEM, now=now)
        if person.has_app:
            factors.register_totp(session, user, secret, secrets, now)
        for index, role in person.roles:
            session.add(Membership(user_id=user.id, group_id=groups[index].id, role=role.value, created_at=now))
        session.flush()
    return DemoUser(
        username=person.username,
        name=user.full_name,
        email=user.email,
        role=contract.users.roles[person.roles[0][1]].label,
        groups=tuple(groups[index].name for index, _ in person.roles),
        user_id=user.id,
        group_ids=tuple(groups[index].id for index, _ in person.roles),
        password=password,
        totp_secret=secret,
    )


def _new_user(session: Session, person: _Person, password: str, now: datetime) -> UserAccount:
    user = UserAccount(
        id=uuid.uuid4(),
        username=person.username,
        username_key=queries.username_key(person.username),
        email=f"{person.username}@provider.example",
        first_name=person.first_name,
        last_name=person.last_name,
        password_hash=passwords.hashed(password),
        password_set_at=now,
        created_at=now,
        email_verified_at=now,
        email_is_factor=not person.has_app,
        enrolled_at=now,
    )
    session.add(user)
    session.flush()
    return user
