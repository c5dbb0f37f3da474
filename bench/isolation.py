"""What isolation costs: the same code with and without the tenant's binding, interleaved in one run.

Prints the ratio of lower quartiles, which other work on the machine disturbs least, for a transaction that writes
and one that reads. Limits: 1.10 and 1.15.
"""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

from app.storage.models import OutboxRow
from launch import testing
from tenancy.hardening import APP_LOGIN
from tenancy.isolation import role_of, schema_of
from tenancy.scope import TenantDatabase
from tests.databases import Clone, contract_slugs

ROUNDS = 1_500
WARM_UP = 200
WRITE_LIMIT = 1.10
READ_LIMIT = 1.15
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
PLAIN_LOGIN = "bench_plain"


def main() -> None:
    """Measure on a database of its own and print the two ratios."""
    with testing.server() as address:
        clone = Clone.made(address, "bench_isolation")
        try:
            _run(clone)
        finally:
            clone.drop()
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"DROP ROLE IF EXISTS {PLAIN_LOGIN}".encode())


def _run(clone: Clone) -> None:
    slug = contract_slugs()[0]
    bound = TenantDatabase(clone.dsns.app, pool_size=1)
    plain = _plain_engine(clone, slug)
    known = _fill(bound, slug)

    def with_binding() -> Session:
        return bound.session(slug)

    def without_binding() -> Session:
        return Session(plain, expire_on_commit=False)

    limits = {"write": (_write, WRITE_LIMIT), "read": (lambda session: _read(session, known), READ_LIMIT)}
    missed = []
    for name, (act, limit) in limits.items():
        ratio = _ratio(with_binding, without_binding, act)
        print(f"isolation {name}: {ratio:.3f} × the same transaction without binding (limit {limit})")
        if ratio > limit:
            missed.append(name)
    bound.close()
    plain.dispose()
    if missed:
        sys.exit(1)


def _plain_engine(clone: Clone, slug: str) -> Engine:
    """The same driver, pool and ORM as one login that owns the right to the tables: no role, no path, no guard."""
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {PLAIN_LOGIN}".encode())
        connection.execute(f"CREATE ROLE {PLAIN_LOGIN} LOGIN INHERIT PASSWORD 'plain' IN ROLE {role_of(slug)}".encode())
        connection.execute(f"ALTER ROLE {PLAIN_LOGIN} SET search_path TO {schema_of(slug)}".encode())
        connection.execute(f'GRANT CONNECT ON DATABASE "{clone.dsns.database}" TO {PLAIN_LOGIN}'.encode())
    place = clone.dsns.app.rpartition("@")[2]
    engine = create_engine(
        f"postgresql+psycopg://{PLAIN_LOGIN}:plain@{place}",
        pool_size=1,
        use_native_hstore=False,
        connect_args={"prepare_threshold": 2},
    )
    assert APP_LOGIN not in str(engine.url)
    assert not event.contains(engine, "begin", _write)
    return engine


def _fill(database: TenantDatabase, slug: str) -> list[uuid.UUID]:
    with database.session(slug) as session:
        rows = [OutboxRow(kind="bench", payload={"n": n}, created_at=NOW, due_at=NOW) for n in range(2_000)]
        session.add_all(rows)
        session.commit()
        return [row.id for row in rows]


def _write(session: Session) -> None:
    """A small act: read a row, change it, add three, commit."""
    row = session.scalars(select(OutboxRow).where(OutboxRow.kind == "bench").limit(1).with_for_update()).one()
    row.attempts += 1
    session.add_all(OutboxRow(kind="added", payload={"n": n}, created_at=NOW, due_at=NOW) for n in range(3))
    session.commit()


def _read(session: Session, known: list[uuid.UUID]) -> None:
    """A small page: a row by its key, a list of fifty, a second list."""
    session.get(OutboxRow, known[0])
    session.scalars(select(OutboxRow).where(OutboxRow.id.in_(known[:50]))).all()
    session.scalars(select(OutboxRow.id).where(OutboxRow.due_at <= NOW).limit(20)).all()


def _ratio(bound: Callable[[], Session], plain: Callable[[], Session], act: Callable[[Session], None]) -> float:
    times: dict[str, list[float]] = {"bound": [], "plain": []}
    for turn in range(ROUNDS + WARM_UP):
        for name, opened in (("bound", bound), ("plain", plain)) if turn % 2 else (("plain", plain), ("bound", bound)):
            began = time.perf_counter()
            with opened() as session:
                act(session)
            if turn >= WARM_UP:
                times[name].append(time.perf_counter() - began)
    bound_quarter, plain_quarter = (statistics.quantiles(times[name], n=4)[0] for name in ("bound", "plain"))
    return bound_quarter / plain_quarter


if __name__ == "__main__":
    main()
