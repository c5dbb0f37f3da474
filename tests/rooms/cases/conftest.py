"""What the tests of the cases room share: a small world in a tenant, signed-in clients, a draft that is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from app.accounts import terms
from app.domain.access import SYSTEM, ActorKind
from app.web.request import GroupChoice, SignedIn, portal_of
from tests.rooms.cases.casebook import Casebook, open_casebook
from tests.rooms.cases.people import NOW, World, a_complete_draft, a_world, some_codes

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf


@pytest.fixture
def world(databases: Databases) -> World:
    """The small world in Mississippi."""
    return _made(databases, "mississippi")


@pytest.fixture
def colorado(databases: Databases) -> World:
    """The small world in Colorado."""
    return _made(databases, "colorado")


def _made(databases: Databases, slug: str) -> World:
    with databases.control.session() as control:
        some_codes(control)
    with databases.app.session(slug) as session:
        return a_world(session)


@pytest.fixture
def signed_in(
    app: Flask, client: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, Actor], FlaskClient]:
    """A client of the tenant at whose keyboard the actor sits, at a fixed instant."""

    def open_one(slug: str, actor: Actor) -> FlaskClient:
        app.config["CLOCK"] = lambda: NOW
        _agree(app, slug, actor)
        monkeypatch.setattr(app.extensions["charter"], "recognise", lambda: SignedIn(actor, _groups(actor), uuid4()))
        opened = client(slug)
        with opened.session_transaction() as kept:
            kept["csrf"] = "t" * 32
        return opened

    return open_one


def _groups(actor: Actor) -> tuple[GroupChoice, ...]:
    """The groups the person works for, as the header lists them."""
    return tuple(
        GroupChoice(group, "Example Group", role.value, group == actor.current_group) for group, role in actor.roles
    )


def _agree(app: Flask, slug: str, actor: Actor) -> None:
    """The person has agreed to the terms of use before; staff are not asked."""
    portal = portal_of(app)
    if actor.kind is ActorKind.PROVIDER and actor.user_id:
        with portal.databases.app.session(slug) as session:
            terms.agree(session, portal.tenants[slug].contract, actor.user_id, actor=SYSTEM, now=NOW)
            session.commit()


@pytest.fixture
def complete_draft(databases: Databases, shelf: ContractShelf) -> Callable[..., UUID]:
    """Makes an outpatient draft in Mississippi that lacks nothing but the disclaimer."""
    return lambda world: a_complete_draft(databases, shelf.good["mississippi"], world)


@pytest.fixture
def book(app: Flask, client: Callable[[str], FlaskClient]) -> Casebook:
    """Cases to read in Mississippi."""
    return open_casebook(app, client, "mississippi")
