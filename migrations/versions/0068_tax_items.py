"""As what a kind of charge is taxed where nobody says otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

TENANT = "nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2) = 'tenant'"
HEADQUARTERS = f"{TENANT} = '00000000-0000-7000-8000-000000000001'::uuid AND {SCOPE}"

TAX_ITEMS = (
    ("", "信息技术服务", "3040203000000000000", "vat_6"),
    ("part", "计算机配套产品", "1090512990000000000", "vat_13"),
)
"""Kind of charge, 项目名称, 税收分类编码 [商品和服务税收分类编码表], tax rate: 信息系统服务, and computer parts."""


def upgrade() -> None:
    op.create_table(
        "tax_item",
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("code", sa.String(19), nullable=False),
        sa.Column("tax", sa.String(20), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.PrimaryKeyConstraint("category", "valid_from", name=op.f("pk_tax_item")),
    )
    for values in TAX_ITEMS:
        category, name, code, tax = (f"'{value}'" for value in values)
        op.execute(
            "INSERT INTO tax_item (category, valid_from, name, code, tax) "
            f"VALUES ({category}, '2019-04-01', {name}, {code}, {tax})"
        )
    op.execute("ALTER TABLE tax_item ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE tax_item FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON tax_item TO yinghuo_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE ON tax_item TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", "USING (true)"),
            ("INSERT", f"WITH CHECK ({HEADQUARTERS})"),
            ("UPDATE", f"USING ({HEADQUARTERS}) WITH CHECK ({HEADQUARTERS})"),
        ):
            op.execute(
                f"CREATE POLICY tax_item_{role}_{command.lower()} ON tax_item FOR {command} TO yinghuo_{role} {clause}"
            )


def downgrade() -> None:
    op.drop_table("tax_item")
