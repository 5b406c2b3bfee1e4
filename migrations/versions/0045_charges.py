"""Charges: each once, added and never changed, with marks, what became of their sources, and runs."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

OWN = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid AND split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
APPEND_ONLY = ("charge",)
OTHERS = ("charge_mark", "rated_record", "rating_run")


def upgrade() -> None:
    _charge()
    _mark()
    _rated_record()
    _run()
    for table in (*APPEND_ONLY, *OTHERS):
        _isolate(table, append_only=table in APPEND_ONLY)


def _charge() -> None:
    op.create_table(
        "charge",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("source_kind", sa.String(30), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(120), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("reverses_id", sa.Uuid()),
        sa.Column("contract_id", sa.Uuid()),
        sa.Column("contract_version_id", sa.Uuid()),
        sa.Column("quote_line_id", sa.Uuid()),
        sa.Column("addon_order_id", sa.Uuid()),
        sa.Column("ticket_id", sa.Uuid()),
        sa.Column("visit_id", sa.Uuid()),
        sa.Column("site_id", sa.Uuid()),
        sa.Column("department_id", sa.Uuid()),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("unit_price", sa.Numeric(18, 6), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.Column("price_mode", sa.String(12), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("period_start", sa.Date()),
        sa.Column("period_end", sa.Date()),
        sa.Column("period_price", sa.BigInteger()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_charge")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_kind",
            "source_id",
            "rule",
            "revision",
            name=op.f("uq_charge_source_kind_source_id_rule_revision"),
        ),
        sa.UniqueConstraint("tenant_id", "reverses_id", name=op.f("uq_charge_reverses_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_charge_tenant_id_client_id"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", "client_id", column],
                [f"{target}.tenant_id", f"{target}.client_id", f"{target}.id"],
                name=op.f(f"fk_charge_tenant_id_client_id_{column}"),
            )
            for target, column in (("ticket", "ticket_id"), ("visit", "visit_id"))
        ),
    )
    op.create_index("ix_charge_day_id", "charge", ["tenant_id", "day", "id"])
    op.create_index("ix_charge_client_id_day_id", "charge", ["tenant_id", "client_id", "day", "id"])
    op.create_index("ix_charge_ticket_id", "charge", ["tenant_id", "ticket_id"])


def _mark() -> None:
    op.create_table(
        "charge_mark",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.String(80), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_charge_mark")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "charge_id"],
            ["charge.tenant_id", "charge.id"],
            name=op.f("fk_charge_mark_tenant_id_charge_id"),
        ),
    )
    op.create_index(
        "uq_charge_mark_standing",
        "charge_mark",
        ["tenant_id", "charge_id", "kind"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def _rated_record() -> None:
    op.create_table(
        "rated_record",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("source_kind", sa.String(30), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid()),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("contract_version_id", sa.Uuid()),
        sa.Column("line_key", sa.String(40), nullable=False),
        sa.Column("minutes_inside", sa.Integer(), nullable=False),
        sa.Column("minutes_outside", sa.Integer(), nullable=False),
        sa.Column("facts", sa.String(64), nullable=False),
        sa.Column("draws", sa.SmallInteger(), nullable=False),
        sa.Column("charged_because", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rated_record")),
        sa.UniqueConstraint(
            "tenant_id", "source_kind", "source_id", name=op.f("uq_rated_record_source_kind_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_rated_record_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "ticket_id"],
            ["ticket.tenant_id", "ticket.client_id", "ticket.id"],
            name=op.f("fk_rated_record_tenant_id_client_id_ticket_id"),
        ),
    )
    op.create_index("ix_rated_record_outcome_day_id", "rated_record", ["tenant_id", "outcome", "day", "id"])
    op.create_index("ix_rated_record_ticket_id", "rated_record", ["tenant_id", "ticket_id"])


def _run() -> None:
    op.create_table(
        "rating_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("source", sa.String(30), nullable=False),
        sa.Column("cursor", sa.Uuid()),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("reversed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rating_run")),
        sa.UniqueConstraint("tenant_id", "until", name=op.f("uq_rating_run_until")),
    )


def _isolate(table: str, *, append_only: bool) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(
        f"GRANT {'SELECT, INSERT' if append_only else 'SELECT, INSERT, UPDATE, DELETE'} ON {table} TO yinghuo_app"
    )
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN})"),
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
    for table in (*OTHERS, *APPEND_ONLY):
        op.drop_table(table)
