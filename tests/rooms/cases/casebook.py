"""A tenant whose cases can be read: made-up people, three groups, cases of two of them, and browsers of their staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import terms
from app.accounts.models import Membership, ProviderGroup, UserAccount, UserSession
from app.accounts.secrets import new_token, token_hash
from app.cases.models import Case, Request
from app.cases.synthetic import Owner, fill_cases
from app.directory.models import Member, Provider
from app.directory.synthetic import fill_tenant
from app.domain.access import SYSTEM, Actor, ActorKind
from app.storage.models import AuditEvent
from app.web.request import portal_of
from tenancy.scope import TenantSession
from tenancy.vocabulary import Role
from tests.pages import Browser
from tests.rooms.cases.people import NOW, a_person

CASES, DAYS = 36, 90
STAFF = {"alex": (0,), "blair": (1,), "casey": (0, 1), "drew": (2,)}
"""Who works for which of the three groups; the third has no cases of its own."""


@dataclass(frozen=True, slots=True)
class Casebook:
    """The tenant, its groups in order, and its people by name."""

    slug: str
    app: Flask
    client: Callable[[str], FlaskClient]
    groups: tuple[UUID, ...]
    providers: tuple[UUID, ...]
    people: Mapping[str, UUID]

    @property
    def release(self) -> str:
        """The name of the release in force."""
        return portal_of(self.app).contracts[self.slug].release

    @contextmanager
    def session(self) -> Iterator[TenantSession]:
        """A Session inside the tenant; what is written is committed."""
        with portal_of(self.app).databases.app.session(self.slug) as session:
            yield session
            session.commit()

    def actor(self, name: str) -> Actor:
        """The person as services know it."""
        roles = tuple((self.groups[index], Role.STAFF) for index in STAFF[name])
        return Actor(ActorKind.PROVIDER, self.people[name], f"{name.capitalize()} Tester", roles, roles[0][0])

    def browser(self, name: str) -> Browser:
        """A browser in which the person is signed in."""
        token = new_token()
        with self.session() as session:
            session.add(
                UserSession(
                    token_hash=token_hash(token),
                    user_id=self.people[name],
                    stage="full",
                    group_id=self.groups[STAFF[name][0]],
                    created_at=NOW,
                    expires_at=NOW + timedelta(hours=12),
                )
            )
        browser = Browser(self.client(self.slug))
        with browser.client.session_transaction(base_url=browser.address) as kept:
            kept.update({"_user_id": token, "_fresh": True, "seen": int(NOW.timestamp())})
        return browser

    def cases(self, group: int = 0, **having: Any) -> list[Case]:
        """The cases of a group, newest first."""
        with self.session() as session:
            order = Case.submitted_at.desc().nullslast()
            found = select(Case).filter_by(group_id=self.groups[group], **having).order_by(order, Case.id)
            return list(session.scalars(found))

    def a_case(self, group: int = 0, **having: Any) -> Case:
        """The newest such case."""
        return self.cases(group, **having)[0]

    def a_draft(self, group: int = 0, *, minutes_ago: int = 5) -> UUID:
        """A draft of the group, changed some minutes ago."""
        who = self.people["blair" if group == 1 else "alex"]
        at = NOW - timedelta(minutes=minutes_ago)
        with self.session() as session:
            member = session.scalars(select(Member.id).order_by(Member.member_number_key)).first()
            by = {"created_by": who, "created_by_name": "Someone", "modified_by": who, "modified_by_name": "Someone"}
            draft = Case(
                id=uuid4(), category="outpatient", group_id=self.groups[group], member_id=member, release=self.release,
                created_at=at, modified_at=at, requests=[Request(sequence=1)], **by,
            )  # fmt: skip
            session.add(draft)
            return draft.id

    def trail(self) -> list[tuple[str, str | None]]:
        """What the audit trail tells, oldest first: act and object."""
        with self.session() as session:
            told = session.execute(select(AuditEvent).order_by(AuditEvent.occurred_at, AuditEvent.position)).scalars()
            return [(event.action, event.object_id) for event in told]


def open_casebook(app: Flask, client: Callable[[str], FlaskClient], slug: str) -> Casebook:
    """Fill the tenant: people, groups, staff, and cases of the first two groups; committed."""
    app.config["CLOCK"] = lambda: NOW
    portal = portal_of(app)
    loaded = portal.tenants[slug]
    with portal.databases.app.session(slug) as session, portal.databases.control.session() as control:
        fill_tenant(session, loaded.contract, now=NOW, members=30, providers=14)
        found = select(Provider).where(Provider.entity == "organization").order_by(Provider.name).limit(3)
        providers = list(session.scalars(found))
        groups = [ProviderGroup(id=uuid4(), provider_id=p.id, name=p.name, registered_at=NOW) for p in providers]
        people = {name: a_person(session, name) for name in STAFF}
        session.add_all(groups)
        session.flush()
        _join(session, groups, people)
        for person in people.values():
            terms.agree(session, loaded.contract, person.id, actor=SYSTEM, now=NOW)
        owners = [
            Owner(group.id, provider, people[name].id, people[name].full_name)
            for group, provider, name in zip(groups, providers, ("alex", "blair"), strict=False)
        ]
        fill_cases(session, control, loaded, owners, count=CASES, now=NOW, days=DAYS)
        session.commit()
    ids = {name: person.id for name, person in people.items()}
    return Casebook(slug, app, client, tuple(g.id for g in groups), tuple(p.id for p in providers), ids)


def _join(session: TenantSession, groups: list[ProviderGroup], people: Mapping[str, UserAccount]) -> None:
    for name, member_of in STAFF.items():
        for index in member_of:
            session.add(
                Membership(user_id=people[name].id, group_id=groups[index].id, role=Role.STAFF.value, created_at=NOW)
            )
