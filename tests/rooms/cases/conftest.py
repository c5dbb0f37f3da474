"""What the tests of the cases room share: a small world in a tenant, signed-in clients, a draft that is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from app.cases import draft_codes, drafts
from app.cases.draft_codes import Picked
from app.cases.drafts import Seen, Start
from app.web.request import SignedIn
from tenancy.vocabulary import Category, CodeSystem, SectionName
from tests.rooms.cases.casebook import Casebook, open_casebook
from tests.rooms.cases.people import NOW, World, a_world, acting, some_codes

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
        monkeypatch.setattr(app.extensions["charter"], "recognise", lambda: SignedIn(actor, (), uuid4()))
        opened = client(slug)
        with opened.session_transaction() as kept:
            kept["csrf"] = "t" * 32
        return opened

    return open_one


@pytest.fixture
def complete_draft(databases: Databases, shelf: ContractShelf) -> Callable[..., UUID]:
    """Makes an outpatient draft in Mississippi that lacks nothing but the disclaimer."""
    loaded = shelf.good["mississippi"]

    def make(world: World) -> UUID:
        act = acting(world.actor)
        begun = Start(Category.OUTPATIENT, world.member, world.clinic, world.provider)
        with databases.app.session("mississippi") as session, databases.control.session() as control:
            draft_id = drafts.open_draft(session, loaded, begun, **act).draft_id
            details = {"service_type": "diabetic_care", "place_of_service": "office"}
            name = SectionName.SERVICE_DETAILS
            drafts.save_section(session, loaded.contract, draft_id, name, details, seen=Seen(), **act)
            knee = [Picked(CodeSystem.ICD10CM, "M17.11")]
            draft_codes.add_diagnoses(session, control, loaded.contract, draft_id, knee, **act)
            walker = [Picked(CodeSystem.HCPCS, "E1399")]
            line = draft_codes.add_procedures(session, control, loaded.contract, draft_id, walker, **act)
            line_id = line.focus.split(".")[1]
            typed = {"start_on": "11/30/2026", "end_on": "12/29/2026", "duration": "30", "quantity": "1"}
            typed |= {"rate": "120.50", "frequency": next(iter(loaded.contract.catalogue.lists["frequencies"]))}
            typed = {f"line.{line_id}.{key}": value for key, value in typed.items()}
            name = SectionName.PROCEDURES
            saved = drafts.save_section(session, loaded.contract, draft_id, name, typed, seen=Seen(), **act)
            assert saved.faults == ()
            session.commit()
            return draft_id

    return make


@pytest.fixture
def book(app: Flask, client: Callable[[str], FlaskClient]) -> Casebook:
    """Cases to read in Mississippi."""
    return open_casebook(app, client, "mississippi")
