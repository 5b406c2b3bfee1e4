"""Saved views of lists, what each person prefers, and actions on many rows that can be taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

OWN = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "tenant_id", "list_key", "membership_id", "name", name="uq_saved_view_list_key_membership_id_name"
        ),
    )
    op.create_table(
        "list_preference",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("compact", sa.Boolean(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("default_views", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_list_preference")),
    )
    op.create_table(
        "bulk_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("done", postgresql.JSONB(), nullable=False),
        sa.Column("refused", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_refused", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bulk_run")),
    )
    for table in ("saved_view", "list_preference", "bulk_run"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
        for role in ("app", "owner"):
            for command, clause in (
                ("SELECT", f"USING ({OWN})"),
                ("INSERT", f"WITH CHECK ({OWN})"),
                ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
                ("DELETE", f"USING ({OWN})"),
            ):
                name = f"{table}_{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    for table in ("bulk_run", "list_preference", "saved_view"):
        op.drop_table(table)
