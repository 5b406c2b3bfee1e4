"""A tenant's profile is changed by its owner: a version, so that nobody overwrites what somebody else has just saved."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenant_profile", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("tenant_profile", "version", server_default=None)


def downgrade() -> None:
    op.drop_column("tenant_profile", "version")
