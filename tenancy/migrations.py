"""Two trees of revisions, ``control`` and ``tenant``, and the runner that brings schemas to their heads.

One transaction per schema, a short wait for locks with retries, several tenants in parallel processes.
Must not know any table: the trees do.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tenancy.isolation import owner_of, schema_of

ROOT = Path(__file__).resolve().parent.parent / "migrations"
LOCK_TIMEOUT = "3s"
TRIES = 5
PARALLEL = 2


class MigrationFailed(RuntimeError):
    """One or more schemas could not be brought to the head; the others were."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What became of one schema: its slug (or ``control``), whether anything was due, and the fault if any."""

    label: str
    was_due: bool
    fault: str | None = None


def config_for(tree: str, connection: Connection | None = None, slug: str | None = None) -> Config:
    """The Alembic configuration of a tree, working on the given open connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / tree))
    config.attributes["connection"] = connection
    config.attributes["slug"] = slug
    return config


def head_of(tree: str) -> str:
    """The newest revision this code knows of the tree."""
    head = ScriptDirectory.from_config(config_for(tree)).get_current_head()
    if head is None:
        raise MigrationFailed(f"the tree {tree} has no revision")
    return head


def migrate_control(dsn_migrate: str) -> None:
    """Bring schema ``control`` to its head. Safe to run again."""
    _with_retries(dsn_migrate, "SET LOCAL search_path TO control, pg_temp", "control", None)


def migrate_tenant(dsn_migrate: str, slug: str) -> None:
    """Bring one tenant's schema to its head in one transaction, as the schema's owner. Safe to run again."""
    opening = f'SET LOCAL ROLE "{owner_of(slug)}"; SET LOCAL search_path TO "{schema_of(slug)}", pg_temp'
    _with_retries(dsn_migrate, opening, "tenant", slug)


def _with_retries(dsn_migrate: str, opening: str, tree: str, slug: str | None) -> None:
    for attempt in range(1, TRIES):
        try:
            return _upgrade_once(dsn_migrate, opening, tree, slug)
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            time.sleep(0.2 * 2**attempt)
    return _upgrade_once(dsn_migrate, opening, tree, slug)


def _upgrade_once(dsn_migrate: str, opening: str, tree: str, slug: str | None) -> None:
    engine = create_engine(migrate_url(dsn_migrate), poolclass=NullPool, connect_args={"prepare_threshold": None})
    with engine.begin() as connection:
        for statement in (*opening.split("; "), f"SET LOCAL lock_timeout TO '{LOCK_TIMEOUT}'"):
            connection.execute(text(statement))
        command.upgrade(config_for(tree, connection, slug), "head")


def migrate_url(dsn: str) -> str:
    """The release job's address in SQLAlchemy's spelling."""
    return "postgresql+psycopg://" + dsn.partition("://")[2]


def versions(dsn_migrate: str, slugs: Iterable[str]) -> dict[str, str | None]:
    """The revision each tenant's schema stands at, read as each schema's owner in one connection."""
    found: dict[str, str | None] = {}
    with psycopg.connect(dsn_migrate) as connection:
        for slug in slugs:
            found[slug] = _version(connection, slug)
    return found


def _version(connection: psycopg.Connection, slug: str) -> str | None:
    with connection.transaction():
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner_of(slug))))
        table = f'"{schema_of(slug)}".alembic_version'
        if connection.execute("SELECT to_regclass(%s)", (table,)).fetchone() == (None,):
            return None
        statement = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(schema_of(slug), "alembic_version"))
        row = connection.execute(statement).fetchone()
    return None if row is None else str(row[0])


def migrate_tenants(dsn_migrate: str, slugs: Sequence[str], *, parallel: int = PARALLEL) -> tuple[Migrated, ...]:
    """Bring every tenant to the head; one that fails never stops the others.

    Only tenants behind the head are touched. More than four due ones are shared between processes,
    because Alembic keeps its current migration in module state.
    """
    head = head_of("tenant")
    due = [slug for slug, version in versions(dsn_migrate, slugs).items() if version != head]
    if len(due) <= 4 or parallel < 2:
        done = {slug: _try_tenant(dsn_migrate, slug) for slug in due}
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(parallel, mp_context=context) as workers:
            done = dict(zip(due, workers.map(_try_tenant, [dsn_migrate] * len(due), due), strict=True))
    return tuple(done.get(slug, Migrated(slug, was_due=False)) for slug in slugs)


def _try_tenant(dsn_migrate: str, slug: str) -> Migrated:
    try:
        migrate_tenant(dsn_migrate, slug)
    except Exception as error:  # noqa: BLE001 - whatever one tenant's revision raises must not stop the others
        return Migrated(slug, was_due=True, fault=f"{type(error).__name__}: {error}"[:500])
    return Migrated(slug, was_due=True)
