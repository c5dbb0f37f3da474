"""``charter migrations``: writing the first revision of both trees from the models.

Used while the first edition is in the making; after a release, changes are new revisions beside it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import MetaData

from app.storage.metadata import control_metadata, tenant_metadata
from tenancy.migrations import ROOT

HEAD = '''"""The tables of the first edition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
'''


@click.group()
def migrations() -> None:
    """Revisions of the schemas."""


@migrations.command("baseline")
def baseline() -> None:
    """Write revision 0001 of both trees from the models, as explicit code."""
    for tree, metadata in (("control", control_metadata()), ("tenant", tenant_metadata())):
        target = ROOT / tree / "versions" / "0001_baseline.py"
        target.write_text(baseline_code(metadata))
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(target)], check=False)
        click.echo(f"{tree}: {len(metadata.tables)} tables in {Path(target).name}")


def baseline_code(metadata: MetaData) -> str:
    """The source of a revision that creates every table and index of the metadata, in an order that works."""
    creating: list[ops.MigrateOperation] = []
    for table in metadata.sorted_tables:
        creating.append(ops.CreateTableOp.from_table(table))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        creating.extend(ops.CreateIndexOp.from_index(index) for index in indexes)
    body = render_python_code(
        ops.UpgradeOps(creating), migration_context=MigrationContext.configure(dialect_name="postgresql")
    )
    lines = [line.rstrip() for line in body.splitlines() if not line.strip().startswith("#")]
    return HEAD + "\n".join(lines).strip("\n") + "\n"
