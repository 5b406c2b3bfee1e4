"""A stored photo says when it was taken."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("taken_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("stored_file", "taken_at")
