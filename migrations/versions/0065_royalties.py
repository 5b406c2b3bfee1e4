"""What partners owe headquarters: their revenue in facts, rates, statements, invoices and payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
CHANGED = (
    "royalty_month",
    "royalty_fact",
    "royalty_rate",
    "royalty_run",
    "royalty_statement",
    "royalty_invoice",
)
ADDED = ("royalty_rule", "royalty_statement_step", "royalty_charge", "royalty_payment")


def upgrade() -> None:
    op.create_table(
        "royalty_month",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_month")),
        sa.UniqueConstraint("tenant_id", "month", name="uq_royalty_month_month"),
    )
    op.create_table(
        "royalty_fact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issued_month", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_fact")),
        sa.UniqueConstraint(
            "tenant_id",
            "issued_month",
            "day",
            "category",
            "currency",
            name="uq_royalty_fact_issued_month_day_category_currency",
        ),
    )
    op.create_index("ix_royalty_fact_changed_at", "royalty_fact", ["tenant_id", "changed_at"], unique=False)
    op.create_index("ix_royalty_fact_day", "royalty_fact", ["tenant_id", "day"], unique=False)
    op.create_table(
        "royalty_rate",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("star_level", sa.SmallInteger(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("rate >= 0 AND rate <= 1", name=op.f("ck_royalty_rate_rate")),
        sa.CheckConstraint("star_level BETWEEN 0 AND 5", name=op.f("ck_royalty_rate_star_level")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_rate")),
        sa.UniqueConstraint(
            "tenant_id",
            "category",
            "star_level",
            "effective_from",
            name="uq_royalty_rate_category_star_level_effective_from",
        ),
    )
    op.create_table(
        "royalty_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("minimum_fee", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("answer_days", sa.SmallInteger(), nullable=False),
        sa.Column("payment_days", sa.SmallInteger(), nullable=False),
        sa.Column("tax", sa.String(length=20), nullable=False),
        sa.Column("seller_title", sa.String(length=120), nullable=False),
        sa.Column("seller_tax_number", sa.String(length=20), nullable=False),
        sa.Column("bank_name", sa.String(length=80), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "minimum_fee >= 0 AND payment_days >= 0 AND answer_days > 0", name=op.f("ck_royalty_rule_numbers")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_rule")),
        sa.UniqueConstraint("tenant_id", "effective_from", name="uq_royalty_rule_effective_from"),
    )
    op.create_table(
        "royalty_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("partners", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_run")),
        sa.UniqueConstraint("tenant_id", "month", name="uq_royalty_run_month"),
    )
    op.create_index(
        "uq_royalty_run_running",
        "royalty_run",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "royalty_statement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("partner_name", sa.String(length=120), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minimum_fee", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("dispute_reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_revision", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.String(length=8), nullable=False),
        sa.Column("owner_revision", sa.Integer(), nullable=False),
        sa.Column("other_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_royalty_statement_amount")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_statement")),
        sa.UniqueConstraint(
            "tenant_id", "partner_id", "month", "currency", name="uq_royalty_statement_partner_id_month_currency"
        ),
    )
    op.create_index("ix_royalty_statement_month_id", "royalty_statement", ["tenant_id", "month", "id"], unique=False)
    op.create_index(
        "ix_royalty_statement_state_answer_by", "royalty_statement", ["tenant_id", "state", "answer_by"], unique=False
    )
    op.create_table(
        "royalty_statement_step",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "statement_id"],
            ["royalty_statement.tenant_id", "royalty_statement.id"],
            name=op.f("fk_royalty_statement_step_tenant_id_statement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_statement_step")),
    )
    op.create_index(
        "ix_royalty_statement_step_statement_id_occurred_at",
        "royalty_statement_step",
        ["tenant_id", "statement_id", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "royalty_charge",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "statement_id"],
            ["royalty_statement.tenant_id", "royalty_statement.id"],
            name=op.f("fk_royalty_charge_tenant_id_statement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_charge")),
    )
    op.create_index(
        "ix_royalty_charge_partner_id_month", "royalty_charge", ["tenant_id", "partner_id", "month"], unique=False
    )
    op.create_index("ix_royalty_charge_statement_id", "royalty_charge", ["tenant_id", "statement_id"], unique=False)
    op.create_table(
        "royalty_invoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("partner_name", sa.String(length=120), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_revision", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.String(length=8), nullable=False),
        sa.Column("owner_revision", sa.Integer(), nullable=False),
        sa.Column("other_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("open >= 0 AND open <= gross AND gross > 0", name=op.f("ck_royalty_invoice_open")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_invoice")),
        sa.UniqueConstraint("tenant_id", "number", name="uq_royalty_invoice_number"),
        sa.UniqueConstraint("tenant_id", "statement_id", name="uq_royalty_invoice_statement_id"),
    )
    op.create_index(
        "ix_royalty_invoice_partner_id_due_on", "royalty_invoice", ["tenant_id", "partner_id", "due_on"], unique=False
    )
    op.create_table(
        "royalty_payment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_royalty_payment_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["royalty_invoice.tenant_id", "royalty_invoice.id"],
            name=op.f("fk_royalty_payment_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_royalty_payment")),
        sa.UniqueConstraint("tenant_id", "reverses_id", name="uq_royalty_payment_reverses_id"),
    )
    op.create_index("ix_royalty_payment_invoice_id", "royalty_payment", ["tenant_id", "invoice_id"], unique=False)
    op.create_index("ix_royalty_payment_reference", "royalty_payment", ["tenant_id", "reference"], unique=False)

    for table in (*CHANGED, *ADDED):
        added = table in ADDED
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
        op.execute(f"GRANT {'SELECT, INSERT' if added else 'SELECT, INSERT, UPDATE, DELETE'} ON {table} TO yinghuo_app")
        for role in ("app", "owner"):
            for command, clause in (
                ("SELECT", f"USING ({OWN})"),
                ("INSERT", f"WITH CHECK ({OWN})"),
                ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
                ("DELETE", f"USING ({OWN})"),
            ):
                if added and role == "app" and command in ("UPDATE", "DELETE"):
                    continue
                name = f"{table}_{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")
    op.execute("GRANT SELECT ON royalty_fact TO yinghuo_network")
    op.execute("CREATE POLICY royalty_fact_network_select ON royalty_fact FOR SELECT TO yinghuo_network USING (true)")


def downgrade() -> None:
    for table in (*reversed(ADDED), *reversed(CHANGED)):
        op.drop_table(table)
