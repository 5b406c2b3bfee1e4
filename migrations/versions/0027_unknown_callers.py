"""Callers whom nobody knows yet, waiting for somebody to find out whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unknown_caller",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unknown_caller")),
    )
    op.execute("ALTER TABLE unknown_caller ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE unknown_caller FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON unknown_caller TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON unknown_caller TO yinghuo_app")
    op.execute(
        "CREATE POLICY unknown_caller_app_select ON unknown_caller FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_app_insert ON unknown_caller FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_app_update ON unknown_caller FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_app_delete ON unknown_caller FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_owner_select ON unknown_caller FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_owner_insert ON unknown_caller FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_owner_update ON unknown_caller FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY unknown_caller_owner_delete ON unknown_caller FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )


def downgrade() -> None:
    op.drop_table("unknown_caller")
