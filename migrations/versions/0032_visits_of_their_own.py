"""A visit says by its mode how work is done; one at which work began is finished with its minutes, never cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_CALLED_OFF_AT = (
    "(SELECT min(line.occurred_at) FROM ticket_event AS line WHERE line.tenant_id = visit.tenant_id "
    "AND line.ticket_id = visit.ticket_id AND line.occurred_at > visit.arrived_at "
    "AND line.details ->> 'move' IN ('assign', 'cancel'))"
)
_UPGRADE = (
    "UPDATE visit SET mode = state, state = 'in_progress' WHERE tenant_id = :tenant AND state IN ('on_site', 'remote')",
    "UPDATE visit SET outcome = 'resolved' WHERE tenant_id = :tenant AND state = 'finished'",
    f"""UPDATE visit
    SET state = 'finished', outcome = 'unresolved', finished_at = coalesce({_CALLED_OFF_AT}, arrived_at)
    WHERE tenant_id = :tenant AND state = 'cancelled' AND arrived_at IS NOT NULL""",
    """UPDATE visit SET work_minutes = least(1440, floor(extract(epoch FROM finished_at - arrived_at) / 60))
    WHERE tenant_id = :tenant AND outcome = 'unresolved'""",
)
_DOWNGRADE = (
    """UPDATE visit SET state = CASE mode WHEN 'on_site' THEN 'on_site' ELSE 'remote' END
    WHERE tenant_id = :tenant AND state = 'in_progress'""",
    """UPDATE visit SET state = 'cancelled', finished_at = NULL, work_minutes = NULL, work_done = '', cause = ''
    WHERE tenant_id = :tenant AND state = 'finished' AND outcome = 'unresolved'""",
    "UPDATE visit SET mode = 'remote' WHERE tenant_id = :tenant AND mode = 'telephone'",
)
"""What was done at an unresolved visit had no place before."""


def upgrade() -> None:
    op.alter_column("visit", "mode", existing_type=sa.String(8), type_=sa.String(12))
    op.add_column("visit", sa.Column("travel_minutes", sa.Integer(), nullable=True))
    op.add_column("visit", sa.Column("outcome", sa.String(12), nullable=False, server_default=""))
    op.alter_column("visit", "outcome", server_default=None)
    _in_every_tenant(_UPGRADE)


def downgrade() -> None:
    _in_every_tenant(_DOWNGRADE)
    op.drop_column("visit", "outcome")
    op.drop_column("visit", "travel_minutes")
    op.alter_column("visit", "mode", existing_type=sa.String(12), type_=sa.String(8))


def _in_every_tenant(statements: tuple[str, ...]) -> None:
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        for statement in statements:
            connection.execute(sa.text(statement), {"tenant": tenant_id})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
