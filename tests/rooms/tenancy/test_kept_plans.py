"""A connection keeps the plans of statements it ran often: each tenant's own, and none that outlived its table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from app.domain.errors import Unavailable
from app.storage.transaction import speak_of_absence
from tenancy.isolation import role_of, schema_of
from tenancy.scope import TenantDatabase
from tests.databases import Clone, contract_slugs

OURS, THEIRS = contract_slugs()[:2]
OFTEN = 12
"""Runs until the server has settled on a plan that it does not make anew (PostgreSQL: five after preparing)."""


@pytest.fixture
def database(clone: Clone) -> Iterator[TenantDatabase]:
    """One connection for everybody, and a table ``kept`` in two tenants that holds its tenant's name."""
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as operator:
        for slug in (OURS, THEIRS):
            table = f'"{schema_of(slug)}".kept'
            operator.execute(f"CREATE TABLE {table} (name text, position int)".encode())
            operator.execute(f"INSERT INTO {table} VALUES (%s, 1)".encode(), (slug,))
            operator.execute(f'GRANT SELECT ON {table} TO "{role_of(slug)}"'.encode())
    made = TenantDatabase(clone.dsns.app, pool_size=1)
    speak_of_absence(made.engine)
    yield made
    made.close()
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as operator:
        for slug in (OURS, THEIRS):
            operator.execute(f'DROP TABLE "{schema_of(slug)}".kept'.encode())


def read(database: TenantDatabase, slug: str) -> str | None:
    with database.session(slug) as session:
        found: str | None = session.scalar(text("SELECT name FROM kept WHERE position = :position"), {"position": 1})
        session.commit()
    return found


def plans(database: TenantDatabase) -> list[bytes]:
    """What the one connection of the pool has prepared, by text."""
    connection = database.engine.raw_connection()
    driver: Any = connection.driver_connection
    connection.close()
    return [query for query, _types in driver._prepared._names]


def test_each_tenant_has_plans_of_its_own_and_reads_its_own_rows(database: TenantDatabase) -> None:
    for _ in range(OFTEN):
        for slug in (OURS, THEIRS):
            assert read(database, slug) == slug
    assert sorted(plans(database)) == sorted(
        f"/* {slug} */ SELECT name FROM kept WHERE position = $1".encode() for slug in (OURS, THEIRS)
    )


def test_even_one_plan_for_two_tenants_would_read_the_rows_of_whoever_runs_it(
    clone: Clone, database: TenantDatabase
) -> None:
    """The server's own net under ours: a kept plan is made anew when the search path is another than at its making."""
    with psycopg.connect(clone.dsns.app, autocommit=True) as connection:
        for turn in range(OFTEN):
            slug = (OURS, THEIRS)[turn // 3 % 2]
            connection.execute(
                f'BEGIN; SET LOCAL ROLE "{role_of(slug)}"; SET LOCAL search_path TO "{schema_of(slug)}"'.encode()
            )
            assert connection.execute("SELECT name FROM kept", prepare=True).fetchone() == (slug,)
            connection.execute("COMMIT")


def test_a_column_of_another_type_costs_one_request_and_no_restart(database: TenantDatabase, clone: Clone) -> None:
    for _ in range(OFTEN):
        assert read(database, OURS) == OURS
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as operator:
        operator.execute(f'ALTER TABLE "{schema_of(OURS)}".kept ALTER name TYPE varchar(60)'.encode())
    with pytest.raises(Unavailable):
        read(database, OURS)
    assert read(database, OURS) == OURS


def test_an_error_of_another_kind_keeps_the_connection(database: TenantDatabase) -> None:
    with database.session(OURS) as session:
        before = session.scalar(text("SELECT pg_backend_pid()"))
    with pytest.raises(Exception, match="FeatureNotSupported"), database.session(OURS) as session:
        session.execute(text("SELECT name FROM kept UNION SELECT name FROM kept FOR UPDATE"))
    with database.session(OURS) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == before
