"""Credits for missed promises, and what clients read of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"
READ = {"service_credit": OWN, "service_credit_notice": RING}


def _reckoned() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_number", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("contract_number", sa.String(40), nullable=False),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Numeric(6, 4), nullable=False),
        sa.Column("most", sa.Numeric(6, 4), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f(f"fk_{table}_tenant_id_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "ticket_id"],
            ["ticket.tenant_id", "ticket.client_id", "ticket.id"],
            name=op.f(f"fk_{table}_tenant_id_client_id_ticket_id"),
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "service_credit",
        *_reckoned(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("contract_version_id", sa.Uuid(), nullable=False),
        sa.Column("price_mode", sa.String(12), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by_name", sa.String(80), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("tenant_id", "ticket_id", "kind", name=op.f("uq_service_credit_ticket_id_kind")),
        *_keys("service_credit"),
    )
    op.create_index(
        "ix_service_credit_contract_id_period_start", "service_credit", ["tenant_id", "contract_id", "period_start"]
    )
    op.create_index("ix_service_credit_state_created_at", "service_credit", ["tenant_id", "state", "created_at"])
    op.create_table(
        "service_credit_notice",
        *_reckoned(),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("service_credit_notice"),
    )
    op.create_index(
        "ix_service_credit_notice_client_id_decided_at",
        "service_credit_notice",
        ["tenant_id", "client_id", "decided_at"],
    )
    for table, readable in READ.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
        for role in ("app", "owner"):
            for command, clause in (
                ("SELECT", f"USING ({readable})"),
                ("INSERT", f"WITH CHECK ({OWN})"),
                ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
                ("DELETE", f"USING ({OWN})"),
            ):
                name = f"{table}_{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    op.drop_table("service_credit_notice")
    op.drop_table("service_credit")
