"""API tokens: sessions with a name, narrower rights and a use that is shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("token_name", sa.String(length=80), nullable=True))
    op.add_column("session", sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("session", sa.Column("reads_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("session", "reads_only", server_default=None)
    op.add_column("session", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "session", sa.Column("last_used_from", sa.String(length=64), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("session", "last_used_from", server_default=None)
    op.create_index(
        "ix_session_token_tenant_id",
        "session",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("token_name IS NOT NULL"),
    )


def downgrade() -> None:
    # Tokens would become sessions with all of their makers' rights.
    op.execute("DELETE FROM session WHERE token_name IS NOT NULL")
    op.drop_index("ix_session_token_tenant_id", table_name="session")
    for column in ("last_used_from", "last_used_at", "reads_only", "scopes", "token_name"):
        op.drop_column("session", column)
