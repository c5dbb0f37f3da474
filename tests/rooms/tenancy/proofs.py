"""The proofs of tenancy as functions over a database, so that the negative control can run the very same ones."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import ARRAY, JSON, Column, Table, select, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Unavailable
from app.storage.db import Databases
from app.storage.metadata import tenant_metadata
from tenancy.isolation import NoTenantBound, schema_of
from tenancy.scope import TenantDatabase

LOGIN = "charter_app"


@dataclass(frozen=True)
class World:
    """Two tenants on one database, with the superuser's address to look from outside."""

    databases: Databases
    superuser: str
    ours: str
    theirs: str

    @contextmanager
    def outside(self) -> Iterator[psycopg.Connection]:
        """The superuser's connection, committing each statement."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            yield connection


# ------------------------------------------------------------------ canaries


def canary_of(slug: str, column: Column[Any]) -> str:
    """The text planted into a text column of a tenant."""
    return f"canary-{slug}-{column.table.name}-{column.name}"


def plant_canaries(world: World, slug: str) -> int:
    """One row in every table of the tenant, a canary in every column that holds text; how many columns.

    Checks and references of that schema are dropped first: the row need not make sense, it must be found.
    """
    planted = 0
    with world.outside() as connection:
        connection.execute("SET session_replication_role TO replica")
        _drop_checks(connection, slug)
        for table in tenant_metadata().sorted_tables:
            columns = [column for column in table.columns if column.computed is None]
            values = [_value_for(slug, column) for column in columns]
            planted += sum(isinstance(value, str | list | Jsonb) for value in values)
            connection.execute(_insert(slug, table, [column.name for column in columns]), values)
    return planted


def _drop_checks(connection: psycopg.Connection, slug: str) -> None:
    rows = connection.execute(
        "SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c"
        " WHERE c.connamespace = %s::regnamespace AND c.contype = 'c'",
        (schema_of(slug),),
    ).fetchall()
    for table, name in rows:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())


def _insert(slug: str, table: Table, names: list[str]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(schema_of(slug), table.name),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(sql.Placeholder() * len(names)),
    )


def _value_for(slug: str, column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, ARRAY):
        return [canary_of(slug, column)] if kind.item_type.python_type is str else []
    if isinstance(kind, TSVECTOR):
        return f"'{canary_of(slug, column)}'"
    if isinstance(kind, JSON):
        return Jsonb({"text": canary_of(slug, column)})
    python = kind.python_type
    if python is str:
        return canary_of(slug, column)
    instants = {datetime: datetime(2026, 11, 1, 12, tzinfo=UTC), date: date(2026, 11, 1), time: time(12)}
    return {uuid.UUID: uuid.uuid4(), bool: True, bytes: b"canary", **instants}.get(python, 1)


def read_everything(world: World, slug: str) -> str:
    """Every row of every model, as one text, read through the tenant's own Session."""
    with world.databases.app.session(slug) as session:
        tables = tenant_metadata().sorted_tables
        return "\n".join(repr(session.execute(select(table)).all()) for table in tables)


def prove_no_canary_of_another(world: World) -> None:
    """3: whatever is read as one tenant, no canary of the other is in it, and its own are."""
    told = read_everything(world, world.ours)
    assert f"canary-{world.theirs}-" not in told
    for table in tenant_metadata().sorted_tables:
        for column in table.columns:
            if isinstance(_value_for(world.ours, column), str) and not isinstance(column.type, TSVECTOR):
                assert canary_of(world.ours, column) in told


# ------------------------------------------------------------------ statistics


def touched(world: World, slug: str) -> dict[str, tuple[int, ...]]:
    """How often each table of the tenant was scanned or written, as the server counted."""
    with world.outside() as connection:
        rows = connection.execute(
            "SELECT relname, seq_scan + coalesce(idx_scan, 0), n_tup_ins, n_tup_upd, n_tup_del"
            " FROM pg_stat_user_tables WHERE schemaname = %s",
            (schema_of(slug),),
        ).fetchall()
    return {str(name): tuple(counts) for name, *counts in rows}


def flush_statistics(database: TenantDatabase) -> None:
    """Close the pool: a backend hands in its counts at the latest when it ends."""
    database.engine.dispose()


def prove_statistics_stand_still(world: World) -> None:
    """4: working as one tenant never touches a table of the other, and does touch its own."""
    flush_statistics(world.databases.app)
    theirs, ours = settled(world, world.theirs), settled(world, world.ours)
    read_everything(world, world.ours)
    with world.databases.app.session(world.ours) as session:
        session.execute(text("INSERT INTO audit_head (lane, position, hash) VALUES (90, 0, '') ON CONFLICT DO NOTHING"))
        session.rollback()
    flush_statistics(world.databases.app)
    assert settled(world, world.theirs) == theirs
    assert settled(world, world.ours) != ours


def settled(world: World, slug: str) -> dict[str, tuple[int, ...]]:
    """The counts once they stopped moving: a backend that ends hands them in a moment later."""
    with world.outside() as connection:
        for _ in range(100):
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND datname = current_database()", (LOGIN,)
            ).fetchone()
            if row == (0,):
                break
            connection.execute("SELECT pg_sleep(0.02)")
    return touched(world, slug)


# ------------------------------------------------------------------ no tenant, no query


def prove_nothing_runs_without_a_tenant(world: World) -> None:
    """5: a connection nobody bound runs nothing, whatever it is asked, and the bound one runs."""
    for statement in ("SELECT 1", "SELECT count(*) FROM audit_event", "INSERT INTO audit_head VALUES (91, 0, '')"):
        with pytest.raises(NoTenantBound), world.databases.app.engine.connect() as connection:
            connection.execute(text(statement))
        with pytest.raises(NoTenantBound), world.databases.app.engine.begin() as connection:
            connection.execute(text(statement))
    with world.databases.app.session(world.ours) as session:
        assert session.execute(text("SELECT count(*) FROM audit_event")).scalar_one() >= 0


# ------------------------------------------------------------------ one connection, many tenants


def prove_one_connection_serves_in_turn(world: World, *, turns: int, seed: int) -> None:
    """6: one pooled connection, tenants at random, with errors, savepoints and killed backends between."""
    database = TenantDatabase(world.databases.app.engine.url.render_as_string(hide_password=False), pool_size=1)
    chance = random.Random(seed)
    try:
        for _ in range(turns):
            slug = chance.choice((world.ours, world.theirs))
            chance.choice((_just_read, _fail, _nest, _be_killed, _be_abandoned))(world, database, slug)
            _must_be_at_rest(database)
    finally:
        database.close()


def _must_be_at_rest(database: TenantDatabase) -> None:
    raw = database.engine.raw_connection()
    try:
        with raw.driver_connection.cursor() as cursor:  # type: ignore[union-attr]
            found = cursor.execute("SELECT current_user, session_user, current_schemas(false)").fetchone()
        assert found == (LOGIN, LOGIN, [])
    finally:
        raw.close()


def _must_be(session: Any, slug: str) -> None:
    found = session.execute(text("SELECT current_user, current_schema()")).one()
    assert tuple(found) == (schema_of(slug), schema_of(slug))


def _just_read(_world: World, database: TenantDatabase, slug: str) -> None:
    with database.session(slug) as session:
        _must_be(session, slug)
        session.commit()
        _must_be(session, slug)


def _fail(_world: World, database: TenantDatabase, slug: str) -> None:
    with pytest.raises(DBAPIError), database.session(slug) as session:
        _must_be(session, slug)
        session.execute(text("SELECT 1/0"))


def _nest(_world: World, database: TenantDatabase, slug: str) -> None:
    with database.session(slug) as session:
        _must_be(session, slug)
        nested = session.begin_nested()
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT nothing FROM nowhere"))
        nested.rollback()
        _must_be(session, slug)
        session.commit()


def _be_killed(world: World, database: TenantDatabase, slug: str) -> None:
    with pytest.raises((DBAPIError, Unavailable)), database.session(slug) as session:
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with world.outside() as connection:
            connection.execute("SELECT pg_terminate_backend(%s, 2000)", (pid,))
        session.execute(text("SELECT 1"))


def _be_abandoned(_world: World, database: TenantDatabase, slug: str) -> None:
    with database.session(slug) as session:
        _must_be(session, slug)
