"""A tenant under load: many cases, several groups, people signed in, and the demo's own server before it.

One group has as many cases as five others, as one large hospital among clinics. Must not know what is measured.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, ProviderGroup, UserAccount, UserSession
from app.accounts.secrets import new_token, token_hash
from app.accounts.terms import agree
from app.cases.models import Case, Request
from app.cases.synthetic import Owner, fill_cases
from app.directory.models import Member, Provider
from app.directory.synthetic import fill_tenant
from app.domain.access import Actor, ActorKind
from app.factory import create_app
from app.settings import Settings
from app.web.request import portal_of
from launch import environment, postgres
from launch.children import Children, until
from launch.demo import process_environment
from tenancy.vocabulary import Role
from tests.databases import Dsns, contract_slugs, provision

SLUG = "mississippi"
DATABASE = "charter_load"
PORT_HOST = "127.0.0.1"
GROUPS, LARGE_AS = 10, 5
DRAFTS_A_GROUP = 25
CASES_A_PERSON = 400
SERVER = ("--workers", "2", "--blocking-threads", "3", "--no-ws", "--http", "1", "--interface", "wsgi")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in: the group worked for, and the head of every request of theirs."""

    name: str
    group: UUID
    headers: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """Who is there, what can be read by whom, and how the server is told where it runs."""

    people: tuple[Person, ...]
    numbers: Mapping[UUID, tuple[str, ...]]
    environment: Mapping[str, str]


def told_to_the_server(dsns: Dsns, folder: Path, port: int) -> dict[str, str]:
    """The settings of a portal over this database, which mails nobody."""
    return {
        "CHARTER_DSN_APP": dsns.app,
        "CHARTER_DSN_CONTROL": dsns.control,
        "CHARTER_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        "CHARTER_SECRET_KEY": os.urandom(32).hex(),
        "CHARTER_FILES_DIR": str(folder / "files"),
        "CHARTER_SMTP_URL": "smtp://127.0.0.1:9",
        "CHARTER_PORT": str(port),
    }


def open_clinic(server: str, folder: Path, *, cases: int, people: int) -> Clinic:
    """Make the database, fill the tenant and sign everybody in."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    dsns = provision(server, DATABASE, contract_slugs())
    told = told_to_the_server(dsns, folder, postgres.free_port())
    app = create_app(Settings.from_env(told))
    portal = portal_of(app)
    with closing(portal.databases), portal.databases.app.session(SLUG) as session:
        groups = _groups(session, app)
        _cases(session, app, groups, cases)
        signed_in = tuple(_person(session, app, groups[number % GROUPS], number) for number in range(people))
        numbers = {group.group_id: _numbers(session, group.group_id) for group in groups}
        session.commit()
    with psycopg.connect(dsns.superuser, autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE")  # what the server does by itself, some minutes later
    return Clinic(signed_in, numbers, told)


def serve(children: Children, clinic: Clinic, folder: Path) -> int:
    """Start the demo's server; its port, once it answers."""
    port = clinic.environment["CHARTER_PORT"]
    where = ["--host", PORT_HOST, "--port", port]
    command = [*environment.program("granian"), *where, *SERVER, "app.wsgi:application"]
    web = children.start("web server", command, log=folder / "web.log", env=process_environment(clinic.environment))
    until(partial(_answers, int(port)), web, seconds=60, what="the web server")
    return int(port)


def _groups(session: Session, app: Flask) -> list[Owner]:
    fill_tenant(session, portal_of(app).tenants[SLUG].contract, now=datetime.now(UTC))
    found = select(Provider).where(Provider.entity == "organization").order_by(Provider.name).limit(GROUPS)
    made = []
    for provider in session.scalars(found):
        group = ProviderGroup(id=uuid4(), provider_id=provider.id, name=provider.name, registered_at=datetime.now(UTC))
        session.add(group)
        made.append(Owner(group.id, provider, uuid4(), "Somebody Else"))
    session.flush()
    return made


def _cases(session: Session, app: Flask, groups: list[Owner], count: int) -> None:
    portal, now = portal_of(app), datetime.now(UTC)
    owners = [groups[0]] * (LARGE_AS - 1) + groups
    with portal.databases.control.session() as control:
        fill_cases(session, control, portal.tenants[SLUG], owners, count=count, now=now)
    members = session.scalars(select(Member.id).limit(DRAFTS_A_GROUP)).all()
    for group in groups:
        for number, member in enumerate(members):
            by = {"created_by": group.user_id, "created_by_name": "Somebody", "modified_by": group.user_id}
            at = {"created_at": now, "modified_at": now - timedelta(minutes=number)}
            draft = Case(
                category="outpatient", group_id=group.group_id, member_id=member, release="draft",
                modified_by_name="Somebody", requests=[Request(sequence=1)], **by, **at,
            )  # fmt: skip
            session.add(draft)
    session.flush()


def _numbers(session: Session, group: UUID) -> tuple[str, ...]:
    """Some of the group's cases, from all of its days."""
    found = select(Case.number).where(Case.group_id == group, Case.number.is_not(None)).order_by(Case.id)
    return tuple(str(number) for number in session.scalars(found.limit(CASES_A_PERSON)))


def _person(session: Session, app: Flask, group: Owner, number: int) -> Person:
    """A member of the group's staff with a session in force, and the cookie that says so."""
    now, name, token = datetime.now(UTC), f"person{number}", new_token()
    user = UserAccount(
        id=uuid4(), username=name, username_key=name, email=f"{name}@clinic.example", first_name="Person",
        last_name=str(number), created_at=now, enrolled_at=now,
    )  # fmt: skip
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, group_id=group.group_id, role=Role.STAFF.value, created_at=now))
    actor = Actor(ActorKind.PROVIDER, user.id, name, ((group.group_id, Role.STAFF),), group.group_id)
    agreed = agree(session, portal_of(app).tenants[SLUG].contract, user.id, actor=actor, now=now)
    session.add(
        UserSession(
            token_hash=token_hash(token), user_id=user.id, stage="full", group_id=group.group_id, created_at=now,
            expires_at=now + timedelta(hours=8),
        )
    )  # fmt: skip
    noted = {"terms": agreed.mark if agreed else "", "password_fine": True}  # as the first page noted it
    return Person(name, group.group_id, session_headers(app, token, now, **noted))


def session_headers(app: Flask, token: str, now: datetime, **noted: object) -> str:
    """The head of every request of the session with this token."""
    settings = portal_of(app).settings
    subdomain = portal_of(app).tenants[SLUG].contract.identity.subdomain
    client, address = app.test_client(), settings.url(subdomain)
    with client.session_transaction(base_url=address) as kept:
        kept.update({"_user_id": token, "_fresh": True, "seen": int(now.timestamp()), "csrf": "c" * 43, **noted})
    cookie = client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]), domain=settings.host(subdomain))
    if cookie is None:
        raise SystemExit("no session was kept")
    host = f"{settings.host(subdomain)}:{settings.port}"
    return f"Host: {host}\r\nCookie: {cookie.key}={cookie.value}\r\nAccept: text/html\r\n"


def _answers(port: int) -> bool:
    connection = HTTPConnection(PORT_HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"{SLUG}.localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
