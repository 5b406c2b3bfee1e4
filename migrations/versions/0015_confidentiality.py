"""Confidentiality agreements, admitted engineers, and what was said about work on disks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confidentiality_agreement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("client_signatory", sa.String(length=80), nullable=False),
        sa.Column("partner_signatory", sa.String(length=80), nullable=False),
        sa.Column("admission_required", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_confidentiality_agreement_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_confidentiality_agreement")),
    )
    op.create_index(
        "ix_confidentiality_agreement_client_id_signed_on",
        "confidentiality_agreement",
        ["tenant_id", "client_id", "signed_on"],
        unique=False,
    )
    op.execute("ALTER TABLE confidentiality_agreement ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE confidentiality_agreement FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON confidentiality_agreement TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON confidentiality_agreement TO yinghuo_app")
    op.execute(
        "CREATE POLICY confidentiality_agreement_app_select ON confidentiality_agreement FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_app_insert ON confidentiality_agreement FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_app_update ON confidentiality_agreement FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_app_delete ON confidentiality_agreement FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_owner_select ON confidentiality_agreement FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_owner_insert ON confidentiality_agreement FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_owner_update ON confidentiality_agreement FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY confidentiality_agreement_owner_delete ON confidentiality_agreement FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.create_table(
        "engineer_admission",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("pledged_on", sa.Date(), nullable=True),
        sa.Column("badge_number", sa.String(length=40), nullable=False),
        sa.Column("badge_expires_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_engineer_admission_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engineer_id"],
            ["engineer.tenant_id", "engineer.id"],
            name=op.f("fk_engineer_admission_tenant_id_engineer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_engineer_admission")),
        sa.UniqueConstraint(
            "tenant_id", "client_id", "engineer_id", name="uq_engineer_admission_client_id_engineer_id"
        ),
    )
    op.create_index(
        "ix_engineer_admission_badge_expires_on", "engineer_admission", ["tenant_id", "badge_expires_on"], unique=False
    )
    op.execute("ALTER TABLE engineer_admission ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE engineer_admission FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON engineer_admission TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON engineer_admission TO yinghuo_app")
    op.execute(
        "CREATE POLICY engineer_admission_app_select ON engineer_admission FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY engineer_admission_app_insert ON engineer_admission FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY engineer_admission_app_update ON engineer_admission FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY engineer_admission_app_delete ON engineer_admission FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY engineer_admission_owner_select ON engineer_admission FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY engineer_admission_owner_insert ON engineer_admission FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY engineer_admission_owner_update ON engineer_admission FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY engineer_admission_owner_delete ON engineer_admission FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.create_table(
        "data_handling_record",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("disk_serial", sa.String(length=80), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "reporter_id"],
            ["reporter.tenant_id", "reporter.client_id", "reporter.id"],
            name=op.f("fk_data_handling_record_tenant_id_client_id_reporter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "ticket_id"],
            ["ticket.tenant_id", "ticket.client_id", "ticket.id"],
            name=op.f("fk_data_handling_record_tenant_id_client_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "visit_id"],
            ["visit.tenant_id", "visit.client_id", "visit.id"],
            name=op.f("fk_data_handling_record_tenant_id_client_id_visit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_data_handling_record_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_data_handling_record")),
    )
    op.create_index(
        "ix_data_handling_record_ticket_id", "data_handling_record", ["tenant_id", "ticket_id"], unique=False
    )
    op.create_index(
        "ix_data_handling_record_visit_id_recorded_at",
        "data_handling_record",
        ["tenant_id", "visit_id", "recorded_at"],
        unique=False,
    )
    op.execute("ALTER TABLE data_handling_record ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE data_handling_record FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON data_handling_record TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT ON data_handling_record TO yinghuo_app")
    op.execute(
        "CREATE POLICY data_handling_record_app_select ON data_handling_record FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid WHEN 'reporter' THEN reporter_id = nullif(split_part(current_setting('app.actor', true), '/', 4), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY data_handling_record_app_insert ON data_handling_record FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY data_handling_record_owner_select ON data_handling_record FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND CASE split_part(current_setting('app.actor', true), '/', 2) WHEN 'tenant' THEN true WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid WHEN 'reporter' THEN reporter_id = nullif(split_part(current_setting('app.actor', true), '/', 4), '')::uuid ELSE false END)"
    )
    op.execute(
        "CREATE POLICY data_handling_record_owner_insert ON data_handling_record FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY data_handling_record_owner_update ON data_handling_record FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY data_handling_record_owner_delete ON data_handling_record FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )


def downgrade() -> None:
    op.drop_table("data_handling_record")
    op.drop_table("engineer_admission")
    op.drop_table("confidentiality_agreement")
