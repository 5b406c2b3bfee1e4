"""A log's encoding can be chosen by whoever uploads it, and how it was read is shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_import", sa.Column("encoding", sa.String(20), nullable=False, server_default="auto"))
    op.add_column("history_import", sa.Column("read_as", JSONB(), nullable=False, server_default="{}"))
    op.alter_column("history_import", "encoding", server_default=None)
    op.alter_column("history_import", "read_as", server_default=None)


def downgrade() -> None:
    op.drop_column("history_import", "read_as")
    op.drop_column("history_import", "encoding")
