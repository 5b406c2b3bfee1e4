"""the end of a tenant: when its suspension ended, when its retention ends, and a credit code free for a new beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenant", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tenant", sa.Column("erase_after", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("uq_partner_credit_code", "partner", type_="unique")
    op.create_index(
        "uq_partner_living_credit_code",
        "partner",
        ["tenant_id", "credit_code"],
        unique=True,
        postgresql_where=sa.text("state <> 'erased'"),
    )


def downgrade() -> None:
    """Fails where a company joined again after it was erased: its two listings have one credit code."""
    op.drop_index("uq_partner_living_credit_code", table_name="partner")
    op.create_unique_constraint("uq_partner_credit_code", "partner", ["tenant_id", "credit_code"])
    op.drop_column("tenant", "erase_after")
    op.drop_column("tenant", "reopened_at")
