"""The payment provider's own books, and where they differ from ours."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
READ, WRITE, BOTH = f"USING ({OWN})", f"WITH CHECK ({OWN})", f"USING ({OWN}) WITH CHECK ({OWN})"
EVERYTHING = (("SELECT", READ), ("INSERT", WRITE), ("UPDATE", BOTH), ("DELETE", READ))
ADDITIONS = (("SELECT", READ), ("INSERT", WRITE))


def upgrade() -> None:
    op.create_table(
        "reconciliation_day",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page_after", sa.String(80)),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reconciliation_day")),
        sa.UniqueConstraint("tenant_id", "account_id", "since", name=op.f("uq_reconciliation_day_account_id_since")),
    )
    op.create_table(
        "provider_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway_line_id", sa.String(80), nullable=False),
        sa.Column("account_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.String(80), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("application_fee", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_provider_line")),
        sa.UniqueConstraint("tenant_id", "gateway_line_id", name=op.f("uq_provider_line_gateway_line_id")),
    )
    op.create_index("ix_provider_line_subject_subject_id", "provider_line", ["tenant_id", "subject", "subject_id"])
    op.create_index("ix_provider_line_account_id_made_at", "provider_line", ["tenant_id", "account_id", "made_at"])
    op.create_table(
        "reconciliation_finding",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("ours", sa.BigInteger()),
        sa.Column("theirs", sa.BigInteger()),
        sa.Column("record_id", sa.Uuid()),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("settled_by_name", sa.String(80), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reconciliation_finding")),
        sa.UniqueConstraint("tenant_id", "kind", "subject_id", name=op.f("uq_reconciliation_finding_kind_subject_id")),
    )
    op.create_index(
        "ix_reconciliation_finding_state_day_id", "reconciliation_finding", ["tenant_id", "state", "day", "id"]
    )
    for table, app in (
        ("reconciliation_day", EVERYTHING),
        ("provider_line", ADDITIONS),
        ("reconciliation_finding", EVERYTHING),
    ):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
        op.execute(f"GRANT {', '.join(command for command, _ in app)} ON {table} TO yinghuo_app")
        for role, commands in (("app", app), ("owner", EVERYTHING)):
            for command, clause in commands:
                name = f"{table}_{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    op.drop_table("reconciliation_finding")
    op.drop_table("provider_line")
    op.drop_table("reconciliation_day")
