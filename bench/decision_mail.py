"""How long from a committed decision to its e-mail at the mail server, with Redis and without.

The worker is a process of its own with its real pause of 30 seconds between sweeps; the mail server is the demo's.
Limits: 10 seconds with Redis, 40 seconds without, for the slowest of the decisions.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from app.cases.models import Case, Request
from app.cases.submission import Confirmed, submit_case
from app.domain.access import Actor, ActorKind, StaffRole
from app.reviews.determinations import LineDecision, record_determination
from app.storage.db import Databases
from app.storage.wake import Waker
from launch import postgres, valkey
from launch.children import Children
from launch.demo import process_environment
from launch.places import ROOT
from tenancy.loader import LoadedContract, load_contract
from tenancy.scope import ControlDatabase, TenantDatabase
from tenancy.vocabulary import Decision
from tests.databases import Clone, Dsns
from tests.rooms.cases.people import World, a_complete_draft, a_world, some_codes

SLUG = "mississippi"
LIMIT_WITH, LIMIT_WITHOUT = 10.0, 40.0
GIVEN_UP = 120.0


def main() -> None:
    """Decide one request after another, with Redis and then without; print the slowest of each."""
    asked = _arguments()
    kept = True
    for redis, count, limit in ((True, asked.decisions, LIMIT_WITH), (False, asked.without, LIMIT_WITHOUT)):
        taken = _measure(count, with_redis=redis)
        kept &= max(taken) <= limit
        print(
            f"{'with' if redis else 'without'} Redis: {count} decisions, slowest {max(taken):.1f} s, "
            f"quickest {min(taken):.1f} s (limit {limit:.0f} s)"
        )
    if not kept:
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=10)
    parser.add_argument("--without", type=int, default=3, help="decisions without Redis; each may take a sweep")
    return parser.parse_args()


def _measure(count: int, *, with_redis: bool) -> list[float]:
    """Seconds from commit to mail of each decision, on servers of their own."""
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        home = Path(folder)
        server = postgres.start(children, home, password=secrets.token_urlsafe(24))
        clone = Clone.made(server.dsn, "bench_mail")
        try:
            redis = valkey.start_own(children, home / "valkey", password=secrets.token_hex(8)) if with_redis else None
            mailbox = _start(children, clone.dsns, home, redis)
            return _decided(clone.dsns, mailbox, Waker(redis), count)
        finally:
            postgres.remove_cluster(home)


def _start(children: Children, dsns: Dsns, home: Path, redis: str | None) -> Path:
    """The mail server and the worker; the folder every mail lands in."""
    port, mailbox = home / "mail-port", home / "messages"
    children.start(
        "mail", [sys.executable, "-m", "launch.mailsink", str(mailbox), str(port)], log=home / "mail.log",
        env=process_environment({}),
    )  # fmt: skip
    _until(port.exists)
    told = {
        "CHARTER_DSN_APP": dsns.app,
        "CHARTER_DSN_CONTROL": dsns.control,
        "CHARTER_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        "CHARTER_SECRET_KEY": os.urandom(32).hex(),
        "CHARTER_FILES_DIR": str(home / "files"),
        "CHARTER_SMTP_URL": f"smtp://127.0.0.1:{port.read_text()}",
        **({"REDIS_URL": redis} if redis else {}),
    }
    children.start(
        "worker", [sys.executable, "-m", "app.worker"], log=home / "worker.log", env=process_environment(told)
    )
    return mailbox


def _decided(dsns: Dsns, mailbox: Path, waker: Waker, count: int) -> list[float]:
    databases = Databases(app=TenantDatabase(dsns.app), control=ControlDatabase(dsns.control))
    loaded = load_contract(ROOT / "contracts" / f"{SLUG}.yaml")
    nurse = Actor(ActorKind.STAFF, uuid4(), "Nora Nurse", staff_roles=(StaffRole.REVIEWER_NURSE,))
    with databases.control.session() as control:
        some_codes(control)
    with databases.app.session(SLUG) as session:
        world = a_world(session)
    sent = [_submitted(databases, loaded, world) for _ in range(count)]
    _until(lambda: _arrived(mailbox) == count)
    taken = []
    for place, request_id in enumerate(sent, start=1):
        _approve(databases, loaded, request_id, nurse)
        began = time.perf_counter()
        waker.wake(SLUG)
        _until(lambda place=place: _arrived(mailbox) == count + place)  # type: ignore[misc]
        taken.append(time.perf_counter() - began)
    databases.close()
    return taken


def _submitted(databases: Databases, loaded: LoadedContract, world: World) -> UUID:
    at = datetime.now(UTC)
    draft_id = a_complete_draft(databases, loaded, world, now=at)
    with databases.app.session(SLUG) as session, databases.control.session() as control:
        confirmed = Confirmed(str(uuid4()), session.get_one(Case, draft_id).version, accepted=True)
        submit_case(session, control, loaded, draft_id, confirmed, actor=world.actor, now=at)
        session.commit()
        return session.scalars(select(Request.id).filter_by(case_id=draft_id)).one()


def _approve(databases: Databases, loaded: LoadedContract, request_id: UUID, nurse: Actor) -> None:
    with databases.app.session(SLUG) as session:
        request = session.get_one(Request, request_id)
        wanted = [LineDecision(line.id, Decision.APPROVE, "criteria_met") for line in request.lines]
        version = request.review_version
        record_determination(
            session, loaded, request_id, wanted, version=version, actor=nurse, now=datetime.now(UTC)
        )  # fmt: skip
        session.commit()


def _arrived(mailbox: Path) -> int:
    return len(list(mailbox.glob("*.eml")))


def _until(what: Callable[[], bool]) -> None:
    limit = time.monotonic() + GIVEN_UP
    while not what():
        if time.monotonic() > limit:
            raise SystemExit("the mail did not come")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
