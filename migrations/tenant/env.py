"""Runs the tenant tree inside the transaction it is given, as the owner of one tenant's schema."""

from __future__ import annotations

from alembic import context
from sqlalchemy import inspect

from app.storage.metadata import tenant_metadata
from tenancy.provisioning import grant_tenant_tables


def run() -> None:
    """Run what is due, then give the tenant's role its rights on what exists."""
    connection = context.config.attributes["connection"]
    slug = context.config.attributes["slug"]
    metadata = tenant_metadata()
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    present = set(inspect(connection).get_table_names()) & {table.name for table in metadata.tables.values()}
    append_only = {table.name for table in metadata.tables.values() if table.info.get("append_only")}
    grant_tenant_tables(connection, slug, present, append_only)


run()
