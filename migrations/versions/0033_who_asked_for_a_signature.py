"""A signed document says who asked for the signature."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_FROM_THE_LOG = """UPDATE service_report SET signature_requested_by = membership.display_name
FROM audit_entry AS entry JOIN membership ON membership.tenant_id = entry.tenant_id AND membership.id = entry.membership_id
WHERE service_report.tenant_id = :tenant AND service_report.signed_at IS NOT NULL AND entry.tenant_id = :tenant
AND entry.record_kind = 'service_report' AND entry.record_id = service_report.id
AND entry.action IN ('service_report.sign', 'service_report.signed')"""


def upgrade() -> None:
    requested_by = sa.Column("signature_requested_by", sa.String(80), nullable=False, server_default="")
    op.add_column("service_report", requested_by)
    op.alter_column("service_report", "signature_requested_by", server_default=None)
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        connection.execute(sa.text(_FROM_THE_LOG), {"tenant": tenant_id})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))


def downgrade() -> None:
    op.drop_column("service_report", "signature_requested_by")
