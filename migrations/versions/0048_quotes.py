"""Quotes with their versions and lines, what of them is offered to clients, and work that is not charged."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
OWN_OR_CLIENT = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"
UNIT_PRICE = sa.Numeric(18, 6)
QUANTITY = sa.Numeric(12, 3)
SHARE = sa.Numeric(5, 4)
MOMENT = sa.DateTime(timezone=True)


def _keys(table: str, *, client: bool = True) -> list[Any]:
    columns: list[Any] = [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]
    if client:
        columns.append(sa.Column("client_id", sa.Uuid(), nullable=False))
    return [*columns, sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def _to_tenant(table: str, target: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _to_client(table: str, target: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "client_id", column],
        [f"{target}.tenant_id", f"{target}.client_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_client_id_{column}"),
    )


def upgrade() -> None:
    op.create_table(
        "goodwill_work",
        *_keys("goodwill_work"),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid()),
        sa.Column("granted_by_name", sa.String(80), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.UniqueConstraint("tenant_id", "visit_id", name=op.f("uq_goodwill_work_visit_id")),
        _to_tenant("goodwill_work", "client", "client_id"),
        _to_client("goodwill_work", "ticket", "ticket_id"),
        _to_client("goodwill_work", "visit", "visit_id"),
    )
    op.create_index("ix_goodwill_work_ticket_id", "goodwill_work", ["tenant_id", "ticket_id"])
    op.create_table(
        "quote",
        *_keys("quote"),
        sa.Column("ticket_id", sa.Uuid()),
        sa.Column("number", sa.String(28), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version_number", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("margin", sa.Numeric(9, 4)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_name", sa.String(80), nullable=False),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitted_by_account", sa.Uuid()),
        sa.Column("submitted_by_name", sa.String(80), nullable=False),
        sa.Column("offered_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.Column("review_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_quote_client")),
        _to_tenant("quote", "client", "client_id"),
        _to_client("quote", "ticket", "ticket_id"),
    )
    op.create_index("ix_quote_created_at_id", "quote", ["tenant_id", "created_at", "id"])
    op.create_index("ix_quote_state_created_at", "quote", ["tenant_id", "state", "created_at"])
    op.create_index("ix_quote_client_id_created_at", "quote", ["tenant_id", "client_id", "created_at"])
    op.create_index("ix_quote_ticket_id", "quote", ["tenant_id", "ticket_id"])
    op.create_index(
        "ix_quote_number", "quote", ["tenant_id", "number"], unique=True, postgresql_where=sa.text("number <> ''")
    )
    op.create_table(
        "quote_version",
        *_keys("quote_version"),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_name", sa.String(80), nullable=False),
        sa.Column("offered_at", MOMENT),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_quote_version_client")),
        sa.UniqueConstraint("tenant_id", "quote_id", "number", name=op.f("uq_quote_version_quote_id_number")),
        _to_tenant("quote_version", "client", "client_id"),
        _to_client("quote_version", "quote", "quote_id"),
    )
    op.create_table(
        "quote_line",
        *_keys("quote_line"),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("unit_price", UNIT_PRICE, nullable=False),
        sa.Column("cost", UNIT_PRICE),
        sa.Column("discount", SHARE, nullable=False),
        sa.Column("price_mode", sa.String(12), nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.Column("service_category", sa.String(40), nullable=False),
        sa.UniqueConstraint("tenant_id", "version_id", "position", name=op.f("uq_quote_line_version_id_position")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quote_line_quantity")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_quote_line_unit_price")),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_quote_line_cost")),
        sa.CheckConstraint("discount >= 0 AND discount <= 1", name=op.f("ck_quote_line_discount")),
        _to_tenant("quote_line", "client", "client_id"),
        _to_client("quote_line", "quote_version", "version_id"),
    )
    op.create_table(
        "offered_quote",
        *_keys("offered_quote"),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(28), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("signed_by", sa.String(60), nullable=False),
        sa.Column("signed_at", MOMENT),
        sa.Column("signature_requested_by", sa.String(80), nullable=False),
        sa.Column("signature_file_id", sa.Uuid()),
        sa.Column("document_file_id", sa.Uuid()),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid()),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by_name", sa.String(80), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_offered_quote_client")),
        sa.UniqueConstraint("tenant_id", "quote_id", "edition", name=op.f("uq_offered_quote_quote_id_edition")),
        _to_tenant("offered_quote", "client", "client_id"),
        _to_client("offered_quote", "quote", "quote_id"),
        _to_client("offered_quote", "quote_version", "version_id"),
        _to_client("offered_quote", "ticket", "ticket_id"),
    )
    op.create_index("ix_offered_quote_client_id_created_at", "offered_quote", ["tenant_id", "client_id", "created_at"])
    op.create_index("ix_offered_quote_ticket_id", "offered_quote", ["tenant_id", "ticket_id"])
    op.create_table(
        "offered_quote_line",
        *_keys("offered_quote_line"),
        sa.Column("offered_quote_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("unit_price", UNIT_PRICE, nullable=False),
        sa.Column("discount", SHARE, nullable=False),
        sa.Column("price_mode", sa.String(12), nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.Column("tax_rate", sa.Numeric(6, 4)),
        sa.Column("service_category", sa.String(40), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.UniqueConstraint(
            "tenant_id", "offered_quote_id", "position", name=op.f("uq_offered_quote_line_offered_quote_id_position")
        ),
        _to_tenant("offered_quote_line", "client", "client_id"),
        _to_client("offered_quote_line", "offered_quote", "offered_quote_id"),
    )
    op.create_table(
        "quote_rule",
        *_keys("quote_rule", client=False),
        sa.Column("lowest_margin", SHARE),
        sa.Column("discount_limits", postgresql.JSONB(), nullable=False),
        sa.Column("valid_days", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    _isolate("goodwill_work", OWN, append_only=True)
    for table in ("quote", "quote_version", "quote_line", "quote_rule"):
        _isolate(table, OWN)
    for table in ("offered_quote", "offered_quote_line"):
        _isolate(table, OWN_OR_CLIENT)


def _isolate(table: str, readable: str, *, append_only: bool = False) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(f"GRANT SELECT, INSERT{'' if append_only else ', UPDATE, DELETE'} ON {table} TO yinghuo_app")
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
    for table in (
        "quote_rule",
        "offered_quote_line",
        "offered_quote",
        "quote_line",
        "quote_version",
        "quote",
        "goodwill_work",
    ):
        op.drop_table(table)
