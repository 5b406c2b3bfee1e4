"""Actions from the field, each with its own permanent id."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field_action",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.String(length=80), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("leads_to", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_field_action_tenant_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_field_action")),
        sa.UniqueConstraint("tenant_id", "membership_id", "action_id", name="uq_field_action_membership_id_action_id"),
    )
    op.execute("ALTER TABLE field_action ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE field_action FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON field_action TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON field_action TO yinghuo_app")
    op.execute(
        "CREATE POLICY field_action_app_select ON field_action FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_app_insert ON field_action FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_app_update ON field_action FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_app_delete ON field_action FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_owner_select ON field_action FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_owner_insert ON field_action FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_owner_update ON field_action FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY field_action_owner_delete ON field_action FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )


def downgrade() -> None:
    op.drop_table("field_action")
