"""The permission matrix: every route × role × {own, other group, other tenant, none} has one verdict (S7).

Asked over HTTP, and nothing is kept: the commit at a request's end is left out, so that no answer depends on
the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import UserSession
from app.domain.access import Actor, ActorKind, StaffRole
from app.web import transaction
from app.web.access import Scope, rule_of
from app.web.request import GroupChoice, SignedIn, portal_of
from tenancy.vocabulary import Role
from tests.house.routes import routes
from tests.house.verdicts import VERDICTS, Row
from tests.house.world import MISSING, OTHER_GROUP, OWN, RELATIONS, Objects, address_of, objects, typed
from tests.rooms.cases.casebook import Casebook, open_casebook

TOKEN = "t" * 32
_NUMBER_OF_ERROR = re.compile(r"\b4\d\d-[0-9a-f]{12}\b")


class Asker:
    """Asks a route as whoever is put at the keyboard."""

    def __init__(self, book: Casebook, app: Flask, client: FlaskClient) -> None:
        self.book, self.app, self.client = book, app, client
        self.address = f"http://{client.environ_base['HTTP_HOST']}"
        self.client.application.config["PROPAGATE_EXCEPTIONS"] = False
        self.marks: dict[str, str] = {}
        book.browser("alex")
        with book.session() as session:
            mine = select(UserSession.id).where(UserSession.user_id == book.people["alex"])
            self.session_id: UUID = session.scalars(mine).one()

    def sit_down(self, role: Role | StaffRole) -> None:
        """The person of group 0 with this role, or one of the payer's staff."""
        groups: tuple[GroupChoice, ...] = ()
        if isinstance(role, StaffRole):
            actor = Actor(ActorKind.STAFF, self.book.people["alex"], "Staff", staff_roles=(role,))
        else:
            group = self.book.groups[0]
            actor = Actor(ActorKind.PROVIDER, self.book.people["alex"], "Alex Tester", ((group, role),), group)
            groups = (GroupChoice(group, "Group of Alex", role.value, is_current=True),)
        portal_of(self.app).recognise = lambda: SignedIn(actor, groups, self.session_id)
        self.client.get("/", base_url=self.address)
        with self.client.session_transaction(base_url=self.address) as kept:
            self.marks = {**kept, "csrf": TOKEN}  # what a first page notes, so that no later one asks it again

    def request(self, endpoint: str, method: str, named: Objects) -> tuple[str, dict[str, str] | None]:
        """The address, and a form with what such a form holds at least."""
        rule = next(one for one in self.app.url_map.iter_rules(endpoint) if method in (one.methods or ()))
        values = {name: address_of(endpoint, name, named) for name in rule.arguments}
        path = self.app.url_map.bind("localhost").build(endpoint, values, method=method)
        return path, {"csrf_token": TOKEN, **typed(endpoint, named)} if method != "GET" else None

    def ask(self, path: str, method: str, body: dict[str, str] | None) -> TestResponse:
        """The answer."""
        with self.client.session_transaction(base_url=self.address) as kept:
            kept.clear()  # no message of an earlier page
            kept.update(self.marks)
        return self.client.open(path, method=method, data=body, base_url=self.address)


@pytest.fixture
def asker(app: Flask, client: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Somebody at a keyboard in a tenant with three groups; what is asked leaves no trace."""
    book = open_casebook(app, client, "colorado")
    opened = client(book.slug)
    made = Asker(book, app, opened)
    monkeypatch.setattr(transaction, "_finish", lambda _: None)
    return made


@pytest.fixture
def named(asker: Asker, app: Flask, client: Callable[[str], FlaskClient]) -> dict[str, Objects]:
    """The objects of each relation."""
    return objects(asker.book, open_casebook(app, client, "west_virginia"))


def declared(app: Flask) -> Iterator[tuple[str, str]]:
    """Endpoint and method of every route that needs a signed-in person."""
    for route in routes(app):
        if route.rule is not None and route.rule.scope is Scope.TENANT:
            yield route.endpoint, route.method


def told(answer: TestResponse) -> tuple[int, str]:
    """Status and page, without the number that every error page has of its own."""
    return answer.status_code, _NUMBER_OF_ERROR.sub("", answer.get_data().decode(errors="replace"))


def test_every_route_has_a_verdict_and_every_verdict_a_route(app: Flask) -> None:
    routes = set(declared(app))
    assert {endpoint for endpoint, _ in routes} == {name for name in VERDICTS if ":" not in name}
    assert {name for name in VERDICTS if ":" in name} <= {f"{method}:{endpoint}" for endpoint, method in routes}


def test_every_address_names_something_the_world_knows(app: Flask, named: dict[str, Objects]) -> None:
    for endpoint, _ in declared(app):
        for rule in app.url_map.iter_rules(endpoint):
            assert rule.arguments <= set(named[MISSING]), f"{endpoint}: say in world.py what is meant"


@pytest.mark.parametrize("roles", [Role, StaffRole], ids=["providers", "staff"])
def test_every_route_answers_a_role_as_declared(
    app: Flask, asker: Asker, named: dict[str, Objects], roles: type[Role | StaffRole]
) -> None:
    wrong = [sentence for role in roles for sentence in told_otherwise(app, asker, named, role)]
    assert "\n".join(wrong) == ""


def told_otherwise(app: Flask, asker: Asker, named: dict[str, Objects], role: Role | StaffRole) -> Iterator[str]:
    """Where a role is answered otherwise than declared."""
    asker.sit_down(role)
    for endpoint, method in declared(app):
        answers = told_of_each(asker, endpoint, method, named)
        missing = answers[MISSING]
        for relation, answer in answers.items():
            expected = verdict(row_of(endpoint, method), role, relation)
            found = seen(answer, missing)
            if expected != found:
                yield f"{role}, {method} {endpoint}, {relation}: {expected} expected, {found} ({answer[0]}) found"


def row_of(endpoint: str, method: str) -> Row:
    """The line of this method, else the line of the route."""
    return VERDICTS.get(f"{method}:{endpoint}", VERDICTS[endpoint])


def told_of_each(asker: Asker, endpoint: str, method: str, named: dict[str, Objects]) -> dict[str, tuple[int, str]]:
    """What is told of the objects of each relation; what would be the same request word for word is asked once."""
    asked: dict[str, tuple[int, str]] = {}
    answers = {}
    for relation in RELATIONS:
        path, body = asker.request(endpoint, method, named[relation])
        words = f"{path} {body}"
        if words not in asked:
            asked[words] = told(asker.ask(path, method, body))
        answers[relation] = asked[words]
    return answers


def verdict(row: Row, role: Role | StaffRole, relation: str) -> str:
    """What is declared."""
    if role not in (row.roles if isinstance(role, Role) else row.staff):
        return "refused"
    belongs = "tenant's" if row.belongs == "group's" and isinstance(role, StaffRole) else row.belongs
    if belongs and relation != OWN and not (belongs == "tenant's" and relation == OTHER_GROUP):
        return "not there"  # the payer's staff work for every group of the tenant
    return "opens"


def seen(answer: tuple[int, str], missing: tuple[int, str]) -> str:
    """What an answer means; a foreign object is told in the very words of a missing one."""
    status = answer[0]
    if status == 404:
        return "not there" if answer == missing else "told apart from a missing one"
    if status == 403 or (status == 303 and any(f'href="{page}"' in answer[1] for page in ("/staff", "/console"))):
        return "refused"  # the payer's staff are sent to their own front page
    return "opens" if status < 500 and status not in (400, 401) else f"failed with {status}"


def test_nobody_gets_past_the_door(app: Flask, client: Callable[[str], FlaskClient]) -> None:
    asked = client("mississippi")
    address = f"http://{asked.environ_base['HTTP_HOST']}"
    for route in routes(app):
        if rule_of(app.view_functions[route.endpoint]) is not None and route.endpoint in VERDICTS:
            answer = asked.open(route.path, method=route.method, base_url=address)
            assert answer.status_code == 303, f"{route.method} {route.path}"
            assert answer.headers["Location"].startswith("/sign-in")
