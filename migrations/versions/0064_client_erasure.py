"""Forgetting a client's company."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

OWN = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.add_column("client", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_table(
        "client_erasure",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("requested_by", sa.Uuid()),
        sa.Column("requested_by_name", sa.String(80), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("result", JSONB(), nullable=False),
        sa.Column("account_ids", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_client_erasure")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_client_erasure_tenant_id_client_id"),
        ),
    )
    op.create_index(
        "ix_client_erasure_client_id_requested_at", "client_erasure", ["tenant_id", "client_id", "requested_at"]
    )
    op.execute("ALTER TABLE client_erasure ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE client_erasure FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON client_erasure TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON client_erasure TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            name = f"client_erasure_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON client_erasure FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    op.drop_table("client_erasure")
    op.drop_column("client", "erased_at")
