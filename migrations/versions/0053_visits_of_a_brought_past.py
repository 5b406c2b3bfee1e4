"""Visits know that they ended in a past that was brought: they were paid in the former system."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_UPGRADE = """
    UPDATE visit SET brought = true
    FROM imported_ticket AS known
    JOIN ticket_import AS bringing ON bringing.tenant_id = known.tenant_id AND bringing.id = known.import_id
    WHERE visit.tenant_id = :tenant AND known.tenant_id = visit.tenant_id AND known.ticket_id = visit.ticket_id
        AND visit.finished_at < bringing.created_at
"""


def upgrade() -> None:
    op.add_column("visit", sa.Column("brought", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("visit", "brought", server_default=None)
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        connection.execute(sa.text(_UPGRADE), {"tenant": tenant_id})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))


def downgrade() -> None:
    op.drop_column("visit", "brought")
