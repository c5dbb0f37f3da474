"""What the Setup pages show: groups with their people counted, people with their groups and roles (USR-02..15).

Only what the asker administers comes out. Knows rows; no page and no rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, ProviderGroup, UserAccount, UserSession
from app.accounts.reach import DEACTIVATED, managed_groups, managing_roles, must_manage, within
from app.directory.models import Provider
from app.domain.access import Actor
from app.domain.errors import NotFound
from tenancy.contract import Contract
from tenancy.vocabulary import Role

GROUP_SORTS = ("name", "npi", "type", "people")
USER_SORTS = ("name", "username", "email", "status", "seen_at")
STATES = ("active", "invited", "deactivated")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list is asked for: words to find, a state, an order, a window."""

    text: str = ""
    state: str = ""
    sort: str = "name"
    descending: bool = False
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A provider group as Setup lists it (USR-03)."""

    id: UUID
    name: str
    npi: str
    identifier: str
    type: str
    address: tuple[str, ...]
    people: int
    administrators: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A person's role in a group the asker administers."""

    group_id: UUID
    group_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as Setup lists them; ``roles`` in the asker's groups only."""

    id: UUID
    username: str
    name: str
    email: str
    phone: str
    state: str
    seen_at: datetime | None
    created_at: datetime
    roles: tuple[RoleRow, ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of a group as its row shows them when it is opened (USR-03, USR-04)."""

    id: UUID
    name: str
    username: str
    state: str
    role: Role


def count_groups(contract: Contract, actor: Actor) -> int:
    """How many groups the actor administers: the counter on the tab (USR-02)."""
    return len(managed_groups(contract, actor))


def count_users(session: Session, contract: Contract, actor: Actor) -> int:
    """How many people belong to them, deactivated ones too."""
    return _count(session, _people(managed_groups(contract, actor)))


def list_groups(session: Session, contract: Contract, asked: Listing, *, actor: Actor) -> tuple[list[GroupRow], int]:
    """One page of the groups the actor administers, and how many there are."""
    statement = _groups(contract).where(ProviderGroup.id.in_(managed_groups(contract, actor)), ProviderGroup.is_active)
    if asked.text:
        like = like_of(asked.text)
        statement = statement.where(or_(ProviderGroup.name.ilike(like), Provider.npi.ilike(like)))
    total = _count(session, statement)
    column = {
        "npi": Provider.npi,
        "type": func.lower(Provider.type),
        "people": _PEOPLE_OF_GROUP,
    }.get(asked.sort, func.lower(ProviderGroup.name))
    order = column.desc().nullslast() if asked.descending else column.asc().nullslast()
    rows = session.execute(statement.order_by(order, ProviderGroup.id).offset(asked.offset).limit(asked.limit))
    return [_group_row(row) for row in rows], total


def list_closed_groups(session: Session, contract: Contract, *, actor: Actor) -> list[GroupRow]:
    """Groups that were removed and that the actor would administer if they came back."""
    mine = select(Membership.group_id).where(
        Membership.user_id == actor.user_id,
        Membership.ended_at.is_(None),
        Membership.role.in_(managing_roles(contract)),
    )
    statement = _groups(contract).where(ProviderGroup.is_active.is_(False), ProviderGroup.id.in_(mine))
    return [_group_row(row) for row in session.execute(statement.order_by(func.lower(ProviderGroup.name)))]


def get_group(session: Session, contract: Contract, group_id: UUID, *, actor: Actor) -> GroupRow:
    """One group the actor administers. Raises NotFound, Forbidden."""
    must_manage(contract, actor, group_id)
    return _group_row(session.execute(_groups(contract).where(ProviderGroup.id == group_id)).one())


def list_people(session: Session, contract: Contract, asked: Listing, *, actor: Actor) -> tuple[list[PersonRow], int]:
    """One page of the people of the groups the actor administers, and how many there are."""
    mine = managed_groups(contract, actor)
    statement = _people(mine)
    if asked.text:
        like, full = like_of(asked.text), func.concat(UserAccount.first_name, " ", UserAccount.last_name)
        statement = statement.where(
            or_(full.ilike(like), UserAccount.username.ilike(like), UserAccount.email.ilike(like))
        )
    if asked.state in STATES:
        statement = statement.where(_STATE.in_((asked.state,)))
    total = _count(session, statement)
    statement = statement.order_by(*_order_of_people(asked)).offset(asked.offset).limit(asked.limit)
    return _with_roles(session, statement, mine), total


def list_people_of_group(session: Session, contract: Contract, group_id: UUID, *, actor: Actor) -> list[PersonRow]:
    """Everybody who belongs to a group now (USR-04). Raises NotFound, Forbidden."""
    must_manage(contract, actor, group_id)
    members = select(Membership.user_id).where(Membership.group_id == group_id, Membership.ended_at.is_(None))
    statement = _people((group_id,)).where(UserAccount.id.in_(members)).order_by(*_order_of_people(Listing()))
    return _with_roles(session, statement, (group_id,))


def list_members(session: Session, groups: Sequence[GroupRow], most: int) -> dict[UUID, list[MemberRow]]:
    """The first people of each of these groups by name, at most ``most`` of each; the groups come from a list."""
    names = (func.lower(UserAccount.last_name), func.lower(UserAccount.first_name), UserAccount.id)
    place = func.row_number().over(partition_by=Membership.group_id, order_by=names).label("place")
    people = (
        select(Membership.group_id, Membership.role, Membership.user_id, place)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.group_id.in_([one.id for one in groups]), _OPEN)
        .subquery()
    )
    statement = (
        select(people.c.group_id, people.c.role, UserAccount, _STATE)
        .join(UserAccount, UserAccount.id == people.c.user_id)
        .where(people.c.place <= most)
        .order_by(people.c.place)
    )
    found: dict[UUID, list[MemberRow]] = defaultdict(list)
    for group_id, role, user, state in session.execute(statement):
        found[group_id].append(MemberRow(user.id, user.full_name, user.username, state, Role(role)))
    return found


def list_available(session: Session, contract: Contract, group_id: UUID, *, actor: Actor) -> list[tuple[str, str]]:
    """People of the actor's other groups who could be added to this one, as id and name (USR-04)."""
    must_manage(contract, actor, group_id)
    others = [one for one in managed_groups(contract, actor) if one != group_id]
    here = select(Membership.user_id).where(Membership.group_id == group_id, Membership.ended_at.is_(None))
    elsewhere = select(Membership.user_id).where(Membership.group_id.in_(others), Membership.ended_at.is_(None))
    rows = session.scalars(
        select(UserAccount)
        .where(UserAccount.id.in_(elsewhere), UserAccount.id.not_in(here), UserAccount.is_active)
        .order_by(func.lower(UserAccount.last_name), func.lower(UserAccount.first_name))
    )
    return [(str(user.id), f"{user.full_name} ({user.username})") for user in rows]


def get_person(session: Session, contract: Contract, user_id: UUID, *, actor: Actor) -> PersonRow:
    """One person of the actor's groups. Raises NotFound."""
    mine = managed_groups(contract, actor)
    rows = _with_roles(session, _people(mine).where(UserAccount.id == user_id), mine)
    if not rows:
        raise NotFound
    return rows[0]


_OPEN = Membership.ended_at.is_(None)
_LIVE_MEMBERS = select(func.count()).where(Membership.group_id == ProviderGroup.id, _OPEN).correlate(ProviderGroup)
_PEOPLE_OF_GROUP = _LIVE_MEMBERS.scalar_subquery()
_SEEN_AT = (
    select(func.max(UserSession.created_at))
    .where(UserSession.user_id == UserAccount.id, UserSession.stage == "full")
    .correlate(UserAccount)
    .scalar_subquery()
)
_STATE: ColumnElement[str] = case(
    (UserAccount.is_active.is_(False), "deactivated"), (UserAccount.enrolled_at.is_(None), "invited"), else_="active"
)


def _groups(contract: Contract) -> Select[*tuple[Any, ...]]:
    administrators = _LIVE_MEMBERS.where(Membership.role.in_(managing_roles(contract))).scalar_subquery()
    return select(
        ProviderGroup, Provider, _PEOPLE_OF_GROUP.label("people"), administrators.label("administrators")
    ).join(Provider, Provider.id == ProviderGroup.provider_id)


def _group_row(row: Row[*tuple[Any, ...]]) -> GroupRow:
    group, provider, people, administrators = row
    return GroupRow(
        id=group.id,
        name=group.name,
        npi=provider.npi or "",
        identifier=provider.state_identifier,
        type=provider.type,
        address=provider.address_lines,
        people=people,
        administrators=administrators,
        is_active=group.is_active,
    )


def _people(groups: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    return select(UserAccount, _STATE.label("state"), _SEEN_AT.label("seen_at")).where(within(groups))


def _order_of_people(asked: Listing) -> tuple[ColumnElement[Any], ...]:
    name: tuple[ColumnElement[Any], ...] = (
        func.lower(UserAccount.last_name),
        func.lower(UserAccount.first_name),
        UserAccount.id.expression,
    )
    columns = {
        "username": (UserAccount.username_key,),
        "email": (func.lower(UserAccount.email),),
        "status": (_STATE,),
        "seen_at": (_SEEN_AT,),
    }.get(asked.sort, name[:2])
    first = [column.desc().nullslast() if asked.descending else column.asc().nullslast() for column in columns]
    return (*first, *name)


def _with_roles(session: Session, statement: Select[*tuple[Any, ...]], groups: Sequence[UUID]) -> list[PersonRow]:
    found = session.execute(statement).all()
    roles: dict[UUID, list[RoleRow]] = defaultdict(list)
    for row in session.execute(
        select(Membership.user_id, Membership.group_id, ProviderGroup.name, Membership.role)
        .join(ProviderGroup, ProviderGroup.id == Membership.group_id)
        .where(Membership.user_id.in_([user.id for user, *_ in found]), Membership.group_id.in_(groups))
        .where(_OPEN | ((Membership.end_reason == DEACTIVATED) & _is_last_of_its_group()))
        .order_by(func.lower(ProviderGroup.name))
    ):
        roles[row.user_id].append(RoleRow(row.group_id, row.name, Role(row.role)))
    return [_person_row(user, state, seen_at, roles[user.id]) for user, state, seen_at in found]


def _is_last_of_its_group() -> ColumnElement[bool]:
    """Of memberships that ended with a deactivation, the latest of each group, and only while the account is shut."""
    later = Membership.__table__.alias("later")
    newer = select(later.c.id).where(
        later.c.user_id == Membership.user_id,
        later.c.group_id == Membership.group_id,
        later.c.created_at > Membership.created_at,
    )
    shut = select(UserAccount.id).where(UserAccount.is_active.is_(False))
    return ~newer.exists() & Membership.user_id.in_(shut)


def _person_row(user: UserAccount, state: str, seen_at: datetime | None, roles: Sequence[RoleRow]) -> PersonRow:
    return PersonRow(
        id=user.id,
        username=user.username,
        name=user.full_name,
        email=user.email,
        phone=" ext. ".join(part for part in (user.phone, user.phone_extension) if part),
        state=state,
        seen_at=seen_at,
        created_at=user.created_at,
        roles=tuple(roles),
    )


def _count(session: Session, statement: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def like_of(text: str) -> str:
    """The pattern that finds the text anywhere, taken by the letter."""
    escaped = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
