"""The public figures over many requests: how long the page's own queries take on a real server. Limit: 5 seconds.

``CHARTER_BENCH_REQUESTS`` says how many, 1,000,000 by default; with fewer the time is scaled up in proportion and
the ratio printed beside it.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from app.domain.access import Actor, ActorKind, StaffRole
from app.reviews.metrics import Period, public_figures
from launch import postgres
from launch.children import Children
from launch.places import ROOT
from tenancy.isolation import schema_of
from tenancy.loader import load_contract
from tenancy.scope import TenantDatabase
from tests.databases import Clone

SLUG = "mississippi"
FULL = 1_000_000
LIMIT_SECONDS = 5.0
ROUNDS = 3
NOW = datetime(2026, 12, 31, 18, tzinfo=UTC)
PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))
FILL = """
CREATE TEMPORARY TABLE made AS
  SELECT gen_random_uuid() AS case_id, gen_random_uuid() AS request_id, n,
         timestamptz '2026-01-01 08:00+00' + (n * 31536000.0 / {count}) * interval '1 second' AS sent_at,
         CASE WHEN n % 5 = 0 THEN 'expedited' ELSE 'standard' END AS urgency
    FROM generate_series(1, {count}) AS n;
INSERT INTO "case" (id, number, category, status, group_id, member_id, created_by, created_by_name, created_at,
                    modified_by, modified_by_name, modified_at, submitted_at, release, version)
  SELECT case_id, 'B' || n, 'outpatient', 'completed', '{group}', '{member}', '{group}', 'S', sent_at, '{group}', 'S',
         sent_at, sent_at, 'r', 1 FROM made;
INSERT INTO request (id, case_id, sequence, status, urgency, submitted_at, decided_at)
  SELECT request_id, case_id, 1, 'completed', urgency, sent_at, sent_at + (n % 300 + 1) * interval '37 minutes'
    FROM made;
INSERT INTO determination (id, act_id, request_id, line_id, round, decision, reason_text, criterion, change,
                           rationale, decided_by_name, decided_at, release, trace)
  SELECT gen_random_uuid(), gen_random_uuid(), request_id, gen_random_uuid(), 'initial',
         (ARRAY['approve', 'approve', 'approve', 'modify', 'deny'])[1 + (n + line) % 5], '', '', '', '', 'S',
         sent_at + (n % 300 + 1) * interval '37 minutes', 'r', '[]' FROM made, generate_series(1, 1 + n % 2) AS line
"""


def main() -> None:
    """Fill a database of its own, ask for the figures, print how long it took."""
    count = int(os.environ.get("CHARTER_BENCH_REQUESTS", FULL))
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        server = postgres.start(children, Path(folder), password=secrets.token_urlsafe(24))
        clone = Clone.made(server.dsn, "bench_metrics")
        try:
            filled = _fill(clone, count)
            took = _asked(clone, count)
        finally:
            clone.drop()
            postgres.remove_cluster(Path(folder))
    full = took * FULL / count
    print(f"{count:,} requests, filled in {filled:.0f} s")
    print(f"figures: {took:.2f} s, in proportion {full:.2f} s for {FULL:,} (limit {LIMIT_SECONDS:.0f} s)")
    sys.exit(full > LIMIT_SECONDS)


def _fill(clone: Clone, count: int) -> float:
    began = time.perf_counter()
    with psycopg.connect(clone.dsns.superuser) as plain:
        plain.execute(f'SET search_path TO "{schema_of(SLUG)}"'.encode())
        plain.execute("SET session_replication_role = replica")
        plain.execute(FILL.format(count=count, member=uuid4(), group=uuid4()).encode())
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as plain:
        plain.execute("VACUUM ANALYZE")  # what the server does by itself, some minutes later
    return time.perf_counter() - began


def _asked(clone: Clone, count: int) -> float:
    """The best of some rounds, in seconds; every request has to be among the figures."""
    contract = load_contract(ROOT / "contracts" / f"{SLUG}.yaml").contract
    supervisor = Actor(ActorKind.STAFF, uuid4(), "Susan Supervisor", staff_roles=(StaffRole.SUPERVISOR,))
    database, taken, decided = TenantDatabase(clone.dsns.app), [], 0
    for _ in range(ROUNDS):
        with database.session(SLUG) as session:
            began = time.perf_counter()
            figures = public_figures(session, contract, PERIOD, actor=supervisor, now=NOW)
            taken.append(time.perf_counter() - began)
            decided = sum(one.of for one in figures.durations)
    if decided < count * 0.97:
        raise SystemExit(f"only {decided:,} of {count:,} requests are among the figures")
    return min(taken)


if __name__ == "__main__":
    main()
