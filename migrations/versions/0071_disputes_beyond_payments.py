"""What a payer's bank took though the payment had gone back already."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_dispute", sa.Column("beyond", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("payment_dispute", "beyond")
