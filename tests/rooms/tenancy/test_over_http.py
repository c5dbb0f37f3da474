"""Proofs 2, 3 and 4 over HTTP, walking the routes there are: they grow with every page and every table."""

from __future__ import annotations

import io
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import worker
from app.domain.access import Actor, ActorKind
from app.factory import create_app
from app.settings import Settings
from app.storage.metadata import tenant_metadata
from app.web.access import Scope, rule_of
from app.web.request import GroupChoice, SignedIn, portal_of
from tenancy.isolation import schema_of
from tenancy.loader import ContractShelf
from tenancy.vocabulary import Role
from tests.databases import Clone, contract_slugs
from tests.people import Town, settle
from tests.rooms.tenancy.proofs import World, flush_statistics, plant_canaries, settled

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass
class Doors:
    """The application with our tenant in use and canaries in theirs; everything it says is kept."""

    app: Flask
    world: World
    town: Town
    client: FlaskClient
    address: str
    said: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> TestResponse:
        """Ask at our own host, signed in as our administrator, with a token that is accepted."""
        with self.client.session_transaction(base_url=self.address) as cookie:
            cookie["csrf"] = "t" * 32
        data = {"csrf_token": "t" * 32, **form} if form is not None else None
        answer = self.client.open(path, method=method, data=data, base_url=self.address)
        body = answer.get_data().decode(errors="replace")  # a page, or a file
        self.said.append(f"{method} {path} {answer.status_code} {answer.headers}\n{body}")
        return answer


@pytest.fixture(scope="module")
def doors(database_server: str, shelf: ContractShelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    clone = Clone.made(database_server, "doors")
    home = tmp_path_factory.mktemp("doors")
    app = create_app(_settings(clone, home), shelf, clock=lambda: NOW)
    ours, theirs = contract_slugs()[:2]
    town = settle(app, ours, now=NOW)
    portal = portal_of(app)
    world = World(databases=portal.databases, superuser=clone.dsns.superuser, ours=ours, theirs=theirs)
    plant_canaries(world, theirs)
    _be_signed_in(app, town)
    address = portal.settings.url(shelf.good[ours].contract.identity.subdomain)
    yield Doors(app, world, town, app.test_client(), address)
    portal.databases.close()
    clone.drop()


def _settings(clone: Clone, home: Path) -> Settings:
    return Settings.from_env(
        {
            "CHARTER_DSN_APP": clone.dsns.app,
            "CHARTER_DSN_CONTROL": clone.dsns.control,
            "CHARTER_MASTER_KEY": "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=",
            "CHARTER_SECRET_KEY": "s" * 40,
            "CHARTER_FILES_DIR": str(home / "files"),
            "CHARTER_SMTP_URL": "smtp://127.0.0.1:1",
        }
    )


def _be_signed_in(app: Flask, town: Town) -> None:
    """Our administrator is at the keyboard, however people are recognised."""
    user = town.admin
    roles = tuple((group_id, Role.GROUP_ADMIN) for group_id in user.group_ids)
    actor = Actor(ActorKind.PROVIDER, user.user_id, user.name, roles, user.group_ids[0])
    groups = tuple(
        GroupChoice(group_id, name, Role.GROUP_ADMIN.value, is_current=group_id == user.group_ids[0])
        for group_id, name in zip(user.group_ids, user.groups, strict=True)
    )
    portal_of(app).recognise = lambda: SignedIn(actor, groups, uuid.uuid4())


def rules_of(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=str)


def values_of(world: World, slug: str) -> dict[str, list[str]]:
    """The keys and some texts of a tenant's rows, to be replayed as parts of addresses and as fields."""
    found: dict[str, list[str]] = {"uuid": [], "text": []}
    with world.databases.app.session(slug) as session:
        for table in tenant_metadata().sorted_tables:
            row: Mapping[str, object] = session.execute(select(table).limit(1)).mappings().first() or {}  # type: ignore[assignment]
            found["uuid"] += [
                str(value) for name, value in row.items() if name == "id" and isinstance(value, uuid.UUID)
            ]
            found["text"] += [value for value in row.values() if isinstance(value, str)][:1]
    return found


def paths(rule: Rule, values: dict[str, list[str]], most: int = 20) -> Iterator[str]:
    """Addresses of a rule with each of the values in every place that takes one."""
    if not rule.arguments:
        yield str(rule)
        return
    kinds = set(re.findall(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", str(rule)))
    pool = values["uuid"] if "uuid" in kinds else values["text"]
    for value in pool[:most]:
        yield re.sub(r"<[^>]+>", value, str(rule))


# ------------------------------------------------------------------ 2


def test_every_route_says_who_may_open_it(doors: Doors) -> None:
    undeclared = [str(rule) for rule in rules_of(doors.app) if rule_of(doors.app.view_functions[rule.endpoint]) is None]
    assert undeclared == []
    assert len(rules_of(doors.app)) > 5


def test_only_a_few_routes_belong_to_no_tenant(doors: Doors) -> None:
    control = {str(rule) for rule in rules_of(doors.app) if _scope(doors.app, rule) is Scope.CONTROL}
    assert control <= {"/static/<path:filename>", "/healthz", "/readyz"}


def _scope(app: Flask, rule: Rule) -> Scope | None:
    declared = rule_of(app.view_functions[rule.endpoint])
    return declared.scope if declared else None


def test_a_route_that_says_nothing_is_not_served(doors: Doors) -> None:
    def undeclared() -> str:
        return "served"

    with doors.app.test_request_context("/"):
        doors.app.view_functions["undeclared"] = undeclared
    made = Rule("/undeclared", endpoint="undeclared")
    doors.app.url_map.add(made)
    try:
        doors.app.config["PROPAGATE_EXCEPTIONS"] = False
        answer = doors.ask("GET", "/undeclared")
        assert answer.status_code == 500
        assert "served" not in answer.get_data(as_text=True)
    finally:
        doors.app.url_map._rules.remove(made)
        doors.app.url_map._rules_by_endpoint.pop("undeclared")
        doors.app.view_functions.pop("undeclared")


# ------------------------------------------------------------------ 3 and 4


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_no_answer_log_mail_job_or_file_of_ours_ever_holds_a_canary_of_theirs(
    doors: Doors, shelf: ContractShelf, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = f"canary-{doors.world.theirs}-"
    doors.app.config["PROPAGATE_EXCEPTIONS"] = False
    own, foreign = values_of(doors.world, doors.world.ours), values_of(doors.world, doors.world.theirs)
    assert any(canary in value for value in foreign["text"])
    flush_statistics(doors.world.databases.app)
    before = _tables(doors)
    for rule in rules_of(doors.app):
        for values in (own, _ids_only(foreign)):
            for path in paths(rule, values):
                _ask_all(doors, rule, path, values)
    _drain(doors, shelf)
    assert sum(" 200 " in line.split("\n")[0] for line in doors.said) > 10
    told = "\n".join(doors.said) + logged.getvalue() + "".join(capfd.readouterr())
    assert canary not in told
    assert canary not in _all_text_of(doors.world, doors.world.ours)
    stored = portal_of(doors.app).settings.files_dir
    assert not any(canary.encode() in path.read_bytes() for path in stored.rglob("*") if path.is_file())
    flush_statistics(doors.world.databases.app)
    assert _tables(doors) == before


def _tables(doors: Doors) -> dict[str, tuple[int, ...]]:
    """Their tables' counts; the revision of every schema is read to answer whether the portal is ready."""
    counts = settled(doors.world, doors.world.theirs)
    counts.pop("alembic_version")
    return counts


def _ids_only(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Their ids. Their texts would be echoed by a search page, which tells nothing about a leak."""
    return {"uuid": values["uuid"], "text": values["uuid"]}


def _ask_all(doors: Doors, rule: Rule, path: str, values: dict[str, list[str]]) -> None:
    methods = rule.methods or set()
    if "GET" in methods:
        doors.ask("GET", path)
    for method in sorted(methods & UNSAFE):
        doors.ask(method, path, dict.fromkeys(_field_names(), values["uuid"][0]))


@cache
def _field_names() -> list[str]:
    """Names of columns that hold ids, as fields a forged form would send."""
    columns = [column.name for table in tenant_metadata().sorted_tables for column in table.columns]
    return sorted({name for name in columns if name.endswith("_id")} | {"id", "q", "search", "query"})


def _drain(doors: Doors, shelf: ContractShelf) -> None:
    portal = portal_of(doors.app)
    works = worker.Works(
        databases=portal.databases, contracts={doors.world.ours: shelf.good[doors.world.ours]}, handlers={}
    )
    works.sweep()


def _all_text_of(world: World, slug: str) -> str:
    with world.databases.app.session(slug) as session:
        rows = [session.execute(select(table)).all() for table in tenant_metadata().sorted_tables]
    return repr(rows)


def test_an_object_of_theirs_is_as_missing_as_one_that_never_was(doors: Doors) -> None:
    doors.app.config["PROPAGATE_EXCEPTIONS"] = False
    doors.client = doors.app.test_client()  # without what earlier acts still have to say
    foreign = values_of(doors.world, doors.world.theirs)["uuid"]
    different = []
    for rule in rules_of(doors.app):
        if "GET" not in (rule.methods or set()) or "<uuid:" not in str(rule) or rule.endpoint == "static":
            continue
        missing = _shape(doors.ask("GET", re.sub(r"<[^>]+>", str(uuid.UUID(int=0)), str(rule))))
        for value in foreign:
            answer = _shape(doors.ask("GET", re.sub(r"<[^>]+>", value, str(rule))))
            if answer != missing or answer[0] < 400:
                lines = unified_diff(missing[1].splitlines(), answer[1].splitlines(), n=0, lineterm="")
                different.append((str(rule), answer[0], missing[0], list(lines)))
    assert different == []


def _shape(answer: TestResponse) -> tuple[int, str]:
    """Status and page without what is new in every answer: ids, nonces, tokens."""
    page = re.sub(r"40\d-[0-9a-f]{12}", "NUMBER OF THIS ANSWER", answer.get_data(as_text=True))
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", page)
    return answer.status_code, re.sub(r'(nonce|value|content)="[^"]*"', r'\1=""', page)


def test_their_host_with_our_cookie_shows_nothing_of_either(doors: Doors, shelf: ContractShelf) -> None:
    """The person is ours: at their host whoever recognises people must not know the session (S6)."""
    portal = portal_of(doors.app)
    address = portal.settings.url(shelf.good[doors.world.theirs].contract.identity.subdomain)
    fresh = create_app(portal.settings, shelf, clock=lambda: NOW)
    client = fresh.test_client()
    with client.session_transaction(base_url=doors.address) as cookie:
        cookie["session"] = "made up"
    answer = client.get("/", base_url=address)
    assert answer.status_code in (302, 303)
    portal_of(fresh).databases.close()


def test_the_canaries_are_really_there(doors: Doors) -> None:
    with doors.world.outside() as connection:
        row = connection.execute(
            f'SELECT count(*) FROM "{schema_of(doors.world.theirs)}".audit_event'.encode()
        ).fetchone()
    assert row is not None
    assert row[0] >= 1
    with doors.world.databases.app.session(doors.world.theirs) as session:
        assert "canary" in session.execute(text("SELECT action FROM audit_event LIMIT 1")).scalar_one()
