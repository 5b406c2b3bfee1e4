"""What the bank tells, what clients paid, and which documents it settled."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"
READ = {"bank_line": OWN, "payment": RING, "payment_allocation": RING, "payer_account": OWN}


def upgrade() -> None:
    op.create_table(
        "bank_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("own_account", sa.String(60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("payer_name", sa.String(120), nullable=False),
        sa.Column("payer_account", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("balance", sa.BigInteger()),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("occurrence", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("reverses_id", sa.Uuid()),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("tenant_id", "fingerprint", "occurrence", name=op.f("uq_bank_line_fingerprint_occurrence")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_line_amount")),
    )
    op.create_index("ix_bank_line_state_day_id", "bank_line", ["tenant_id", "state", "day", "id"])
    op.create_index("ix_bank_line_amount_day", "bank_line", ["tenant_id", "amount", "day"])
    op.create_index(
        "uq_bank_line_reverses_id",
        "bank_line",
        ["tenant_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "payment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("line_id", sa.Uuid()),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("unallocated", sa.BigInteger(), nullable=False),
        sa.Column("payer_name", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_payment_client")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_payment_number")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_payment_tenant_id_client_id")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("unallocated >= 0 AND unallocated <= amount", name=op.f("ck_payment_unallocated")),
    )
    op.create_index(
        "uq_payment_line_id",
        "payment",
        ["tenant_id", "line_id"],
        unique=True,
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_index("ix_payment_client_id_received_on", "payment", ["tenant_id", "client_id", "received_on"])
    op.create_table(
        "payment_allocation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("open_item_id", sa.Uuid(), nullable=False),
        sa.Column("document_number", sa.String(28), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(80), nullable=False),
        sa.Column("reverses_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_allocation")),
        sa.UniqueConstraint("tenant_id", "reverses_id", name=op.f("uq_payment_allocation_reverses_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "payment_id"],
            ["payment.tenant_id", "payment.client_id", "payment.id"],
            name=op.f("fk_payment_allocation_tenant_id_client_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "open_item_id"],
            ["open_item.tenant_id", "open_item.client_id", "open_item.id"],
            name=op.f("fk_payment_allocation_tenant_id_client_id_open_item_id"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_allocation_amount")),
    )
    op.create_index("ix_payment_allocation_payment_id", "payment_allocation", ["tenant_id", "payment_id"])
    op.create_index("ix_payment_allocation_open_item_id", "payment_allocation", ["tenant_id", "open_item_id"])
    op.create_table(
        "payer_account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("payer_name", sa.String(120), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payer_account")),
        sa.UniqueConstraint("tenant_id", "account", name=op.f("uq_payer_account_account")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_payer_account_tenant_id_client_id"),
        ),
    )
    for table, readable in READ.items():
        _isolate(table, readable, append_only=table == "payment_allocation")


def _isolate(table: str, readable: str, *, append_only: bool) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    granted = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {granted} ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({readable})"),
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
    for table in ("payer_account", "payment_allocation", "payment", "bank_line"):
        op.drop_table(table)
