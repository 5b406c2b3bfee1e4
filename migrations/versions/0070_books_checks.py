"""In how many places a company's books did not agree when they were compared last."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.create_table(
        "books_check",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_books_check")),
        sa.CheckConstraint("differences >= 0", name=op.f("ck_books_check_differences")),
    )
    op.execute("ALTER TABLE books_check ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE books_check FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON books_check TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON books_check TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            name = f"books_check_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON books_check FOR {command} TO yinghuo_{role} {clause}")
    op.execute("GRANT SELECT ON books_check TO yinghuo_network")
    op.execute("CREATE POLICY books_check_network_select ON books_check FOR SELECT TO yinghuo_network USING (true)")


def downgrade() -> None:
    op.drop_table("books_check")
