"""Records that two tenants see count their moves and each side's writes in the same columns."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

HQ = "00000000-0000-7000-8000-000000000001"
_UPGRADE = (
    """UPDATE access_grant SET
        settled_by = CASE
            WHEN state = 'expired' THEN 'platform'
            WHEN state IN ('declined', 'revoked') OR (state = 'open' AND NOT emergency) THEN 'other'
            ELSE 'owner' END,
        owner_revision = 1,
        other_revision = CASE WHEN decided_at IS NULL THEN 0 ELSE 1 END
    WHERE tenant_id = :tenant""",
    """UPDATE corrective_action SET settled_by = CASE settled_by WHEN 'hq' THEN 'owner' ELSE 'other' END
    WHERE tenant_id = :tenant""",
    """UPDATE outbox_event SET topic = 'access_grant.changed',
        payload = jsonb_build_object('record_id', payload -> 'grant_id', 'kind', '')
    WHERE tenant_id = :tenant AND topic IN ('access_grant.requested', 'access_grant.moved')""",
    """UPDATE outbox_event SET payload = jsonb_build_object('record_id', payload -> 'action_id', 'kind', payload -> 'kind')
    WHERE tenant_id = :tenant AND topic = 'corrective_action.changed'""",
)
_DOWNGRADE = (
    """UPDATE corrective_action SET settled_by = CASE settled_by WHEN 'owner' THEN 'hq' ELSE 'partner' END
    WHERE tenant_id = :tenant""",
    f"""UPDATE outbox_event SET
        topic = CASE WHEN known.tenant_id = '{HQ}' AND known.state_revision = 1 THEN 'access_grant.requested'
            ELSE 'access_grant.moved' END,
        payload = jsonb_build_object('grant_id', known.id, 'partner_id', known.partner_id, 'other_tenant_id',
            CASE WHEN known.tenant_id = '{HQ}' THEN known.partner_id ELSE '{HQ}' END)
    FROM access_grant AS known
    WHERE outbox_event.tenant_id = :tenant AND topic = 'access_grant.changed' AND known.tenant_id = :tenant
    AND known.id = CAST(payload ->> 'record_id' AS uuid)""",
    """UPDATE outbox_event SET payload = jsonb_build_object(
        'action_id', known.id, 'partner_id', known.partner_id, 'kind', payload -> 'kind')
    FROM corrective_action AS known
    WHERE outbox_event.tenant_id = :tenant AND topic = 'corrective_action.changed' AND known.tenant_id = :tenant
    AND known.id = CAST(payload ->> 'record_id' AS uuid)""",
)


def upgrade() -> None:
    op.alter_column("access_grant", "version", new_column_name="state_revision")
    op.add_column("access_grant", sa.Column("settled_by", sa.String(8), nullable=False, server_default="owner"))
    op.add_column("access_grant", sa.Column("owner_revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("access_grant", sa.Column("other_revision", sa.Integer(), nullable=False, server_default="0"))
    for column in ("settled_by", "owner_revision", "other_revision"):
        op.alter_column("access_grant", column, server_default=None)
    op.alter_column("corrective_action", "revision", new_column_name="state_revision")
    op.alter_column("corrective_action", "hq_revision", new_column_name="owner_revision")
    op.alter_column("corrective_action", "partner_revision", new_column_name="other_revision")
    _in_every_tenant(_UPGRADE)


def downgrade() -> None:
    _in_every_tenant(_DOWNGRADE)
    op.alter_column("corrective_action", "other_revision", new_column_name="partner_revision")
    op.alter_column("corrective_action", "owner_revision", new_column_name="hq_revision")
    op.alter_column("corrective_action", "state_revision", new_column_name="revision")
    op.drop_column("access_grant", "other_revision")
    op.drop_column("access_grant", "owner_revision")
    op.drop_column("access_grant", "settled_by")
    op.alter_column("access_grant", "state_revision", new_column_name="version")


def _in_every_tenant(statements: tuple[str, ...]) -> None:
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        for statement in statements:
            connection.execute(sa.text(statement), {"tenant": tenant_id})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
