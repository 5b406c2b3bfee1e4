"""Actions that a phone still held when it sent how a visit ended."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expected_field_action",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("pieces", sa.SmallInteger(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_expected_field_action_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["visit.tenant_id", "visit.id"],
            name=op.f("fk_expected_field_action_tenant_id_visit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expected_field_action")),
        sa.UniqueConstraint(
            "tenant_id", "membership_id", "action_id", name="uq_expected_field_action_membership_id_action_id"
        ),
    )
    op.create_index("ix_expected_field_action_visit_id", "expected_field_action", ["tenant_id", "visit_id"])
    op.execute("ALTER TABLE expected_field_action ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE expected_field_action FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON expected_field_action TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON expected_field_action TO yinghuo_app")
    op.execute(
        "CREATE POLICY expected_field_action_app_select ON expected_field_action FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_app_insert ON expected_field_action FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_app_update ON expected_field_action FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_app_delete ON expected_field_action FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_owner_select ON expected_field_action FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_owner_insert ON expected_field_action FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_owner_update ON expected_field_action FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY expected_field_action_owner_delete ON expected_field_action FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )


def downgrade() -> None:
    op.drop_table("expected_field_action")
