"""People of the staff at the console's host, with a clock the test holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.staff_models import StaffEvent, StaffMember
from app.domain.access import Actor, ActorKind, StaffRole
from app.web.request import SignedIn, portal_of
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf
from tenancy.releases import record_releases
from tests.identity import host_of_console
from tests.pages import Browser, OpenClient
from tests.people import Town, settle

SLUG = "mississippi"
NOW = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """The time as the application hears it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Console:
    """A browser at the console, and who sits before it."""

    app: Flask
    browser: Browser
    people: dict[str, Actor]

    def sit_down(self, name: str, role: StaffRole = StaffRole.CONTRACT_MANAGER) -> Browser:
        """Somebody of the staff at the keyboard."""
        if name not in self.people:
            self.people[name] = Actor(ActorKind.STAFF, self._known(name), name, staff_roles=(role,))
        actor = self.people[name]
        portal_of(self.app).recognise = lambda: SignedIn(actor, (), uuid4())
        return self.browser

    def told(self) -> list[tuple[str, str, str, str]]:
        """Action, place, about and result of every act of the trail."""
        with portal_of(self.app).databases.control.session() as control:
            rows = control.scalars(select(StaffEvent).order_by(StaffEvent.at, StaffEvent.action))
            return [(one.action, one.place, one.about, one.result) for one in rows]

    def _known(self, name: str) -> UUID:
        with portal_of(self.app).databases.control.session() as control:
            row = StaffMember(
                id=uuid4(), issuer="https://id.example", subject=name, name=name, email=f"{name}@reviewer.example",
                claims=[], created_at=NOW, last_sign_in_at=NOW,
            )  # fmt: skip
            control.add(row)
            control.commit()
            return row.id


@pytest.fixture
def clock(app: Flask) -> Clock:
    """The application's clock: Wednesday, 25 November 2026, 10:00 in Jackson."""
    held = Clock(NOW)
    app.config["CLOCK"] = held
    return held


@pytest.fixture
def town(app: Flask, clock: Clock) -> Town:
    """The tenant with its groups and people."""
    return settle(app, SLUG, now=clock.now)


@pytest.fixture
def console(app: Flask, client: OpenClient, shelf: ContractShelf, clock: Clock) -> Iterator[Console]:
    """Carla, a contract manager, at the console; the releases of the folder are recorded."""
    portal_of(app).contracts = ContractsInForce(shelf, base_domain="localhost")
    with portal_of(app).databases.control.session() as control:
        record_releases(control, shelf.good, now=clock.now - timedelta(days=30))
        control.commit()
    made = client(SLUG)
    made.environ_base["HTTP_HOST"] = host_of_console(app)
    seat = Console(app, Browser(made), {})
    seat.sit_down("Carla Jensen")
    yield seat
    portal_of(app).contracts = ContractsInForce(shelf, base_domain="localhost")


Refresh = Callable[[], None]


@pytest.fixture
def refresh(app: Flask, clock: Clock) -> Refresh:
    """What every serving process does each second."""

    def once() -> None:
        with portal_of(app).databases.control.session() as control:
            portal_of(app).contracts.refresh(control, clock.now)

    return once
