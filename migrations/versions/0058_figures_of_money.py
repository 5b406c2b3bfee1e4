"""What partners bill and are paid, in sums that headquarters may read."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.create_table(
        "finance_month",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_finance_month")),
        sa.UniqueConstraint("tenant_id", "month", name=op.f("uq_finance_month_month")),
    )
    op.create_table(
        "finance_fact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("billed", sa.BigInteger(), nullable=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_finance_fact")),
        sa.UniqueConstraint(
            "tenant_id",
            "month",
            "category",
            "currency",
            "due_on",
            name=op.f("uq_finance_fact_month_category_currency_due_on"),
        ),
    )
    op.create_index("ix_finance_fact_month", "finance_fact", ["month"])
    for table in ("finance_month", "finance_fact"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
        for role in ("app", "owner"):
            for command, clause in (
                ("SELECT", f"USING ({OWN})"),
                ("INSERT", f"WITH CHECK ({OWN})"),
                ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
                ("DELETE", f"USING ({OWN})"),
            ):
                name = f"{table}_{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")
    op.execute("GRANT SELECT ON finance_fact TO yinghuo_network")
    op.execute("CREATE POLICY finance_fact_network_select ON finance_fact FOR SELECT TO yinghuo_network USING (true)")


def downgrade() -> None:
    op.drop_table("finance_fact")
    op.drop_table("finance_month")
