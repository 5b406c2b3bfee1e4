"""What a client accepts of a project: exactly what was reported."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

TEXTS = (
    ("report_hash", sa.String(64)),
    ("accepted_how", sa.String(8)),
    ("decline_reason", sa.Text()),
    ("declined_by", sa.String(80)),
)
MOMENTS = ("accepted_at", "declined_at")


def upgrade() -> None:
    for name, kind in TEXTS:
        op.add_column("contract_milestone", sa.Column(name, kind, nullable=False, server_default=""))
        op.alter_column("contract_milestone", name, server_default=None)
    for name in MOMENTS:
        op.add_column("contract_milestone", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute("UPDATE contract_milestone SET accepted_how = 'paper' WHERE state = 'accepted'")


def downgrade() -> None:
    for name in (*MOMENTS, *(name for name, _ in TEXTS)):
        op.drop_column("contract_milestone", name)
