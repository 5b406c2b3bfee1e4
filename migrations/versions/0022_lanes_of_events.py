"""Lanes of events; who has taken a delivery; the resolution that a ticket's figures were last compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_due_entry_kind_due_at_id", "due_entry", ["tenant_id", "kind", "due_at", "id"], unique=False)
    op.add_column("delivery", sa.Column("taken_by", sa.Uuid(), nullable=True))
    op.add_column("quality_fact", sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True))
    _compare_what_was_resolved()


def downgrade() -> None:
    op.drop_column("quality_fact", "resolved_at")
    op.drop_column("delivery", "taken_by")
    op.drop_index("ix_due_entry_kind_due_at_id", table_name="due_entry")


def _compare_what_was_resolved() -> None:
    """Facts were brought up to date with their tickets' later neighbours whenever anything happened to them."""
    connection = op.get_bind()
    tenants = connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all()
    for tenant_id in tenants:
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        connection.execute(
            sa.text(
                "UPDATE quality_fact f SET resolved_at = t.resolved_at FROM ticket t "
                "WHERE t.tenant_id = f.tenant_id AND t.id = f.id AND t.resolved_at IS NOT NULL AND f.tenant_id = :tenant"
            ),
            {"tenant": tenant_id},
        )
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
