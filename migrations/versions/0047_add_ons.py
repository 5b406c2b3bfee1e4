"""Services that are billed beside contracts, and what partners are authorised for where they themselves see it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

HEADQUARTERS = "00000000-0000-7000-8000-000000000001"
TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
READ = {
    "addon": f"{TENANT} AND {SCOPE} IN ('tenant', 'client', 'reporter', 'public')",
    "addon_order": f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END",
    "addon_due": OWN,
}
UNIT_PRICE = sa.Numeric(18, 6)


def _priced() -> list[sa.Column[object]]:
    return [
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("service_category", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("unit_price", UNIT_PRICE, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price_mode", sa.String(12), nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.Column("cycle", sa.String(12), nullable=False),
        sa.Column("billed", sa.String(12), nullable=False),
    ]


def upgrade() -> None:
    op.add_column(
        "tenant",
        sa.Column("authorised_categories", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.execute(f"SET LOCAL app.actor = '{HEADQUARTERS}/tenant//'")
    op.execute(
        "UPDATE tenant SET authorised_categories = granted.codes FROM ("
        "SELECT partner_id, jsonb_agg(category_code ORDER BY category_code) AS codes FROM partner_authorisation "
        f"WHERE tenant_id = '{HEADQUARTERS}' GROUP BY partner_id) AS granted WHERE tenant.id = granted.partner_id"
    )
    op.execute("SET LOCAL app.actor = ''")
    op.create_table(
        "addon",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_priced(),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("target", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_addon")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_addon_code")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_addon_unit_price")),
        sa.CheckConstraint("(kind = 'subscribed') = (cycle <> '' AND billed <> '')", name=op.f("ck_addon_cycle")),
    )
    op.create_table(
        "addon_order",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        *_priced(),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("addon_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid()),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Uuid()),
        sa.Column("ordered_by_name", sa.String(80), nullable=False),
        sa.Column("by_client", sa.Boolean(), nullable=False),
        sa.Column("start_on", sa.Date()),
        sa.Column("last_day", sa.Date()),
        sa.Column("delivered_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_addon_order")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_addon_order_number")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_addon_order_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "addon_id"], ["addon.tenant_id", "addon.id"], name=op.f("fk_addon_order_tenant_id_addon_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "site_id"],
            ["site.tenant_id", "site.client_id", "site.id"],
            name=op.f("fk_addon_order_tenant_id_client_id_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "device_id"],
            ["device.tenant_id", "device.client_id", "device.id"],
            name=op.f("fk_addon_order_tenant_id_client_id_device_id"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_addon_order_quantity")),
    )
    op.create_index("ix_addon_order_client_id_ordered_at", "addon_order", ["tenant_id", "client_id", "ordered_at"])
    op.create_index("ix_addon_order_next_on", "addon_order", ["tenant_id", "next_on"])
    op.create_table(
        "addon_due",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date()),
        sa.Column("period_end", sa.Date()),
        sa.Column("given_back", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_addon_due")),
        sa.UniqueConstraint("tenant_id", "order_id", "number", name=op.f("uq_addon_due_order_id_number")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["addon_order.tenant_id", "addon_order.id"],
            name=op.f("fk_addon_due_tenant_id_order_id"),
        ),
        sa.CheckConstraint("(period_start IS NULL) = (period_end IS NULL)", name=op.f("ck_addon_due_period")),
    )
    for table, readable in READ.items():
        _isolate(table, readable, append_only=table == "addon_due")


def _isolate(table: str, readable: str, *, append_only: bool) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(
        f"GRANT {'SELECT, INSERT' if append_only else 'SELECT, INSERT, UPDATE, DELETE'} ON {table} TO yinghuo_app"
    )
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({readable})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            if append_only and role == "app" and command in ("UPDATE", "DELETE"):
                continue
            op.execute(
                f"CREATE POLICY {table}_{role}_{command.lower()} ON {table} FOR {command} TO yinghuo_{role} {clause}"
            )


def downgrade() -> None:
    for table in ("addon_due", "addon_order", "addon"):
        op.drop_table(table)
    op.drop_column("tenant", "authorised_categories")
