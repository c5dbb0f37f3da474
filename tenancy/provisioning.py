"""Making tenants: roles, schema, grants, registry; and bringing a whole database to what this code needs.

Runs as the release job's login. Must not know any table but the registry's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from tenancy.hardening import APP_LOGIN, CONTROL_LOGIN, MIGRATE_LOGIN, bootstrap_roles, harden_database
from tenancy.isolation import checked_slug, owner_of, role_of, schema_of
from tenancy.migrations import Migrated, MigrationFailed, migrate_control, migrate_tenant, migrate_tenants

__all__ = [
    "TenantRecord",
    "bootstrap_roles",
    "create_tenant",
    "grant_control_tables",
    "grant_tenant_tables",
    "harden_database",
    "list_tenants",
    "migrate_control",
    "migrate_tenants",
    "prepare_database",
]

_SETTABLE_MEMBERSHIP = 160000  # from PostgreSQL 16 a membership says whether it inherits


class TenantExists(RuntimeError):
    """The tenant is in the registry already."""


class TenantWasPurged(RuntimeError):
    """The slug belonged to a tenant that was purged; its name is never given to another."""


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """A line of the registry."""

    slug: str
    created_at: datetime
    purged_at: datetime | None


def prepare_database(dsn_migrate: str, slugs: Sequence[str]) -> tuple[Migrated, ...]:
    """Bring control to its head, create the tenants that are missing, bring every tenant to its head.

    Raises MigrationFailed naming the tenants that could not be migrated; the others are ready then.
    """
    migrate_control(dsn_migrate)
    known = {record.slug: record for record in list_tenants(dsn_migrate)}
    for slug in slugs:
        if slug not in known:
            create_tenant(dsn_migrate, slug)
    alive = [slug for slug in {**known, **dict.fromkeys(slugs)} if slug not in known or not known[slug].purged_at]
    outcome = migrate_tenants(dsn_migrate, alive)
    if failed := [f"{one.label} ({one.fault})" for one in outcome if one.fault]:
        raise MigrationFailed("; ".join(failed))
    return outcome


def create_tenant(dsn_migrate: str, slug: str) -> None:
    """Make the tenant's two roles and its schema, bring the schema to the head, register it.

    Raises TenantExists or TenantWasPurged. A half-made tenant (a crash in between) is finished, not refused.
    """
    checked_slug(slug)
    with psycopg.connect(dsn_migrate) as connection:
        _refuse_known(connection, slug)
        _create_roles(connection, slug)
        _create_schema(connection, slug)
    migrate_tenant(dsn_migrate, slug)
    with psycopg.connect(dsn_migrate) as connection:
        connection.execute(
            "INSERT INTO control.tenant (slug, schema_name, created_at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING",
            (slug, schema_of(slug)),
        )


def list_tenants(dsn_migrate: str) -> tuple[TenantRecord, ...]:
    """Every tenant of the registry, purged ones too, by slug."""
    with psycopg.connect(dsn_migrate) as connection:
        rows = connection.execute("SELECT slug, created_at, purged_at FROM control.tenant ORDER BY slug").fetchall()
    return tuple(TenantRecord(*row) for row in rows)


def _refuse_known(connection: psycopg.Connection, slug: str) -> None:
    row = connection.execute("SELECT purged_at FROM control.tenant WHERE slug = %s", (slug,)).fetchone()
    if row is None:
        return
    if row[0] is None:
        raise TenantExists(f"the tenant {slug} exists already")
    raise TenantWasPurged(f"the tenant {slug} was purged and its name is not used again")


def _create_roles(connection: psycopg.Connection, slug: str) -> None:
    for role in (role_of(slug), owner_of(slug)):
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(sql.Identifier(role)))
    suffix = " WITH INHERIT FALSE, SET TRUE" if connection.info.server_version >= _SETTABLE_MEMBERSHIP else ""
    for role, login in ((role_of(slug), APP_LOGIN), (owner_of(slug), MIGRATE_LOGIN)):
        statement = sql.SQL("GRANT {} TO {}" + suffix).format(sql.Identifier(role), sql.Identifier(login))
        connection.execute(statement)


def _create_schema(connection: psycopg.Connection, slug: str) -> None:
    schema, owner = sql.Identifier(schema_of(slug)), sql.Identifier(owner_of(slug))
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, owner))
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(owner))
    connection.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(schema))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, sql.Identifier(role_of(slug))))


def grant_tenant_tables(
    connection: Connection, slug: str, tables: Collection[str], append_only: Collection[str]
) -> None:
    """Give the tenant's role DML on its tables; on append-only ones to insert and read only.

    Called by the tree after its revisions ran, as the schema's owner, inside the same transaction.
    """
    _grant(connection, schema_of(slug), role_of(slug), tables, append_only)


def grant_control_tables(connection: Connection, tables: Collection[str], append_only: Collection[str]) -> None:
    """Give the control login DML on the tables of schema ``control``."""
    _grant(connection, "control", CONTROL_LOGIN, tables, append_only)


def _grant(
    connection: Connection, schema: str, role: str, tables: Collection[str], append_only: Collection[str]
) -> None:
    connection.execute(text(f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM "{role}"'))
    connection.execute(text(f'GRANT SELECT ON "{schema}".alembic_version TO "{role}"'))
    for table in sorted(tables):
        rights = "SELECT, INSERT" if table in append_only else "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(text(f'GRANT {rights} ON "{schema}"."{table}" TO "{role}"'))
