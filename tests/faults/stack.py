"""The whole portal as real processes on a database of its own: what a test may kill, and a client that keeps a ledger.

Everything is started here and nothing outlives the ``with`` block.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from sqlalchemy import select

from app.accounts.models import ProviderGroup
from app.cases.models import Case
from app.directory.models import Member, MemberEligibility
from app.domain.access import Actor, ActorKind
from app.factory import create_app
from app.settings import Settings
from app.storage.db import Databases
from app.web.request import portal_of
from launch import postgres, valkey
from launch.children import Child, Children
from launch.demo import process_environment
from launch.postgres import free_port
from tenancy.loader import ContractShelf
from tenancy.vocabulary import Role
from tests.databases import Dsns, contract_slugs, provision
from tests.pages import Browser
from tests.people import Town, settle, sign_in
from tests.rooms.cases.people import World, a_complete_draft, some_codes

SLUG = "mississippi"
_SWEEP = "import app.worker as w; w.SWEEP_SECONDS = 1.0; w.main()"
_PASSWORD = "p" * 24


@dataclass
class Stack:
    """The running portal: its programs, its database, and a signed-in person's cookie."""

    children: Children
    home: Path
    database: postgres.Server
    dsns: Dsns
    settings: Settings
    redis: Child | None
    web: Child
    worker: Child
    world: World
    shelf: ContractShelf
    cookie: str
    token: str
    databases: Databases = field(repr=False)

    @property
    def host(self) -> str:
        """What a browser would ask for."""
        return f"{SLUG}.localhost:{self.settings.port}"

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        """One request on a connection of its own; raises OSError or HTTPException when the server dies under it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=20)
        headers = {"Host": self.host, "Cookie": self.cookie}
        body = None
        if form is not None:
            body = urlencode({**form, "csrf_token": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body=body, headers=headers)
            heard = connection.getresponse()
            return Answer(heard.status, dict(heard.getheaders()), heard.read().decode(errors="replace"))
        finally:
            connection.close()

    def draft(self) -> tuple[UUID, int]:
        """A new draft that lacks nothing but the disclaimer, and the version its page shows."""
        draft_id = a_complete_draft(self.databases, self.shelf.good[SLUG], self.world, now=datetime.now(UTC))
        with self.databases.app.session(SLUG) as session:
            return draft_id, session.scalars(select(Case.version).where(Case.id == draft_id)).one()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds, seen by its superuser; ``{s}`` is the tenant's schema."""
        with psycopg.connect(self.dsns.superuser) as connection:
            return connection.execute(query.format(s=f"t_{SLUG}").encode()).fetchall()

    def web_processes(self) -> list[int]:
        """The ids of the processes that answer requests."""
        return [pid for pid in _children_of(self.web.process.pid) if b"resource_tracker" not in _command(pid)]

    def wait_until_ready(self, seconds: float = 60.0) -> float:
        """Wait for the portal to say that it can serve; how many seconds that took.

        A web server that gave up on its dying processes is started again, as the launcher does.
        """
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if not self.web.is_alive:
                self.start_again(self.web)
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/readyz").status == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(f"the portal is not ready after {seconds} s: {self.web.last_words()}")

    def start_again(self, child: Child) -> None:
        """Kill the program and its group without a word, and start it again."""
        child.early_ends = 0
        child.restart()

    def messages(self) -> list[tuple[str, str]]:
        """Message-ID and Case ID of every message the mail server took, as often as it took it."""
        found = []
        for file in sorted((self.home / "mail").glob("*.eml")):
            text = file.read_text(errors="replace")
            mark, number = re.search(r"(?im)^message-id:\s*<([^>]+)>", text), re.search(r"\b\d{9}\b", text)
            if mark and number:
                found.append((mark[1], number[0]))
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass
class Ledger:
    """What one crowd of clients was told: which draft became which case."""

    stack: Stack
    drafts: list[tuple[UUID, int]]
    pause: Callable[[int], None] = lambda _done: None
    told: dict[UUID, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    broken: int = 0
    away: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit_all(self) -> None:
        """Submit drafts until none is left; the same form again after every answer that is no acknowledgement."""
        while (draft := self._next()) is not None:
            self.pause(len(self.told))
            draft_id, version = draft
            form = {"submission_key": f"key-{draft_id}", "version": str(version), "accepted": "yes"}
            limit = time.monotonic() + 120
            while not self._is_told(draft_id, form):
                if time.monotonic() > limit:
                    self.odd.append(f"{draft_id} was never answered")
                    break
                time.sleep(0.05)

    def _next(self) -> tuple[UUID, int] | None:
        with self.lock:
            return self.drafts.pop() if self.drafts else None

    def _is_told(self, draft_id: UUID, form: Mapping[str, str]) -> bool:
        try:
            answer = self.stack.ask("POST", f"/drafts/{draft_id}/submit", form)
        except (OSError, http.client.HTTPException):
            self.broken += 1
            return False
        place = re.fullmatch(r"/cases/(\d{9})\?submitted=", answer.headers.get("location", ""))
        if answer.status == 303 and place:
            self.told[draft_id] = place[1]
            return True
        if answer.status == 503 and int(answer.headers.get("retry-after", "0")) > 0:
            self.away += 1
        else:
            self.odd.append(f"{answer.status} {answer.headers.get('location', '')}")
        return False


@contextlib.contextmanager
def running(home: Path, shelf: ContractShelf, *, with_redis: bool) -> Iterator[Stack]:
    """The portal's processes over a fresh database that flushes as in production."""
    with Children() as children:
        server = postgres.start(children, home, password=_PASSWORD)
        dsns = provision(server.dsn, server.dsn.rpartition("/")[2], contract_slugs())
        mail_port = free_port()
        sink = [sys.executable, "-m", "launch.mailsink", str(home / "mail"), str(home / "mail.port"), str(mail_port)]
        children.start("mail", sink, log=home / "log" / "mail.log")
        redis_url = valkey.start_own(children, home, password=_PASSWORD) if with_redis else None
        redis = children._children[-1] if redis_url else None
        told = _environment(home, dsns, mail_port, redis_url)
        settings = Settings.from_env(told)
        with _prepared(settings, shelf) as (databases, world, cookie, token):
            environment = process_environment(told)
            command = [sys.executable, "-c", _SWEEP]
            worker = children.start("worker", command, log=home / "log" / "worker.log", env=environment)
            web = children.start("web", _web(settings.port), log=home / "log" / "web.log", env=environment)
            stack = Stack(
                children, home, server, dsns, settings, redis, web, worker, world, shelf, cookie, token, databases
            )
            stack.wait_until_ready()
            yield stack
        children.stop()
        postgres.remove_cluster(home)


def _web(port: int) -> list[str]:
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--http", "1"]
    sizes = ["--workers", "2", "--blocking-threads", "3", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    return [sys.executable, "-m", "granian", *options, *sizes, "app.wsgi:application"]


def _environment(home: Path, dsns: Dsns, mail_port: int, redis_url: str | None) -> dict[str, str]:
    told = {
        "CHARTER_DSN_APP": dsns.app,
        "CHARTER_DSN_CONTROL": dsns.control,
        "CHARTER_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
        "CHARTER_SECRET_KEY": "s" * 40,
        "CHARTER_FILES_DIR": str(home / "files"),
        "CHARTER_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "CHARTER_PORT": str(free_port()),
    }
    return told | ({"REDIS_URL": redis_url} if redis_url else {})


@contextlib.contextmanager
def _prepared(settings: Settings, shelf: ContractShelf) -> Iterator[tuple[Databases, World, str, str]]:
    """People, a member and a session of the first person, made through the portal's own code in this process."""
    app = create_app(settings, shelf)
    app.testing = True
    portal = portal_of(app)
    now = datetime.now(UTC)
    with portal.databases.control.session() as control:
        some_codes(control)
    town = settle(app, SLUG, now=now)
    client = app.test_client()
    host = settings.host(shelf.good[SLUG].contract.identity.subdomain)
    client.environ_base["HTTP_HOST"] = f"{host}:{settings.port}"
    browser = Browser(client)
    app.config["CLOCK"] = lambda: datetime.now(UTC)
    sign_in(browser, town.admin, now=datetime.now(UTC))
    cookie = SimpleCookie()
    for one in (client._cookies or {}).values():
        cookie[one.key] = one.value
    yield portal.databases, _world(portal.databases, town), cookie.output(header="", sep=";").strip(), browser.token
    portal.databases.close()


def _world(databases: Databases, town: Town) -> World:
    with databases.app.session(SLUG) as session:
        group = session.scalars(select(ProviderGroup).where(ProviderGroup.id.in_(town.admin.group_ids))).first()
        member = session.scalars(select(Member.id).join(MemberEligibility)).first()
    assert group is not None
    assert member is not None
    roles = ((group.id, Role.GROUP_ADMIN),)
    actor = Actor(ActorKind.PROVIDER, town.admin.user_id, town.admin.name, roles, group.id)
    provider = group.provider_id
    return World(group.id, group.id, provider, provider, member, actor, actor, actor)


def _children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.parent.name))
    return sorted(found)


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def kill(pid: int) -> None:
    """End a process without a word."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
