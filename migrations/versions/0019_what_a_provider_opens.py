"""An identity provider opens its own company alone, and nobody who may more than whoever set it up.

Who set a provider up is in the audit log; where it is not, the provider links nobody until it is saved again. Tenant by
tenant, because row-level security binds the owner too.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SET_UP_BY = """
UPDATE identity_provider p SET set_up_by = m.roles
FROM membership m
WHERE p.tenant_id = :tenant AND m.tenant_id = p.tenant_id AND m.id = (
    SELECT e.membership_id FROM audit_entry e
    WHERE e.tenant_id = :tenant AND e.record_kind = 'identity_provider' AND e.record_id = p.id
    AND e.action = 'single_sign_on.changed' ORDER BY e.id DESC LIMIT 1
)
"""
WHOSE = "UPDATE account_subject SET tenant_id = :tenant, client_id = :client WHERE provider_id = :provider"
ELSEWHERE = """
UPDATE session s SET revoked_at = now()
FROM account_subject a
WHERE s.account_id = a.account_id AND s.revoked_at IS NULL AND s.tenant_id IS DISTINCT FROM a.tenant_id
"""
"""Sessions that such an account has in another company, or by a provider that was removed."""


def upgrade() -> None:
    op.add_column(
        "identity_provider",
        sa.Column("set_up_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
    )
    op.alter_column("identity_provider", "set_up_by", server_default=None)
    op.add_column("account_subject", sa.Column("tenant_id", sa.Uuid(), nullable=True))
    op.add_column("account_subject", sa.Column("client_id", sa.Uuid(), nullable=True))
    # Only the signin role may see them; the owner of the tables for as long as this lasts.
    for table in ("account_subject", "session"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    connection = op.get_bind()
    for tenant_id in connection.scalars(sa.text("SELECT id FROM tenant ORDER BY id")).all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        connection.execute(sa.text(SET_UP_BY), {"tenant": tenant_id})
        providers = sa.text("SELECT id, client_id FROM identity_provider WHERE tenant_id = :tenant")
        for provider_id, client_id in connection.execute(providers, {"tenant": tenant_id}).all():
            connection.execute(sa.text(WHOSE), {"tenant": tenant_id, "client": client_id, "provider": provider_id})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
    connection.execute(sa.text(ELSEWHERE))
    for table in ("account_subject", "session"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("account_subject", "client_id")
    op.drop_column("account_subject", "tenant_id")
    op.drop_column("identity_provider", "set_up_by")
