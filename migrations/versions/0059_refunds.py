"""Money of a payment that goes back to its client."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"


def upgrade() -> None:
    op.add_column("payment", sa.Column("refunded", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("payment", "refunded", server_default=None)
    op.drop_constraint(op.f("ck_payment_unallocated"), "payment")
    op.create_check_constraint(
        op.f("ck_payment_unallocated"),
        "payment",
        "unallocated >= 0 AND withdrawn >= 0 AND refunded >= 0 AND unallocated + withdrawn + refunded <= amount",
    )
    op.create_table(
        "refund",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("author_name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_name", sa.String(80), nullable=False),
        sa.Column("decision_reason", sa.String(1000), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("line_id", sa.Uuid()),
        sa.Column("failure_reason", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_refund")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_refund_number")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "payment_id"],
            ["payment.tenant_id", "payment.client_id", "payment.id"],
            name=op.f("fk_refund_tenant_id_client_id_payment_id"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount")),
    )
    op.create_index("ix_refund_payment_id", "refund", ["tenant_id", "payment_id"])
    op.create_index(
        "uq_refund_line_id",
        "refund",
        ["tenant_id", "line_id"],
        unique=True,
        postgresql_where=sa.text("line_id IS NOT NULL"),
    )
    op.execute("ALTER TABLE refund ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE refund FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON refund TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON refund TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({RING})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            op.execute(
                f"CREATE POLICY refund_{role}_{command.lower()} ON refund FOR {command} TO yinghuo_{role} {clause}"
            )


def downgrade() -> None:
    op.drop_table("refund")
    op.drop_constraint(op.f("ck_payment_unallocated"), "payment")
    op.create_check_constraint(
        op.f("ck_payment_unallocated"),
        "payment",
        "unallocated >= 0 AND withdrawn >= 0 AND unallocated + withdrawn <= amount",
    )
    op.drop_column("payment", "refunded")
