"""What the tax office makes of invoices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
OF_CLIENT = (
    f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN "
    "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END"
)
TABLES = ("fapiao",)


def upgrade() -> None:
    op.create_table(
        "fapiao",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_number", sa.String(length=28), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("buyer_title", sa.String(length=120), nullable=False),
        sa.Column("buyer_tax_number", sa.String(length=20), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("red_reason", sa.String(length=12), nullable=False),
        sa.Column("red_entered_by", sa.String(length=8), nullable=False),
        sa.Column("red_confirmation", sa.String(length=40), nullable=False),
        sa.Column("red_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("red_lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("red_number", sa.String(length=20), nullable=False),
        sa.Column("red_issued_on", sa.Date(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.client_id", "invoice.id"],
            name=op.f("fk_fapiao_tenant_id_client_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_fapiao")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_fapiao_client"),
    )
    op.create_index("ix_fapiao_invoice_id", "fapiao", ["tenant_id", "invoice_id"], unique=False)
    op.create_index(
        "ix_fapiao_state_requested_at_id", "fapiao", ["tenant_id", "state", "requested_at", "id"], unique=False
    )
    op.create_index(
        "uq_fapiao_living",
        "fapiao",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("state::text NOT IN ('withdrawn', 'red_issued')"),
    )
    op.create_index(
        "uq_fapiao_number", "fapiao", ["tenant_id", "number"], unique=True, postgresql_where=sa.text("number <> ''")
    )
    op.create_index(
        "uq_fapiao_red_number",
        "fapiao",
        ["tenant_id", "red_number"],
        unique=True,
        postgresql_where=sa.text("red_number <> ''"),
    )
    for table in TABLES:
        _isolate(table)


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OF_CLIENT})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            op.execute(
                f"CREATE POLICY {table}_{role}_{command.lower()} ON {table} FOR {command} TO yinghuo_{role} {clause}"
            )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
