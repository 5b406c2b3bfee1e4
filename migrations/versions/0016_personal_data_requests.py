"""Requests about people's personal data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_data_request",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_by_name", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "employee_id"],
            ["employee.tenant_id", "employee.client_id", "employee.id"],
            name=op.f("fk_personal_data_request_tenant_id_client_id_employee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_personal_data_request_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_personal_data_request")),
    )
    op.create_index(
        "ix_personal_data_request_client_id_requested_at",
        "personal_data_request",
        ["tenant_id", "client_id", "requested_at"],
        unique=False,
    )
    op.create_index(
        "ix_personal_data_request_employee_id", "personal_data_request", ["tenant_id", "employee_id"], unique=False
    )
    op.execute("ALTER TABLE personal_data_request ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE personal_data_request FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON personal_data_request TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON personal_data_request TO yinghuo_app")
    op.execute(
        "CREATE POLICY personal_data_request_app_select ON personal_data_request FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY personal_data_request_app_insert ON personal_data_request FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY personal_data_request_app_update ON personal_data_request FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY personal_data_request_app_delete ON personal_data_request FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY personal_data_request_owner_select ON personal_data_request FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY personal_data_request_owner_insert ON personal_data_request FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY personal_data_request_owner_update ON personal_data_request FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY personal_data_request_owner_delete ON personal_data_request FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )


def downgrade() -> None:
    op.drop_table("personal_data_request")
