"""How quick the sign-in page is for 10 people at once, and how soon somebody deactivated is out everywhere.

The server is the demo's: granian with two workers of three threads, and PostgreSQL that flushes. The page is compared
with the health answer of the same run, which opens no session and draws nothing. Then an administrator deactivates
leavers at the setup page, one after another, while each of them asks for pages in four sessions without a pause; the
time runs from sending the administrator's form to the last page that still opened.
Limits: p95 of the sign-in page 100 ms; deactivation in force after 5 s.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts import terms
from app.accounts.models import Membership, UserAccount, UserSession
from app.accounts.secrets import new_token, token_hash
from app.domain.access import SYSTEM
from app.factory import create_app
from app.settings import Settings
from app.web.request import portal_of
from bench._clinic import PORT_HOST, SLUG, Clinic, serve, session_headers
from launch import postgres
from launch.children import Children
from tenancy.vocabulary import Role
from tests.databases import Clone
from tests.people import settle

P95_LIMIT_MS, CUT_LIMIT_S = 100.0, 5.0
ROUNDS = 3
SESSIONS = 4
SEEN_OUT = 20
PAGE, HEALTH = "/sign-in", "/healthz"
TOKEN = "c" * 43


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who will be deactivated, and the head of the requests of each session."""

    user_id: UUID
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """A tenant with an administrator and leavers, and how its server is told where it runs."""

    clinic: Clinic
    host: str
    admin: str
    leavers: tuple[Leaver, ...]


def main() -> None:
    """Measure on a server of its own and print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each page in each round")
    parser.add_argument("--leavers", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        home = Path(folder)
        server = postgres.start(children, home, password=secrets.token_urlsafe(24))
        clone = Clone.made(server.dsn, "bench_sign_in")
        try:
            office = _open(clone, home, leavers=asked.leavers)
            port = serve(children, office.clinic, home)
            times = asyncio.run(_pages(office, port, people=asked.people, seconds=asked.seconds))
            cuts = [asyncio.run(_cut(office, leaver, port)) for leaver in office.leavers]
        finally:
            postgres.remove_cluster(home)
    if not _report(times, cuts, asked):
        sys.exit(1)


def _open(clone: Clone, home: Path, *, leavers: int) -> Office:
    told = {
        "CHARTER_DSN_APP": clone.dsns.app,
        "CHARTER_DSN_CONTROL": clone.dsns.control,
        "CHARTER_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        "CHARTER_SECRET_KEY": os.urandom(32).hex(),
        "CHARTER_FILES_DIR": str(home / "files"),
        "CHARTER_SMTP_URL": "smtp://127.0.0.1:9",
        "CHARTER_PORT": str(postgres.free_port()),
    }
    app, now = create_app(Settings.from_env(told)), datetime.now(UTC)
    portal = portal_of(app)
    with closing(portal.databases):
        town = settle(app, SLUG, now=now)
        with portal.databases.app.session(SLUG) as session:
            group = town.admin.group_ids[0]
            gone = tuple(_leaver(session, app, group, number, now) for number in range(leavers))
            admin = _session(session, app, town.admin.user_id, group, now)
            session.commit()
    host = f"{portal.tenants[SLUG].contract.identity.subdomain}.localhost:{told['CHARTER_PORT']}"
    return Office(Clinic((), {}, told), host, admin, gone)


def _leaver(session: Session, app: Flask, group: UUID, number: int, now: datetime) -> Leaver:
    name = f"leaver{number}"
    user = UserAccount(
        id=uuid4(), username=name, username_key=name, email=f"{name}@clinic.example", first_name="Leaver",
        last_name=str(number), created_at=now, enrolled_at=now, email_verified_at=now, email_is_factor=True,
    )  # fmt: skip
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, group_id=group, role=Role.STAFF.value, created_at=now))
    terms.agree(session, portal_of(app).tenants[SLUG].contract, user.id, actor=SYSTEM, now=now)
    return Leaver(user.id, tuple(_session(session, app, user.id, group, now) for _ in range(SESSIONS)))


def _session(session: Session, app: Flask, user_id: UUID, group: UUID, now: datetime) -> str:
    token = new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token), user_id=user_id, stage="full", group_id=group, created_at=now,
            expires_at=now + timedelta(hours=8),
        )
    )  # fmt: skip
    session.flush()
    return session_headers(app, token, now)


async def _pages(office: Office, port: int, *, people: int, seconds: float) -> Mapping[str, list[float]]:
    """The page and the health answer in turn, so that what else the machine does falls on both."""
    times: dict[str, list[float]] = {PAGE: [], HEALTH: []}
    for turn in range(ROUNDS + 1):
        for path, found in times.items():
            until = time.perf_counter() + (seconds if turn else min(2.0, seconds))
            visitors = [_visitor(office, path, port, until) for _ in range(people)]
            took = await asyncio.gather(*visitors)
            found += [one for times_of_one in took for one in times_of_one if turn]
    return times


async def _visitor(office: Office, path: str, port: int, until: float) -> list[float]:
    """The times, in seconds, of one address over one connection."""
    reader, writer = await asyncio.open_connection(PORT_HOST, port)
    times = []
    while (began := time.perf_counter()) < until:
        status = await _ask(reader, writer, f"GET {path} HTTP/1.1\r\nHost: {office.host}\r\n\r\n")
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        times.append(time.perf_counter() - began)
    writer.close()
    return times


async def _cut(office: Office, leaver: Leaver, port: int) -> float:
    """Seconds from the administrator's form to the last page of the leaver that still opened; 0 when none did."""
    opened = [asyncio.create_task(_leave(head, port)) for head in leaver.sessions]
    await asyncio.sleep(0.3)
    reader, writer = await asyncio.open_connection(PORT_HOST, port)
    body, began = f"csrf_token={TOKEN}", time.perf_counter()
    head = f"{office.admin}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    status = await _ask(reader, writer, f"POST /setup/users/{leaver.user_id}/deactivate HTTP/1.1\r\n{head}{body}")
    if status != 303:
        raise SystemExit(f"deactivating answered {status}")
    writer.close()
    last = [one for found in await asyncio.gather(*opened) for one in found]
    if not last:
        raise SystemExit("the leaver was never in")
    return max(0.0, max(last) - began)


async def _leave(head: str, port: int) -> list[float]:
    """When each page that opened had come, until the session has been refused several times in a row."""
    reader, writer = await asyncio.open_connection(PORT_HOST, port)
    opened, refused, limit = [], 0, time.perf_counter() + 4 * CUT_LIMIT_S
    while refused < SEEN_OUT and time.perf_counter() < limit:
        status = await _ask(reader, writer, f"GET /profile HTTP/1.1\r\n{head}\r\n")
        if status == 200:
            opened.append(time.perf_counter())
        refused = 0 if status == 200 else refused + 1
    writer.close()
    return opened


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: str) -> int:
    """The status of an answer, which is read to its end."""
    writer.write(request.encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    lines = head.split(b"\r\n")
    await reader.readexactly(
        next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
    )
    return int(lines[0].split()[1])


def _report(times: Mapping[str, list[float]], cuts: list[float], asked: argparse.Namespace) -> bool:
    """Print the figures; whether both limits are kept."""
    medians = {path: statistics.median(found) * 1000 for path, found in times.items()}
    p95 = {path: statistics.quantiles(found, n=20)[-1] * 1000 for path, found in times.items()}
    for path, found in times.items():
        print(f"{path:>9}: {len(found)} answers, median {medians[path]:.1f} ms, p95 {p95[path]:.1f} ms")
    print(
        f"sign-in page, {asked.people} at once: p95 {p95[PAGE]:.0f} ms (limit {P95_LIMIT_MS:.0f}), "
        f"median {medians[PAGE] / medians[HEALTH]:.2f} × the health answer's"
    )
    longest = max(cuts)
    print(
        f"deactivation, {len(cuts)} people in {SESSIONS} sessions each: in force after {statistics.median(cuts):.2f} s "
        f"(median), {longest:.2f} s (longest; limit {CUT_LIMIT_S:.0f}), {longest / CUT_LIMIT_S:.2f} × the limit"
    )
    return p95[PAGE] <= P95_LIMIT_MS and longest <= CUT_LIMIT_S


if __name__ == "__main__":
    main()
