"""What the payment provider sends to a company's bank account."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.create_table(
        "payout",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway_payout_id", sa.String(80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("failure_reason", sa.String(80), nullable=False),
        sa.Column("bank_line_id", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payout")),
        sa.UniqueConstraint("tenant_id", "gateway_payout_id", name=op.f("uq_payout_gateway_payout_id")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_payout_amount")),
    )
    op.create_index(
        "uq_payout_bank_line_id",
        "payout",
        ["tenant_id", "bank_line_id"],
        unique=True,
        postgresql_where=sa.text("bank_line_id IS NOT NULL"),
    )
    op.create_index("ix_payout_amount_arrives_on", "payout", ["tenant_id", "amount", "arrives_on"])
    op.execute("ALTER TABLE payout ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE payout FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON payout TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON payout TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            name = f"payout_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON payout FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    op.drop_table("payout")
