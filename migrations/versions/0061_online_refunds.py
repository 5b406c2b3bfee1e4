"""What the payment provider tells of money that goes back to payers."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.create_table(
        "online_refund",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway_refund_id", sa.String(80), nullable=False),
        sa.Column("application_fee", sa.BigInteger(), nullable=False),
        sa.Column("opened_documents", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_online_refund")),
        sa.UniqueConstraint("tenant_id", "gateway_refund_id", name=op.f("uq_online_refund_gateway_refund_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"], ["refund.tenant_id", "refund.id"], name=op.f("fk_online_refund_tenant_id_id")
        ),
        sa.CheckConstraint("application_fee >= 0", name=op.f("ck_online_refund_application_fee")),
    )
    op.execute("ALTER TABLE online_refund ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE online_refund FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON online_refund TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT ON online_refund TO yinghuo_app")
    for role, command, clause in (
        ("app", "SELECT", f"USING ({OWN})"),
        ("app", "INSERT", f"WITH CHECK ({OWN})"),
        ("owner", "SELECT", f"USING ({OWN})"),
        ("owner", "INSERT", f"WITH CHECK ({OWN})"),
        ("owner", "UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
        ("owner", "DELETE", f"USING ({OWN})"),
    ):
        op.execute(
            f"CREATE POLICY online_refund_{role}_{command.lower()} ON online_refund "
            f"FOR {command} TO yinghuo_{role} {clause}"
        )


def downgrade() -> None:
    op.drop_table("online_refund")
