"""Whether a price holds its tax is said of each price."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INCLUDED = "tax_included"
"""All that could be chosen for a version before."""


def upgrade() -> None:
    op.add_column("price_book_line", sa.Column("price_mode", sa.String(12), nullable=False, server_default=INCLUDED))
    op.alter_column("price_book_line", "price_mode", server_default=None)
    op.drop_column("price_book_version", "price_mode")


def downgrade() -> None:
    op.add_column("price_book_version", sa.Column("price_mode", sa.String(12), nullable=False, server_default=INCLUDED))
    op.alter_column("price_book_version", "price_mode", server_default=None)
    op.drop_column("price_book_line", "price_mode")
