"""Figures of quality: the fourth promise, first-visit fix, repeat faults; sums by day.

Rows that are there get nought for what was not counted yet; `./run rebuild-quality` computes them from the records."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = (
    "remote_access_met",
    "remote_access_breached",
    "visited",
    "first_visit_fixed",
    "on_device",
    "repeated",
)


def upgrade() -> None:
    for table, kind in (("quality_fact", sa.SmallInteger()), ("quality_rollup", sa.Integer())):
        for name in ADDED:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default="0"))
            op.alter_column(table, name, server_default=None)
    op.create_table(
        "quality_day",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("response_met", sa.Integer(), nullable=False),
        sa.Column("response_breached", sa.Integer(), nullable=False),
        sa.Column("remote_access_met", sa.Integer(), nullable=False),
        sa.Column("remote_access_breached", sa.Integer(), nullable=False),
        sa.Column("arrival_met", sa.Integer(), nullable=False),
        sa.Column("arrival_breached", sa.Integer(), nullable=False),
        sa.Column("resolution_met", sa.Integer(), nullable=False),
        sa.Column("resolution_breached", sa.Integer(), nullable=False),
        sa.Column("visited", sa.Integer(), nullable=False),
        sa.Column("first_visit_fixed", sa.Integer(), nullable=False),
        sa.Column("on_device", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quality_day")),
        sa.UniqueConstraint("tenant_id", "day", name="uq_quality_day_day"),
    )
    op.create_index("ix_quality_day_day", "quality_day", ["day"], unique=False)
    op.execute("ALTER TABLE quality_day ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE quality_day FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON quality_day TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON quality_day TO yinghuo_app")
    op.execute(
        "CREATE POLICY quality_day_app_select ON quality_day FOR SELECT TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_app_insert ON quality_day FOR INSERT TO yinghuo_app WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_app_update ON quality_day FOR UPDATE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_app_delete ON quality_day FOR DELETE TO yinghuo_app USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_owner_select ON quality_day FOR SELECT TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_owner_insert ON quality_day FOR INSERT TO yinghuo_owner WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_owner_update ON quality_day FOR UPDATE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant') WITH CHECK (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute(
        "CREATE POLICY quality_day_owner_delete ON quality_day FOR DELETE TO yinghuo_owner USING (tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant')"
    )
    op.execute("GRANT SELECT ON quality_day TO yinghuo_network")
    op.execute("CREATE POLICY quality_day_network_select ON quality_day FOR SELECT TO yinghuo_network USING (true)")


def downgrade() -> None:
    for table in ("quality_rollup", "quality_fact"):
        for name in reversed(ADDED):
            op.drop_column(table, name)
    op.drop_index("ix_quality_day_day", table_name="quality_day")
    op.drop_table("quality_day")
