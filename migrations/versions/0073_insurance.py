"""Insurance of devices: products, policies, the devices under them, premiums, certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"
TABLES = ("insurance_product", "insurance_policy", "insured_device", "insurance_premium", "insurance_certificate")
PROVIDER = ("insurance_product", "insurance_premium")
APPEND_ONLY = ("insurance_premium",)


def upgrade() -> None:
    op.create_table(
        "insurance_product",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("addon_id", sa.Uuid(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "addon_id"],
            ["addon.tenant_id", "addon.id"],
            name=op.f("fk_insurance_product_tenant_id_addon_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_insurance_product")),
        sa.UniqueConstraint("tenant_id", "addon_id", name="uq_insurance_product_addon_id"),
    )
    op.create_table(
        "insurance_policy",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("client_name", sa.String(length=120), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("cycle", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_mode", sa.String(length=12), nullable=False),
        sa.Column("tax", sa.String(length=20), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_insurance_policy_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["insurance_product.tenant_id", "insurance_product.id"],
            name=op.f("fk_insurance_policy_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_insurance_policy")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_insurance_policy_client"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_insurance_policy_number"),
    )
    op.create_index(
        "ix_insurance_policy_client_id_created_at",
        "insurance_policy",
        ["tenant_id", "client_id", "created_at"],
        unique=False,
    )
    op.create_index("ix_insurance_policy_next_on", "insurance_policy", ["tenant_id", "next_on"], unique=False)
    op.create_table(
        "insured_device",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_number", sa.String(length=40), nullable=False),
        sa.Column("device_words", sa.String(length=340), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("insured_value", sa.BigInteger(), nullable=False),
        sa.Column("premium", sa.BigInteger(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("end_on IS NULL OR end_on >= start_on", name=op.f("ck_insured_device_days")),
        sa.CheckConstraint("insured_value > 0", name=op.f("ck_insured_device_insured_value")),
        sa.CheckConstraint("premium >= 0", name=op.f("ck_insured_device_premium")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "device_id"],
            ["device.tenant_id", "device.client_id", "device.id"],
            name=op.f("fk_insured_device_tenant_id_client_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "policy_id"],
            ["insurance_policy.tenant_id", "insurance_policy.client_id", "insurance_policy.id"],
            name=op.f("fk_insured_device_tenant_id_client_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_insured_device_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_insured_device")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_insured_device_client"),
    )
    op.create_index(
        "ix_insured_device_device_id",
        "insured_device",
        ["tenant_id", "device_id"],
        unique=True,
        postgresql_where=sa.text("end_on IS NULL"),
    )
    op.create_index("ix_insured_device_policy_id", "insured_device", ["tenant_id", "policy_id"], unique=False)
    op.create_table(
        "insurance_premium",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("insured_device_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("given_back", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period_start < period_end", name=op.f("ck_insurance_premium_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "insured_device_id"],
            ["insured_device.tenant_id", "insured_device.id"],
            name=op.f("fk_insurance_premium_tenant_id_insured_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "policy_id"],
            ["insurance_policy.tenant_id", "insurance_policy.id"],
            name=op.f("fk_insurance_premium_tenant_id_policy_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_insurance_premium")),
        sa.UniqueConstraint(
            "tenant_id", "insured_device_id", "number", name="uq_insurance_premium_insured_device_id_number"
        ),
    )
    op.create_index("ix_insurance_premium_policy_id", "insurance_premium", ["tenant_id", "policy_id"], unique=False)
    op.create_table(
        "insurance_certificate",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(length=28), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(length=60), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signature_requested_by", sa.String(length=80), nullable=False),
        sa.Column("signature_file_id", sa.Uuid(), nullable=True),
        sa.Column("document_file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "policy_id"],
            ["insurance_policy.tenant_id", "insurance_policy.client_id", "insurance_policy.id"],
            name=op.f("fk_insurance_certificate_tenant_id_client_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_insurance_certificate_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_insurance_certificate")),
        sa.UniqueConstraint("tenant_id", "policy_id", "edition", name="uq_insurance_certificate_policy_id_edition"),
    )
    for table in TABLES:
        _isolate(table)


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    granted = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {granted} ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN if table in PROVIDER else RING})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            if role == "app" and table in APPEND_ONLY and command in ("UPDATE", "DELETE"):
                continue
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
