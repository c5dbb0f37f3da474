"""Brings schemas to the tables of this code where the first revision was written anew since they were made.

Used for the folder of a demo while the first edition is in the making. It only adds: what it cannot add without
looking at the data is named and nothing is changed. Knows no rule of the trade.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import (
    AddColumnOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropIndexOp,
    MigrateOperation,
    ModifyTableOps,
    OpContainer,
)
from sqlalchemy import CheckConstraint, Connection, MetaData, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import AddConstraint

from app.storage.metadata import control_metadata, tenant_metadata
from tenancy.isolation import owner_of, schema_of
from tenancy.migrations import MigrationFailed, migrate_url
from tenancy.provisioning import grant_control_tables, grant_tenant_tables, list_tenants

ADDING = (AddColumnOp, CreateForeignKeyOp, CreateIndexOp, CreateTableOp, CreateUniqueConstraintOp, DropIndexOp)


def catch_up(dsn_migrate: str) -> None:
    """Add what control's and every tenant's schema lack; each schema whole or not at all.

    Raises MigrationFailed that names what cannot be added.
    """
    _catch_up_one(dsn_migrate, None)
    for record in list_tenants(dsn_migrate):
        if record.purged_at is None:
            _catch_up_one(dsn_migrate, record.slug)


def _catch_up_one(dsn_migrate: str, slug: str | None) -> None:
    metadata = tenant_metadata() if slug else control_metadata()
    engine = create_engine(migrate_url(dsn_migrate), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            if slug:
                connection.execute(text(f'SET LOCAL ROLE "{owner_of(slug)}"'))
                connection.execute(text(f'SET LOCAL search_path TO "{schema_of(slug)}", pg_temp'))
                connection.dialect.default_schema_name = schema_of(slug)
            if _add(connection, metadata):
                _grant(connection, metadata, slug)
    except DBAPIError as error:
        raise MigrationFailed(f"{slug or 'control'}: {str(error.orig).splitlines()[0]}") from None
    except MigrationFailed as refused:
        raise MigrationFailed(f"{slug or 'control'}: {refused}") from None


def _add(connection: Connection, metadata: MetaData) -> bool:
    """Whether anything was due; raises MigrationFailed for a difference that is none of what can be added."""

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return name == metadata.schema if kind == "schema" else name != "alembic_version"

    options = {"compare_type": True, "include_schemas": bool(metadata.schema), "include_name": is_ours}
    context = MigrationContext.configure(connection, opts=options)
    ops = produce_migrations(context, metadata).upgrade_ops
    due = list(_each(ops)) if ops else []
    for one in due:
        if not isinstance(one, ADDING):
            raise MigrationFailed(", ".join(str(part) for part in one.to_diff_tuple()))
    for one in due:
        Operations(context).invoke(one)
    _renew_checks(connection, metadata)
    return bool(due)


def _each(ops: OpContainer) -> Iterator[MigrateOperation]:
    for one in ops.ops:
        if isinstance(one, ModifyTableOps):
            yield from _each(one)
        else:
            yield one


def _renew_checks(connection: Connection, metadata: MetaData) -> None:
    """The checks of every table as the models say them: a comparison of schemas does not look at them."""
    quote = connection.dialect.identifier_preparer.quote
    known = inspect(connection)
    for table in metadata.sorted_tables:
        name = connection.dialect.identifier_preparer.format_table(table)
        for check in known.get_check_constraints(table.name, schema=table.schema):
            connection.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT {quote(check['name'] or '')}"))
        for constraint in [one for one in table.constraints if isinstance(one, CheckConstraint)]:
            connection.execute(AddConstraint(constraint, isolate_from_table=False))


def _grant(connection: Connection, metadata: MetaData, slug: str | None) -> None:
    names = {table.name for table in metadata.sorted_tables}
    append_only = {table.name for table in metadata.sorted_tables if table.info.get("append_only")}
    if slug:
        grant_tenant_tables(connection, slug, names, append_only)
    else:
        grant_control_tables(connection, names, append_only)
