"""The ledger: accounts, entries, postings, and how far the books are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OWN = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
APPEND_ONLY = ("ledger_entry", "ledger_posting", "ledger_month_closing")
OTHERS = ("ledger_account", "ledger_book")


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("client_id", sa.Uuid()),
        sa.Column("detail", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "client_id",
            "detail",
            "currency",
            name=op.f("uq_ledger_account_name"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("tenant_id", "id", "currency", name=op.f("uq_ledger_account_currency")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_ledger_account_tenant_id_client_id"),
        ),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_kind", sa.String(30), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("reverses_id", sa.Uuid()),
        sa.Column("remark", sa.String(200), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_kind",
            "source_id",
            "purpose",
            name=op.f("uq_ledger_entry_source_kind_source_id_purpose"),
        ),
        sa.UniqueConstraint("tenant_id", "reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
        sa.UniqueConstraint("tenant_id", "id", "day", name=op.f("uq_ledger_entry_day")),
    )
    op.create_index("ix_ledger_entry_day_id", "ledger_entry", ["tenant_id", "day", "id"])
    op.create_table(
        "ledger_posting",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("debit_account_id", sa.Uuid(), nullable=False),
        sa.Column("credit_account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ledger_posting")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id", "day"],
            ["ledger_entry.tenant_id", "ledger_entry.id", "ledger_entry.day"],
            name=op.f("fk_ledger_posting_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debit_account_id", "currency"],
            ["ledger_account.tenant_id", "ledger_account.id", "ledger_account.currency"],
            name=op.f("fk_ledger_posting_debit_account"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "credit_account_id", "currency"],
            ["ledger_account.tenant_id", "ledger_account.id", "ledger_account.currency"],
            name=op.f("fk_ledger_posting_credit_account"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_posting_amount")),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name=op.f("ck_ledger_posting_two_accounts")),
    )
    op.create_index("ix_ledger_posting_entry_id", "ledger_posting", ["tenant_id", "entry_id"])
    op.create_index(
        "ix_ledger_posting_debit_account_id_day", "ledger_posting", ["tenant_id", "debit_account_id", "day"]
    )
    op.create_index(
        "ix_ledger_posting_credit_account_id_day", "ledger_posting", ["tenant_id", "credit_account_id", "day"]
    )
    op.create_table(
        "ledger_book",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("open_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ledger_book")),
    )
    op.create_table(
        "ledger_month_closing",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "month", name=op.f("pk_ledger_month_closing")),
    )
    for table in (*APPEND_ONLY, *OTHERS):
        _isolate(table, append_only=table in APPEND_ONLY)


def _isolate(table: str, *, append_only: bool) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(
        f"GRANT {'SELECT, INSERT' if append_only else 'SELECT, INSERT, UPDATE, DELETE'} ON {table} TO yinghuo_app"
    )
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
    for table in ("ledger_month_closing", "ledger_book", "ledger_posting", "ledger_entry", "ledger_account"):
        op.drop_table(table)
