"""Runs the control tree inside the transaction it is given."""

from __future__ import annotations

from alembic import context
from sqlalchemy import inspect

from app.storage.metadata import control_metadata
from tenancy.provisioning import grant_control_tables


def run() -> None:
    """Run what is due, then give the control login its rights on what exists."""
    connection = context.config.attributes["connection"]
    metadata = control_metadata()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        version_table_schema="control",
        include_schemas=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    present = set(inspect(connection).get_table_names("control"))
    present &= {table.name for table in metadata.tables.values()}
    append_only = {table.name for table in metadata.tables.values() if table.info.get("append_only")}
    grant_control_tables(connection, present, append_only)


run()
