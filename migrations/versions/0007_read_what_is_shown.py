"""Indexes by which lists read what they show: open tickets by urgency, a client's by state, an engineer's open visits, a
reporter's devices, a member's unread notices."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = (
    "state::text IN ('accepted', 'assigned', 'en_route', 'new', 'on_site', 'remote', 'reopened', 'triaged', 'waiting')"
)


def upgrade() -> None:
    op.create_index("ix_ticket_due_at_id", "ticket", ["tenant_id", "due_at", "id"], postgresql_where=sa.text(OPEN))
    op.drop_index("ix_ticket_state_due_at", table_name="ticket")
    op.create_index(
        "ix_ticket_client_id_state_reported_at", "ticket", ["tenant_id", "client_id", "state", "reported_at"]
    )
    op.create_index("ix_visit_engineer_id_state", "visit", ["tenant_id", "engineer_id", "state"])
    op.create_index("ix_device_reporter_id", "device", ["tenant_id", "reporter_id"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["tenant_id", "membership_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_notification_unread", table_name="notification")
    op.drop_index("ix_device_reporter_id", table_name="device")
    op.drop_index("ix_visit_engineer_id_state", table_name="visit")
    op.drop_index("ix_ticket_client_id_state_reported_at", table_name="ticket")
    op.create_index("ix_ticket_state_due_at", "ticket", ["tenant_id", "state", "due_at"])
    op.drop_index("ix_ticket_due_at_id", table_name="ticket")
