"""The console's permission matrix: every route × role × {there, none, another tenant's} has one verdict (S7).

Generated from the routes as the tenants' own is: a new page of the console is red until it has a line here. Asked over
HTTP, and nothing is kept: the commit at a request's end is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.oidc import IdentityProvider
from app.accounts.outward import Outward
from app.accounts.staff_models import StaffMember
from app.accounts.staff_plan import StaffPlan
from app.accounts.staff_recognition import EXTENSION
from app.domain.access import Actor, ActorKind, StaffRole
from app.web import transaction
from app.web.access import Scope
from app.web.request import SignedIn, portal_of
from tenancy.previews import keep_preview
from tenancy.vocabulary import Role
from tests.house.routes import STRANGER, Route, routes
from tests.house.test_verdicts import TOKEN, told
from tests.people import Town, settle
from tests.rooms.console.conftest import SLUG, Clock, Console
from tests.rooms.console.test_boards import owe_dead_job
from tests.rooms.console.test_releasing import CHANGE, approve, proposed

SEERS = frozenset({StaffRole.CONTRACT_MANAGER, StaffRole.OPS})
MANAGERS = frozenset({StaffRole.CONTRACT_MANAGER})
OPERATORS = frozenset({StaffRole.OPS})


def rows(endpoints: str, roles: frozenset[StaffRole]) -> dict[str, frozenset[StaffRole]]:
    """One verdict for several endpoints."""
    return dict.fromkeys(endpoints.split(), roles)


VERDICTS: Mapping[str, frozenset[StaffRole]] = {
    **rows("console.contracts console.contract console.record", SEERS),
    **rows("console.explain console.search console.compare", SEERS),
    **rows("console.boards console.board", SEERS),
    **rows("console.proposals console.proposal", SEERS),
    **rows("console.switches", SEERS),
    **rows("console.change console.save console.drop console.take_over", SEERS),
    **rows("console.propose console.withdraw console.back console.go_back", SEERS),
    **rows("console.show_preview console.end_preview", SEERS),
    **rows("console.approve console.switch console.undo_switch", MANAGERS),
    **rows("console.revive_job console.send_again console.print_again", OPERATORS),
    **rows("staff.console_front staff.enter staff_list.index", SEERS),
    **rows("staff_list.shut_out staff_list.let_in", OPERATORS),
    **rows("staff.left staff.alive", frozenset(StaffRole)),
}

Objects = Mapping[str, str]
NOWHERE: Objects = {
    **dict.fromkeys(("proposal_id", "staff_id", "row_id", "delivery_id", "letter_id"), str(STRANGER)),
    "slug": "not-there",
    "release": "not-there",
    "number": "404404",
}
"""Names of nothing. The acts of the boards, and taking a switch back, answer their ids with a page that says so: what
they were asked about may just have been dealt with by somebody else."""


def of_console(app: Flask) -> Iterator[Route]:
    """Every method of every route of the console."""
    yield from (route for route in routes(app) if route.rule is not None and route.rule.scope is Scope.CONSOLE)


class Asker:
    """Asks the console as whoever is put at the keyboard."""

    def __init__(self, app: Flask, console: Console) -> None:
        self.app, self.client = app, console.browser.client
        self.address = f"http://{self.client.environ_base['HTTP_HOST']}"
        self.known = console.people

    def sit_down(self, role: Role | StaffRole) -> None:
        """Somebody of this role; one of a provider's people could only come by mistake."""
        if isinstance(role, StaffRole):
            actor = self.known.get(role.value) or Actor(ActorKind.STAFF, uuid4(), "Staff", staff_roles=(role,))
        else:
            group = uuid4()
            actor = Actor(ActorKind.PROVIDER, uuid4(), "Alex Tester", ((group, role),), group)
        portal_of(self.app).recognise = lambda: SignedIn(actor, (), uuid4())

    def ask(self, route: Route, named: Objects) -> tuple[int, str]:
        """Status, and the page with the message that waits for the next one."""
        rule = next(one for one in self.app.url_map.iter_rules(route.endpoint) if route.method in (one.methods or ()))
        values = {name: named[name] for name in rule.arguments}
        path = self.app.url_map.bind("localhost").build(route.endpoint, values, method=route.method)
        with self.client.session_transaction(base_url=self.address) as kept:
            kept.clear()
            kept["csrf"] = TOKEN
        body = {"csrf_token": TOKEN} if route.is_unsafe else None
        status, page = told(self.client.open(path, method=route.method, data=body, base_url=self.address))
        with self.client.session_transaction(base_url=self.address) as kept:
            return status, f"{page}{kept.get('_flashes', '')}"


@pytest.fixture
def named(app: Flask, console: Console, town: Town, clock: Clock) -> Objects:
    """An older release, a proposal, drafts that do not read, a preview, somebody of the staff."""
    older = portal_of(app).contracts[SLUG]
    console.sit_down("Paul Hobbs")
    first = proposed(console, 20)
    console.sit_down(StaffRole.CONTRACT_MANAGER.value)
    approve(console, first)
    waiting = proposed(console)
    for role in sorted(SEERS):
        console.sit_down(role.value, role)
        console.browser.get(CHANGE)
        console.browser.post(CHANGE, {"text": "no: contract"})
    with portal_of(app).databases.control.session() as control:
        keep_preview(control, older, by="Paul", now=clock.now, until=clock.now + timedelta(hours=1), is_ready=True)
        control.commit()
        staff_id = control.scalars(select(StaffMember.id).where(StaffMember.name == "Paul Hobbs")).one()
    values = {"slug": SLUG, "release": older.release, "proposal_id": waiting.rpartition("/")[2]}
    return {**NOWHERE, **values, "staff_id": str(staff_id)}


@pytest.fixture
def asker(app: Flask, console: Console, named: Objects, monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Somebody at the console's keyboard; what is asked leaves no trace."""
    outward = Outward(frozenset(), is_development=True)
    plan = StaffPlan("http://id.localhost", "charter", "secret", "", "groups", outward, ())
    monkeypatch.setitem(app.extensions, EXTENSION, IdentityProvider(plan))
    monkeypatch.setattr(transaction, "_finish", lambda _: None)
    return Asker(app, console)


def test_every_route_has_a_verdict_and_every_verdict_a_route(app: Flask) -> None:
    assert {route.endpoint for route in of_console(app)} == set(VERDICTS)


def test_every_route_answers_every_role_as_declared(app: Flask, asker: Asker, named: Objects, clock: Clock) -> None:
    settle(app, "colorado", now=clock.now)
    elsewhere = {**named, "row_id": owe_dead_job(app, clock, "colorado")}
    wrong = []
    for role in [*Role, *StaffRole]:
        asker.sit_down(role)
        for route in of_console(app):
            answer = asker.ask(route, named)
            looks = [("there", verdict(route, role), seen(answer))]
            if looks[0][1] == "opens" and route.names_an_object:
                looks.append(("none", "not there", seen(asker.ask(route, NOWHERE))))
            if looks[0][1] == "opens" and route.endpoint == "console.revive_job":
                looks.append(("another tenant's", str(answer), str(asker.ask(route, elsewhere))))
            wrong += [f"{role} {route.method} {route.endpoint}, {one}" for one in looks if one[1] != one[2]]
    assert "\n".join(wrong) == ""


def verdict(route: Route, role: Role | StaffRole) -> str:
    """What is declared; a provider's people find no page here at all."""
    if not isinstance(role, StaffRole):
        return "not there"
    return "opens" if role in VERDICTS[route.endpoint] else "refused"


def seen(answer: tuple[int, str]) -> str:
    """What an answer means."""
    names = {403: "refused", 404: "not there"}
    return names.get(answer[0], "opens" if answer[0] < 500 and answer[0] not in (400, 401) else f"failed: {answer[0]}")
