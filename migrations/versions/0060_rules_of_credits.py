"""Credits by a share, a sum, or a rate for each started hour or day."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TABLES = ("service_credit", "service_credit_notice")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("basis", sa.String(8), server_default="share", nullable=False))
        op.add_column(table, sa.Column("rate", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("units", sa.Integer(), server_default="1", nullable=False))
        op.add_column(table, sa.Column("period_limit", sa.BigInteger(), nullable=True))
    _in_every_tenant("UPDATE {table} SET period_limit = round(fee * most) WHERE tenant_id = :tenant")
    for table in TABLES:
        op.alter_column(table, "period_limit", existing_type=sa.BigInteger(), nullable=False)
        op.alter_column(table, "basis", existing_type=sa.String(8), server_default=None)
        op.alter_column(table, "units", existing_type=sa.Integer(), server_default=None)
        for column in ("share", "most"):
            op.alter_column(table, column, existing_type=sa.Numeric(6, 4), nullable=True)


def downgrade() -> None:
    _in_every_tenant(
        "UPDATE {table} SET share = coalesce(share, 0), most = coalesce(most, 0) WHERE tenant_id = :tenant"
    )
    for table in TABLES:
        for column in ("share", "most"):
            op.alter_column(table, column, existing_type=sa.Numeric(6, 4), nullable=False)
        for column in ("basis", "rate", "units", "period_limit"):
            op.drop_column(table, column)


def _in_every_tenant(statement: str) -> None:
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        for table in TABLES:
            connection.execute(sa.text(statement.format(table=table)), {"tenant": tenant_id})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
