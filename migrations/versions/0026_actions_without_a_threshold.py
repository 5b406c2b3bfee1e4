"""Headquarters opens a corrective action by hand: such a one need not have a threshold."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("corrective_action", "threshold_id", nullable=True)


def downgrade() -> None:
    op.alter_column("corrective_action", "threshold_id", nullable=False)
