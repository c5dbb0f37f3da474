"""A pooled connection that the server has ended is given up before anything is begun on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from tenancy.scope import TenantDatabase
from tests.databases import Dsns, contract_slugs

POOL = 3


@pytest.fixture
def database(dsns: Dsns) -> Iterator[TenantDatabase]:
    """A pool that nobody else uses, full of connections."""
    made = TenantDatabase(dsns.app, pool_size=POOL)
    yield made
    made.close()


def _fill(database: TenantDatabase) -> set[int]:
    """Check out the whole pool at once; the server's names for its connections."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(database.session(contract_slugs()[0])) for _ in range(POOL)]
        return {session.scalar(text("SELECT pg_backend_pid()")) for session in sessions}


def _end(dsns: Dsns, pids: set[int]) -> None:
    with psycopg.connect(dsns.superuser, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", (list(pids),))


def test_a_request_after_the_server_was_away_is_served_at_once(database: TenantDatabase, dsns: Dsns) -> None:
    before = _fill(database)
    assert len(before) == POOL
    _end(dsns, before)
    with database.session(contract_slugs()[0]) as session:
        pid, role = session.execute(text("SELECT pg_backend_pid(), current_user")).one()
    assert pid not in before
    assert role == f"t_{contract_slugs()[0]}"


def test_whoever_finds_the_pool_in_use_hears_a_database_error_as_of_a_full_server(dsns: Dsns) -> None:
    slug, database = contract_slugs()[0], TenantDatabase(dsns.app, pool_size=1, pool_timeout=0.05)
    with database.session(slug) as held, database.session(slug) as waiting:
        assert held.label == waiting.label == slug
        held.connection()
        with pytest.raises(DBAPIError, match="no database connection came free in time"):
            waiting.connection()
    database.close()


def test_the_whole_pool_is_renewed_after_the_server_was_away(database: TenantDatabase, dsns: Dsns) -> None:
    before = _fill(database)
    _end(dsns, before)
    assert not _fill(database) & before


def test_a_connection_closed_on_this_side_is_given_up_too(database: TenantDatabase) -> None:
    closed: list[int] = []

    def close_once(driver: psycopg.Connection, *_: object) -> None:
        if not closed:
            closed.append(driver.info.backend_pid)
            driver.close()

    event.listen(database.engine, "checkout", close_once)
    with database.session(contract_slugs()[0]) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) not in closed


def test_a_connection_that_ends_within_a_transaction_is_never_replaced(database: TenantDatabase, dsns: Dsns) -> None:
    with database.session(contract_slugs()[0]) as session:
        _end(dsns, {session.scalar(text("SELECT pg_backend_pid()"))})
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT 1"))
