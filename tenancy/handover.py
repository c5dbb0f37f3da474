"""Handing a tenant over and taking it away: dump, verify, purge.

Runs as the release job's login. Must not know any table's meaning nor open any tenant's files.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tenancy.isolation import owner_of, role_of, schema_of
from tenancy.provisioning import list_tenants

_PIECE = 1 << 20


class NoSuchTenant(LookupError):
    """The registry knows no living tenant of this slug."""


class DumpFailed(RuntimeError):
    """The dump could not be written or does not read back."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump of one tenant's schema: where it lies, its hash and size, and the rows of each table."""

    path: Path
    sha256: str
    size: int
    revision: str
    rows: dict[str, int]


def must_be_alive(dsn_migrate: str, slug: str) -> None:
    """Raise NoSuchTenant unless the registry has the tenant and it was not purged."""
    if not any(record.slug == slug and record.purged_at is None for record in list_tenants(dsn_migrate)):
        raise NoSuchTenant(f"there is no tenant {slug}")


def dump_schema(dsn_migrate: str, slug: str, target: Path, *, pg_dump: Path) -> Dump:
    """Write the tenant's schema and rows as the schema's owner, in PostgreSQL's custom format, and read it back.

    The rows of each table are counted in the dump's own snapshot. Raises NoSuchTenant, DumpFailed.
    """
    must_be_alive(dsn_migrate, slug)
    with psycopg.connect(dsn_migrate) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner_of(slug))))
        rows = _count_rows(connection, slug)
        version = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(schema_of(slug), "alembic_version"))
        revision = _one(connection, version)
        with _may_change_settings(dsn_migrate, slug):
            _run_dump(dsn_migrate, slug, target, pg_dump, snapshot)
    _must_list(target, pg_dump.with_name("pg_restore"), rows)
    return Dump(target, sha256_of(target), target.stat().st_size, revision, rows)


_SETTINGS = "FUNCTION pg_catalog.set_config(text, text, boolean)"


@contextmanager
def _may_change_settings(dsn_migrate: str, slug: str) -> Iterator[None]:
    """pg_dump changes settings after it became the schema's owner: let that role, while the dump runs."""
    owner = sql.Identifier(owner_of(slug))
    with psycopg.connect(dsn_migrate, autocommit=True) as connection:
        connection.execute(sql.SQL("GRANT EXECUTE ON " + _SETTINGS + " TO {}").format(owner))
        try:
            yield
        finally:
            connection.execute(sql.SQL("REVOKE EXECUTE ON " + _SETTINGS + " FROM {}").format(owner))


def _one(connection: psycopg.Connection, statement: sql.Composed | str) -> str:
    query = sql.SQL(statement) if isinstance(statement, str) else statement
    row = connection.execute(query).fetchone()
    if row is None:
        raise DumpFailed("the database gave no answer")
    return str(row[0])


def _count_rows(connection: psycopg.Connection, slug: str) -> dict[str, int]:
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') ORDER BY 1",
        (schema_of(slug),),
    ).fetchall()
    counted = {}
    for (table,) in tables:
        statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema_of(slug), str(table)))
        counted[str(table)] = int(_one(connection, statement))
    return counted


def _run_dump(dsn: str, slug: str, target: Path, pg_dump: Path, snapshot: str) -> None:
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {**os.environ, **{names[key]: value for key, value in parts.items() if key in names}}
    command = [str(pg_dump), "--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=10s"]
    command += [f"--schema={schema_of(slug)}", f"--role={owner_of(slug)}", f"--snapshot={snapshot}", f"--file={target}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=3600)
    if done.returncode != 0:
        raise DumpFailed(f"pg_dump ended with {done.returncode}: {done.stderr[-500:]}")


def _must_list(target: Path, pg_restore: Path, rows: dict[str, int]) -> None:
    done = subprocess.run(
        [str(pg_restore), "--list", str(target)], capture_output=True, text=True, check=False, timeout=600
    )
    missing = [table for table in rows if " TABLE DATA " not in done.stdout or f" {table} " not in done.stdout]
    if done.returncode != 0 or missing:
        raise DumpFailed(f"the dump does not read back: {done.stderr[-300:]} {' '.join(missing)}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def purge_tenant(dsn_migrate: str, slug: str) -> None:
    """Drop the tenant's schema and roles and destroy its key, in one transaction. There is no way back.

    The registry keeps the name, so that it is never given to another. Files left anywhere, backups included,
    cannot be read again. Raises NoSuchTenant.
    """
    must_be_alive(dsn_migrate, slug)
    with psycopg.connect(dsn_migrate) as connection:
        connection.execute("SET LOCAL lock_timeout TO '10s'")
        connection.execute(
            "INSERT INTO control.tenant_key (slug, created_at, destroyed_at) VALUES (%s, now(), now())"
            " ON CONFLICT (slug) DO UPDATE SET wrapped_key = NULL, destroyed_at = now()",
            (slug,),
        )
        connection.execute("UPDATE control.tenant SET purged_at = now() WHERE slug = %s", (slug,))
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner_of(slug))))
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema_of(slug))))
        connection.execute("RESET ROLE")
        owner = sql.Identifier(owner_of(slug))
        connection.execute(sql.SQL("REVOKE EXECUTE ON " + _SETTINGS + " FROM {}").format(owner))  # of a killed dump
        for role in (role_of(slug), owner_of(slug)):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
