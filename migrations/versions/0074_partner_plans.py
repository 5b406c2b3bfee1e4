"""What partners pay for the platform: plans with their prices, subscriptions, usage and bills; invoices for bills."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"{TENANT} AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
HEADQUARTERS = (
    "nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid = "
    "'00000000-0000-7000-8000-000000000001'::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
)
CHANGED = ("plan_subscription", "plan_usage")
ADDED = ("plan_subscription_step", "plan_bill")


def upgrade() -> None:
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("included_engineers", sa.Integer(), nullable=False),
        sa.Column("included_devices", sa.Integer(), nullable=False),
        sa.Column("engineer_price", sa.BigInteger(), nullable=False),
        sa.Column("device_price", sa.BigInteger(), nullable=False),
        sa.Column("trial_days", sa.SmallInteger(), nullable=False),
        sa.Column("past_due_days", sa.SmallInteger(), nullable=False),
        sa.Column("grace_days", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "price >= 0 AND engineer_price >= 0 AND device_price >= 0", name=op.f("ck_plan_version_prices")
        ),
        sa.CheckConstraint("included_engineers >= 0 AND included_devices >= 0", name=op.f("ck_plan_version_included")),
        sa.CheckConstraint(
            "trial_days >= 0 AND past_due_days >= 0 AND grace_days >= 0", name=op.f("ck_plan_version_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("code", "effective_from", name="uq_plan_version_code_effective_from"),
    )
    op.create_table(
        "plan_subscription",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=20), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("ending", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("engineers", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("credit >= 0", name=op.f("ck_plan_subscription_credit")),
        sa.CheckConstraint(
            "period_start <= counted_from AND counted_from <= period_end", name=op.f("ck_plan_subscription_period")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_subscription")),
    )
    op.create_index("ix_plan_subscription_state", "plan_subscription", ["tenant_id", "state"], unique=False)
    op.create_table(
        "plan_usage",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("engineers", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_usage")),
        sa.UniqueConstraint("tenant_id", "day", name="uq_plan_usage_day"),
    )
    op.create_table(
        "plan_subscription_step",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("plan_code", sa.String(length=20), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["plan_subscription.tenant_id", "plan_subscription.id"],
            name=op.f("fk_plan_subscription_step_tenant_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_subscription_step")),
    )
    op.create_index(
        "ix_plan_subscription_step_subscription_id_occurred",
        "plan_subscription_step",
        ["tenant_id", "subscription_id", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "plan_bill",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("net >= 0 AND credit >= 0", name=op.f("ck_plan_bill_amounts")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["plan_subscription.tenant_id", "plan_subscription.id"],
            name=op.f("fk_plan_bill_tenant_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_bill")),
        sa.UniqueConstraint("tenant_id", "subscription_id", "occasion", name="uq_plan_bill_subscription_id_occasion"),
    )
    op.add_column("royalty_invoice", sa.Column("bill_id", sa.Uuid(), nullable=True))
    op.alter_column("royalty_invoice", "statement_id", nullable=True)
    op.create_unique_constraint("uq_royalty_invoice_bill_id", "royalty_invoice", ["tenant_id", "bill_id"])
    op.create_check_constraint(
        op.f("ck_royalty_invoice_subject"), "royalty_invoice", "(statement_id IS NULL) <> (bill_id IS NULL)"
    )
    _protect()


def _protect() -> None:
    for table in ("plan_version", *CHANGED, *ADDED):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE ON plan_version TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", "USING (true)"),
            ("INSERT", f"WITH CHECK ({HEADQUARTERS})"),
            ("UPDATE", f"USING ({HEADQUARTERS}) WITH CHECK ({HEADQUARTERS})"),
        ):
            name = f"plan_version_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON plan_version FOR {command} TO yinghuo_{role} {clause}")
    for table in (*CHANGED, *ADDED):
        added = table in ADDED
        op.execute(f"GRANT {'SELECT, INSERT' if added else 'SELECT, INSERT, UPDATE, DELETE'} ON {table} TO yinghuo_app")
        for role in ("app", "owner"):
            for command, clause in (
                ("SELECT", f"USING ({OWN})"),
                ("INSERT", f"WITH CHECK ({OWN})"),
                ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
                ("DELETE", f"USING ({OWN})"),
            ):
                if added and role == "app" and command in ("UPDATE", "DELETE"):
                    continue
                name = f"{table}_{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")
    op.execute("GRANT SELECT ON plan_subscription TO yinghuo_network")
    op.execute(
        "CREATE POLICY plan_subscription_network_select ON plan_subscription FOR SELECT TO yinghuo_network USING (true)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_royalty_invoice_subject"), "royalty_invoice")
    op.drop_constraint("uq_royalty_invoice_bill_id", "royalty_invoice")
    op.execute(
        "DELETE FROM royalty_payment p USING royalty_invoice i WHERE p.tenant_id = i.tenant_id AND p.invoice_id = i.id AND i.bill_id IS NOT NULL"
    )
    op.execute("DELETE FROM royalty_invoice WHERE bill_id IS NOT NULL")
    op.alter_column("royalty_invoice", "statement_id", nullable=False)
    op.drop_column("royalty_invoice", "bill_id")
    for table in (*ADDED, *CHANGED, "plan_version"):
        op.drop_table(table)
