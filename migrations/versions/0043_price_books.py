"""Price books in versions, headquarters' standard prices, and the state's tax rates."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

SCOPE = "split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
TENANT = "nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
OWN = f"tenant_id = {TENANT} AND {SCOPE}"
HEADQUARTERS = f"{TENANT} = '00000000-0000-7000-8000-000000000001'::uuid AND {SCOPE}"
UNIT_PRICE = sa.Numeric(18, 6)

TAX_RATES = (
    ("vat_13", "13%", "0.13"),
    ("vat_9", "9%", "0.09"),
    ("vat_6", "6%", "0.06"),
    ("vat_3", "3%", "0.03"),
    ("vat_1", "1%", "0.01"),
    ("vat_0", "0%", "0"),
    ("exempt", "免税", None),
)
"""The rates of value-added tax that hold since 1 April 2019 [财政部 税务总局 海关总署公告 2019 年第 39 号]; 3 % and 1 % for
small-scale taxpayers."""


def upgrade() -> None:
    op.create_table(
        "tax_rate",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("rate", sa.Numeric(6, 4)),
        sa.Column("valid_until", sa.Date()),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_tax_rate")),
    )
    op.create_table(
        "standard_price",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("service_category", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("suggested", UNIT_PRICE, nullable=False),
        sa.Column("floor", UNIT_PRICE, nullable=False),
        sa.Column("ceiling", UNIT_PRICE, nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_standard_price")),
        sa.CheckConstraint("floor <= suggested AND suggested <= ceiling", name=op.f("ck_standard_price_bounds")),
    )
    op.create_table(
        "price_book_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price_mode", sa.String(12), nullable=False),
        sa.Column("effective_from", sa.Date()),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("published_by", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_price_book_version")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_price_book_version_number")),
    )
    op.create_index(
        "ix_price_book_version_state_effective_from", "price_book_version", ["tenant_id", "state", "effective_from"]
    )
    op.create_table(
        "price_book_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("service_category", sa.String(40), nullable=False),
        sa.Column("unit_price", UNIT_PRICE, nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_price_book_line")),
        sa.UniqueConstraint("tenant_id", "version_id", "code", name=op.f("uq_price_book_line_version_id_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["price_book_version.tenant_id", "price_book_version.id"],
            name=op.f("fk_price_book_line_tenant_id_version_id"),
        ),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_price_book_line_unit_price")),
    )
    for code, name, rate in TAX_RATES:
        share = "NULL" if rate is None else rate
        op.execute(
            f"INSERT INTO tax_rate (code, valid_from, name, rate) VALUES ('{code}', '2019-04-01', '{name}', {share})"
        )
    for table in ("tax_rate", "standard_price"):
        _share(table)
    for table in ("price_book_version", "price_book_line"):
        _isolate(table)


def _enable(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")


def _share(table: str) -> None:
    """Read by all, written by headquarters."""
    _enable(table)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", "USING (true)"),
            ("INSERT", f"WITH CHECK ({HEADQUARTERS})"),
            ("UPDATE", f"USING ({HEADQUARTERS}) WITH CHECK ({HEADQUARTERS})"),
        ):
            op.execute(
                f"CREATE POLICY {table}_{role}_{command.lower()} ON {table} FOR {command} TO yinghuo_{role} {clause}"
            )


def _isolate(table: str) -> None:
    _enable(table)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({OWN})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            op.execute(
                f"CREATE POLICY {table}_{role}_{command.lower()} ON {table} FOR {command} TO yinghuo_{role} {clause}"
            )


def downgrade() -> None:
    for table in ("price_book_line", "price_book_version", "standard_price", "tax_rate"):
        op.drop_table(table)
