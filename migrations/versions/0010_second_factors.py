"""second factors: authenticator apps and recovery codes of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("account_second_factor", "account_recovery_code")


def upgrade() -> None:
    op.create_table(
        "account_second_factor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_seed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_second_factor_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_second_factor")),
    )
    op.create_table(
        "account_recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_recovery_code")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_account_recovery_code_account_id_code_hash")),
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_signin")
        op.execute(
            f"CREATE POLICY {table}_signin_all ON {table} FOR ALL TO yinghuo_signin USING (true) WITH CHECK (true)"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
