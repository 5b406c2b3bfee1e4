"""Identity providers, and whom they know."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_subject",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_subject_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_subject")),
        sa.UniqueConstraint("provider_id", "subject", name="uq_account_subject_provider_id_subject"),
    )
    op.execute("ALTER TABLE account_subject ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE account_subject FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON account_subject TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON account_subject TO yinghuo_signin")
    op.execute(
        "CREATE POLICY account_subject_signin_all ON account_subject FOR ALL TO yinghuo_signin USING (true) WITH CHECK (true)"
    )
    op.create_table(
        "identity_provider",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("oidc_client_id", sa.String(length=300), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("email_domains", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("role_claim", sa.String(length=80), nullable=False),
        sa.Column("role_mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("default_roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reporters_by", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_identity_provider_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_provider")),
    )
    op.create_index(
        "uq_identity_provider_client_id",
        "identity_provider",
        ["tenant_id", "client_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.execute("ALTER TABLE identity_provider ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity_provider FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON identity_provider TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity_provider TO yinghuo_app")
    op.execute(
        "CREATE POLICY identity_provider_app_select ON identity_provider FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_app_insert ON identity_provider FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_app_update ON identity_provider FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_app_delete ON identity_provider FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_owner_select ON identity_provider FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_owner_insert ON identity_provider FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_owner_update ON identity_provider FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY identity_provider_owner_delete ON identity_provider FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )


def downgrade() -> None:
    op.drop_table("identity_provider")
    op.drop_table("account_subject")
