"""A tenant whose schema is out of range is unavailable, the others are served, and nothing needs a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Unavailable
from app.settings import Settings
from app.storage.db import Databases
from tenancy.isolation import schema_of
from tenancy.migrations import head_of
from tenancy.revisions import SchemaWatch, newest
from tests.databases import Clone, contract_slugs

OURS, OTHERS = contract_slugs()[:2]


@pytest.fixture
def served(settings: Settings, databases: Databases) -> Iterator[Databases]:
    """As a process of the portal opens them."""
    made = Databases.from_settings(settings)
    yield made
    made.close()


@pytest.fixture
def stand_at(clone: Clone) -> Iterator[Callable[[str], None]]:
    """Sets the revision our schema says it stands at; put back afterwards."""
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as connection:

        def set_to(revision: str) -> None:
            table = f'"{schema_of(OURS)}".alembic_version'
            connection.execute(f"UPDATE {table} SET version_num = %s".encode(), (revision,))

        yield set_to
        set_to(head_of("tenant"))
    clone.renew()


def read(databases: Databases, slug: str = OURS) -> int:
    with databases.app.session(slug) as session:
        return int(session.execute(text("SELECT 1")).scalar_one())


@pytest.mark.parametrize("revision", ["0000", f"{newest() + 2:04}", "9999", "abc"])
def test_a_schema_out_of_range_is_unavailable_until_it_is_in_range(
    served: Databases, stand_at: Callable[[str], None], revision: str
) -> None:
    stand_at(revision)
    for _ in range(3):
        with pytest.raises(Unavailable):
            read(served)
    assert read(served, OTHERS) == 1
    stand_at(f"{newest():04}")
    assert read(served) == 1


def test_a_schema_one_revision_ahead_is_served(served: Databases, stand_at: Callable[[str], None]) -> None:
    stand_at(f"{newest() + 1:04}")
    assert read(served) == 1


def test_a_tenant_that_was_never_made_or_was_purged_is_unavailable_and_stops_no_other(served: Databases) -> None:
    for _ in range(8):  # more often than the pool has connections
        with pytest.raises(Unavailable):
            read(served, "never_made")
    assert read(served) == 1


def test_a_role_that_the_login_may_not_become_is_unavailable(served: Databases, clone: Clone) -> None:
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE t_nobodys_tenant NOLOGIN")
        try:
            with pytest.raises(Unavailable):
                read(served, "nobodys_tenant")
        finally:
            connection.execute("DROP ROLE t_nobodys_tenant")


def test_without_a_watch_the_database_says_what_is_missing(databases: Databases) -> None:
    with pytest.raises(DBAPIError, match="22023"):
        read(databases, "never_made")


def test_a_schema_without_its_revision_table_is_unavailable(
    served: Databases, clone: Clone, stand_at: Callable[[str], None]
) -> None:
    del stand_at  # it renews the clone afterwards
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as connection:
        connection.execute(f'ALTER TABLE "{schema_of(OURS)}".alembic_version RENAME TO gone'.encode())
        with pytest.raises(Unavailable):
            read(served)
        connection.execute(f'ALTER TABLE "{schema_of(OURS)}".gone RENAME TO alembic_version'.encode())
    assert read(served) == 1


def test_a_good_revision_is_looked_at_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("tenancy.revisions.time.monotonic", lambda: clock[0])
    watch = SchemaWatch(Unavailable, up_to=3)
    assert watch.is_due("made_up")
    watch.check("made_up", "0004")
    assert not watch.is_due("made_up")
    clock[0] += 61
    assert watch.is_due("made_up")


def test_the_newest_revision_is_the_trees_head() -> None:
    assert f"{newest():04}" == head_of("tenant")
