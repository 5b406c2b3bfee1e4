"""What the payment provider was asked for with a checkout."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"


def upgrade() -> None:
    op.create_table(
        "checkout_page",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.String(80), nullable=False),
        sa.Column("application_fee", sa.BigInteger(), nullable=False),
        sa.Column("return_address", sa.String(300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_checkout_page")),
        sa.CheckConstraint("application_fee >= 0", name=op.f("ck_checkout_page_application_fee")),
    )
    op.execute("ALTER TABLE checkout_page ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE checkout_page FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON checkout_page TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT ON checkout_page TO yinghuo_app")
    for role, command, clause in (
        ("app", "SELECT", f"USING ({OWN})"),
        ("app", "INSERT", f"WITH CHECK ({OWN})"),
        ("owner", "SELECT", f"USING ({OWN})"),
        ("owner", "INSERT", f"WITH CHECK ({OWN})"),
        ("owner", "UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
        ("owner", "DELETE", f"USING ({OWN})"),
    ):
        op.execute(
            f"CREATE POLICY checkout_page_{role}_{command.lower()} ON checkout_page "
            f"FOR {command} TO yinghuo_{role} {clause}"
        )


def downgrade() -> None:
    op.drop_table("checkout_page")
