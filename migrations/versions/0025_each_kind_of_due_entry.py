"""Each kind of due entry is found from its own earliest end."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_due_entry_kind_due_at", "due_entry", ["kind", "due_at", "tenant_id"], unique=False)
    op.drop_index("ix_due_entry_due_at", table_name="due_entry")


def downgrade() -> None:
    op.create_index("ix_due_entry_due_at", "due_entry", ["due_at", "tenant_id", "kind"], unique=False)
    op.drop_index("ix_due_entry_kind_due_at", table_name="due_entry")
