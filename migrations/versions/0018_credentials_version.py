"""Accounts count how often something was replaced that they sign in with."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A default of the database, so that processes of the version before go on making accounts meanwhile.
    op.add_column("account", sa.Column("credentials_version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("account", "credentials_version")
