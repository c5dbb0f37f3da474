"""The tables of the first edition."""

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
    op.create_table(
        "case_number_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_case_number_day_starts_at_one")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_case_number_day")),
        schema="control",
    )
    op.create_table(
        "code",
        sa.Column("code_key", sa.Text(collation="C"), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("is_billable", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("long", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "effective_until IS NULL OR effective_until >= effective_from", name=op.f("ck_code_ends_after_start")
        ),
        sa.PrimaryKeyConstraint("code_key", "system", "effective_from", name=op.f("pk_code")),
        sa.UniqueConstraint("position", "system", name=op.f("uq_code_position_system")),
        schema="control",
    )
    op.create_table(
        "code_release",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effective_until IS NULL OR effective_until >= effective_from",
            name=op.f("ck_code_release_ends_after_start"),
        ),
        sa.PrimaryKeyConstraint("system", "release", name=op.f("pk_code_release")),
        schema="control",
    )
    op.create_table(
        "code_word",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("system", "word", name=op.f("pk_code_word")),
        schema="control",
    )
    op.create_index(
        "ix_code_word_word",
        "code_word",
        ["word"],
        unique=False,
        schema="control",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "contract_version",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_contract_version")),
        schema="control",
    )
    op.create_table(
        "preview",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_preview")),
        sa.UniqueConstraint("tenant", name=op.f("uq_preview_tenant")),
        schema="control",
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_proposal_decided_has_an_instant")),
        sa.CheckConstraint("state IN ('open', 'approved', 'withdrawn')", name=op.f("ck_proposal_state_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        schema="control",
    )
    op.create_index("ix_proposal_slug_state", "proposal", ["slug", "state"], unique=False, schema="control")
    op.create_table(
        "publication",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'published') = (approver IS NOT NULL)", name=op.f("ck_publication_published_by_two")
        ),
        sa.CheckConstraint(
            "kind IN ('installed', 'published', 'rolled_back')", name=op.f("ck_publication_kind_is_known")
        ),
        sa.CheckConstraint(
            "approver IS NULL OR lower(approver) <> lower(author)", name=op.f("ck_publication_two_people")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publication")),
        schema="control",
        info={"append_only": True},
    )
    op.create_index("ix_publication_slug_number", "publication", ["slug", "number"], unique=False, schema="control")
    op.create_table(
        "release",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", "hash", name=op.f("pk_release")),
        schema="control",
        info={"append_only": True},
    )
    op.create_table(
        "staff_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_event")),
        schema="control",
        info={"append_only": True},
    )
    op.create_index("ix_staff_event_staff_id_at", "staff_event", ["staff_id", "at"], unique=False, schema="control")
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("claims", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_staff_member_issuer_subject")),
        schema="control",
    )
    op.create_table(
        "tenant",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_tenant")),
        sa.UniqueConstraint("schema_name", name=op.f("uq_tenant_schema_name")),
        schema="control",
    )
    op.create_table(
        "tenant_key",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wrapped_key IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_tenant_key_is_destroyed_or_there")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_tenant_key")),
        schema="control",
    )
    op.create_table(
        "tenant_rollup",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_tenant_rollup")),
        schema="control",
    )
    op.create_table(
        "toggle_change",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("groups", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_toggle_change_ends_after_it_starts")
        ),
        sa.CheckConstraint("share IS NULL OR share BETWEEN 1 AND 99", name=op.f("ck_toggle_change_share_is_a_part")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_toggle_change")),
        schema="control",
        info={"append_only": True},
    )
    op.create_index("ix_toggle_change_slug_number", "toggle_change", ["slug", "number"], unique=False, schema="control")
    op.create_table(
        "contract_draft",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["control.staff_member.id"], name=op.f("fk_contract_draft_staff_id")),
        sa.PrimaryKeyConstraint("slug", "staff_id", name=op.f("pk_contract_draft")),
        schema="control",
    )
    op.create_table(
        "staff_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_staff_entry_has_a_length")),
        sa.ForeignKeyConstraint(["staff_id"], ["control.staff_member.id"], name=op.f("fk_staff_entry_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_entry")),
        schema="control",
    )
    op.create_index("ix_staff_entry_staff_id_slug", "staff_entry", ["staff_id", "slug"], unique=False, schema="control")
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_staff_session_end_has_a_reason")),
        sa.ForeignKeyConstraint(["staff_id"], ["control.staff_member.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
        schema="control",
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"], unique=False, schema="control")
