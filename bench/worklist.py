"""The worklist of a tenant with 100,000 open requests: every tab, filter and page of it as its address is answered.

The page is asked of the application itself, signed in as a nurse and as a supervisor, on a real server: the queries,
the trail's event and the drawing are in the time, the network is not. Limit: p95 of each kind of page 300 ms.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from flask.testing import FlaskClient

from app.domain.access import Actor, ActorKind, StaffRole
from app.factory import create_app
from app.settings import Settings
from app.web.request import SignedIn, portal_of
from bench._clinic import told_to_the_server
from launch import postgres
from launch.children import Children
from tenancy.isolation import schema_of
from tests.databases import Clone, Dsns

SLUG = "mississippi"
LIMIT_MS = 300.0
MINE, PINNED = 400, 60
FILL = """
CREATE TEMPORARY TABLE made AS
  SELECT gen_random_uuid() AS case_id, gen_random_uuid() AS request_id, n, random() AS chance,
         now() - (n * 1209600.0 / {count}) * interval '1 second' AS sent_at
    FROM generate_series(1, {count}) AS n;
CREATE TEMPORARY TABLE people AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20000) AS n;
INSERT INTO member (id, member_number, member_number_key, first_name, last_name, last_name_key, last_name_parts, sex,
                    birth_date, created_at, is_temporary, {blank})
  SELECT id, 'B' || n, 'b' || n, 'First', 'Last' || n % 900, 'last' || n % 900, ARRAY['last' || n % 900], 'female',
         date '1940-01-01' + (n % 25000), now(), false, {blanks} FROM people;
INSERT INTO "case" (id, number, category, status, group_id, member_id, created_by, created_by_name, created_at,
                    modified_by, modified_by_name, modified_at, submitted_at, release, version)
  SELECT case_id, 'B' || made.n, CASE WHEN made.n % 3 = 0 THEN 'inpatient' ELSE 'outpatient' END, 'submitted',
         '{group}', people.id, '{group}', 'S', sent_at, '{group}', 'S', sent_at, sent_at, 'r', 1
    FROM made JOIN people ON people.n = 1 + made.n % 20000;
INSERT INTO request (id, case_id, sequence, status, urgency, service_type, level, submitted_at, due_at, routed_at,
                     assigned_to, assigned_name)
  SELECT request_id, case_id, 1,
         CASE WHEN chance < 0.05 THEN 'information_requested' WHEN chance < 0.4 THEN 'in_review' ELSE 'submitted' END,
         CASE WHEN n % 20 = 0 THEN 'expedited' ELSE 'standard' END,
         (ARRAY['home_health', 'hospice', 'outpatient_surgery', 'diabetic_care'])[1 + n % 4],
         CASE WHEN n % 6 = 0 THEN 'physician' ELSE 'nurse' END, sent_at,
         CASE WHEN chance < 0.03 THEN NULL ELSE sent_at + interval '13 days 18 hours' END, sent_at,
         CASE WHEN n % ({count} / {mine}) = 0 THEN '{nurse}'::uuid WHEN chance < 0.4 THEN '{group}'::uuid END,
         CASE WHEN n % ({count} / {mine}) = 0 THEN 'Nora' WHEN chance < 0.4 THEN 'Ned' END
    FROM made;
INSERT INTO review_pin (id, user_id, request_id, pinned_at)
  SELECT gen_random_uuid(), '{nurse}', request_id, now() FROM made WHERE n % ({count} / {pinned}) = 0;
INSERT INTO review_seen (id, user_id, request_id, seen_version, seen_at)
  SELECT gen_random_uuid(), '{nurse}', request_id, 1, now() FROM made WHERE n % 10 = 0
"""
BLANK = (
    "prefix", "middle_name", "suffix", "language", "address_1", "address_2", "city", "county", "state", "postal_code",
    "country", "phone", "email", "subscriber_number",
)  # fmt: skip
PAGES = {
    **{view: f"view={view}" for view in ("all", "mine", "unassigned", "due_soon", "overdue")},
    **{view: f"view={view}" for view in ("waiting", "unread", "pinned")},
    "level": "level=physician",
    "status": "status=information_requested",
    "urgency": "urgency=expedited",
    "category": "category=inpatient",
    "service": "service_type=hospice",
    "all filters": "level=nurse&status=in_review&urgency=standard&category=outpatient&service_type=diabetic_care",
    "Case ID": "text=B4711",
    "member number": "text=b15000",
    "last name": "text=Last77",
    "nobody's name": "text=Nobody",
    "page 2": "page=2",
    "page 100": "page=100",
    "last page": "page={last}",
    "100 rows": "size=100",
}


def main() -> None:
    """Fill a database of its own, ask for every kind of page in turn, print p95 of each."""
    asked = _arguments()
    nurse = Actor(ActorKind.STAFF, uuid4(), "Nora", staff_roles=(StaffRole.REVIEWER_NURSE, StaffRole.SUPERVISOR))
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        server = postgres.start(children, Path(folder), password=secrets.token_urlsafe(24))
        clone = Clone.made(server.dsn, "bench_worklist")
        try:
            _fill(clone.dsns, asked.requests, nurse.user_id or uuid4())
            times = _measure(_client(clone.dsns, Path(folder), nurse), asked)
        finally:
            clone.drop()
            postgres.remove_cluster(Path(folder))
    if not _report(times, asked.requests):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    return parser.parse_args()


def _fill(dsns: Dsns, count: int, nurse: UUID) -> None:
    with psycopg.connect(dsns.superuser, autocommit=True) as plain:
        plain.execute(f'SET search_path TO "{schema_of(SLUG)}"'.encode())
        plain.execute("SET session_replication_role = replica")
        told = {"count": count, "group": uuid4(), "nurse": nurse, "mine": MINE, "pinned": PINNED}
        blank = {"blank": ", ".join(BLANK), "blanks": ", ".join(["''"] * len(BLANK))}
        plain.execute(FILL.format(**told, **blank).encode())
        plain.execute("VACUUM ANALYZE")  # what the server does by itself, some minutes later


def _client(dsns: Dsns, folder: Path, who: Actor) -> FlaskClient:
    """Somebody of the staff at the tenant's own host."""
    app = create_app(Settings.from_env(told_to_the_server(dsns, folder, 8000)))
    portal = portal_of(app)
    portal.recognise = lambda: SignedIn(who, (), uuid4())
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = f"{portal.tenants[SLUG].contract.identity.subdomain}.localhost:8000"
    return client


def _measure(client: FlaskClient, asked: argparse.Namespace) -> Mapping[str, list[float]]:
    """The pages in turn, many rounds, so that what else the machine does falls on all of them."""
    base = f"http://{client.environ_base['HTTP_HOST']}"
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(-2, asked.rounds):
        for name, query in PAGES.items():
            address = "/review?" + query.format(last=asked.requests // 25)
            began = time.perf_counter()
            answer = client.get(address, base_url=base)
            if answer.status_code != 200 or b"</html>" not in answer.data[-16:]:
                raise SystemExit(f"{address} answered {answer.status_code}")
            if turn >= 0:
                times[name].append((time.perf_counter() - began) * 1000)
    return times


def _report(times: Mapping[str, list[float]], count: int) -> bool:
    """Print the figures; whether every kind of page keeps the limit."""
    p95 = {name: statistics.quantiles(found, n=20)[-1] for name, found in times.items()}
    for name, found in times.items():
        print(f"{name:>14}: median {statistics.median(found):6.1f} ms, p95 {p95[name]:6.1f} ms")
    worst = max(p95, key=p95.__getitem__)
    print(f"{count:,} open requests: the slowest is '{worst}', p95 {p95[worst]:.0f} ms (limit {LIMIT_MS:.0f})")
    return p95[worst] <= LIMIT_MS


if __name__ == "__main__":
    main()
