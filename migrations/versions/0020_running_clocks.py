"""An index of running clocks by client: what a change of service levels moves is counted before it is saved."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_clock_client_id_id",
        "clock",
        ["tenant_id", "client_id", "id"],
        postgresql_where=sa.text("stopped_at IS NULL AND cancelled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_client_id_id", table_name="clock")
