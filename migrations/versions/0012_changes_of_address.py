"""changes of address: what a link on its way is to make the account's address."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account_token", sa.Column("address", sa.String(length=254), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("account_token", "address", server_default=None)


def downgrade() -> None:
    op.drop_column("account_token", "address")
