"""Tries of those who are known, counted in the database while Redis is away."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_attempt",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_known_attempt")),
    )
    op.execute("ALTER TABLE known_attempt ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE known_attempt FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON known_attempt TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON known_attempt TO yinghuo_signin")
    op.execute(
        "CREATE POLICY known_attempt_signin_all ON known_attempt FOR ALL TO yinghuo_signin USING (true) WITH CHECK (true)"
    )


def downgrade() -> None:
    op.drop_table("known_attempt")
