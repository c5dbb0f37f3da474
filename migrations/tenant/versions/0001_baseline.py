"""The tables of the first edition."""

from __future__ import annotations

from alembic import op

from app.storage.metadata import tenant_metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table the models declare."""
    tenant_metadata().create_all(op.get_bind(), checkfirst=False)
