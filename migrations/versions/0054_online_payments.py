"""What clients pay online: what the payment provider tells of it, and what payers dispute."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.add_column("payment", sa.Column("method", sa.String(10), nullable=False, server_default="transfer"))
    op.add_column("payment", sa.Column("withdrawn", sa.BigInteger(), nullable=False, server_default="0"))
    for column in ("method", "withdrawn"):
        op.alter_column("payment", column, server_default=None)
    op.drop_constraint(op.f("ck_payment_unallocated"), "payment")
    op.create_check_constraint(
        op.f("ck_payment_unallocated"),
        "payment",
        "unallocated >= 0 AND withdrawn >= 0 AND unallocated + withdrawn <= amount",
    )
    op.create_table(
        "online_receipt",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway_payment_id", sa.String(80), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("application_fee", sa.BigInteger(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_online_receipt")),
        sa.UniqueConstraint("tenant_id", "gateway_payment_id", name=op.f("uq_online_receipt_gateway_payment_id")),
        sa.CheckConstraint("fee >= 0 AND application_fee >= 0", name=op.f("ck_online_receipt_fees")),
    )
    op.create_table(
        "payment_dispute",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("gateway_dispute_id", sa.String(80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("opened_documents", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_dispute")),
        sa.UniqueConstraint("tenant_id", "gateway_dispute_id", name=op.f("uq_payment_dispute_gateway_dispute_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "payment_id"],
            ["payment.tenant_id", "payment.client_id", "payment.id"],
            name=op.f("fk_payment_dispute_tenant_id_client_id_payment_id"),
        ),
        sa.CheckConstraint("amount > 0 AND fee >= 0", name=op.f("ck_payment_dispute_amount")),
    )
    op.create_index("ix_payment_dispute_payment_id", "payment_dispute", ["tenant_id", "payment_id"])
    _isolate("online_receipt", append_only=True)
    _isolate("payment_dispute", append_only=False)


def _isolate(table: str, *, append_only: bool) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    granted = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {granted} ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            if append_only and role == "app" and command in ("UPDATE", "DELETE"):
                continue
            op.execute(
                f"CREATE POLICY {table}_{role}_{command.lower()} ON {table} FOR {command} TO yinghuo_{role} {clause}"
            )


def downgrade() -> None:
    op.drop_table("payment_dispute")
    op.drop_table("online_receipt")
    op.drop_constraint(op.f("ck_payment_unallocated"), "payment")
    op.create_check_constraint(op.f("ck_payment_unallocated"), "payment", "unallocated >= 0 AND unallocated <= amount")
    op.drop_column("payment", "withdrawn")
    op.drop_column("payment", "method")
