"""Attempts of clients to pay online what they owe."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"


def upgrade() -> None:
    op.create_table(
        "checkout",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("documents", JSONB(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("session_id", sa.String(80)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("payment_id", sa.Uuid()),
        sa.Column("started_by_name", sa.String(80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_checkout")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_checkout_tenant_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "payment_id"],
            ["payment.tenant_id", "payment.client_id", "payment.id"],
            name=op.f("fk_checkout_tenant_id_client_id_payment_id"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_checkout_amount")),
    )
    op.create_index(
        "uq_checkout_session_id",
        "checkout",
        ["tenant_id", "session_id"],
        unique=True,
        postgresql_where=sa.text("session_id IS NOT NULL"),
    )
    op.create_index("ix_checkout_client_id_started_at", "checkout", ["tenant_id", "client_id", "started_at"])
    op.execute("ALTER TABLE checkout ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE checkout FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON checkout TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON checkout TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({RING})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            name = f"checkout_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON checkout FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    op.drop_table("checkout")
