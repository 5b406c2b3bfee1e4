"""Who signs in is asked whether their client is in use."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT ON client TO yinghuo_signin")
    op.execute("CREATE POLICY client_signin_select ON client FOR SELECT TO yinghuo_signin USING (true)")


def downgrade() -> None:
    op.execute("DROP POLICY client_signin_select ON client")
    op.execute("REVOKE SELECT ON client FROM yinghuo_signin")
