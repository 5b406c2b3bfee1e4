"""Contracts in versions with their devices, days, suspensions and milestones; what clients bought ahead."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
_SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
_OWN = f"{_TENANT} AND {_SCOPE} = 'tenant'"
_CLIENT = (
    f"{_TENANT} AND CASE {_SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN "
    "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END"
)
_SHOWN = ("prepaid_block", "prepaid_movement", "contract_milestone")
"""What the client sees too."""
_APPEND_ONLY = ("prepaid_movement", "prepaid_draw")
TABLES = (
    "contract",
    "contract_version",
    "contract_device",
    "contract_suspension",
    "contract_date",
    "prepaid_block",
    "prepaid_movement",
    "prepaid_draw",
    "contract_milestone",
)


def upgrade() -> None:
    op.create_table(
        "contract",
        *_keys(),
        sa.Column("number", sa.String(40)),
        sa.Column("former_number", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("current_version_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("notice_given_on", sa.Date()),
        sa.Column("end_reason", sa.String(400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_contract_client"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_contract_number"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_contract_tenant_id_client_id"),
        ),
    )
    op.create_index("ix_contract_client_id_state", "contract", ["tenant_id", "client_id", "state"])
    op.create_table(
        "contract_version",
        *_keys(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date()),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("accepted_by", sa.String(80), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract_version")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_contract_version_client"),
        sa.UniqueConstraint("tenant_id", "contract_id", "number", name="uq_contract_version_contract_id_number"),
        _of("contract", "contract_version", "contract_id"),
    )
    op.create_index(
        "uq_contract_version_open",
        "contract_version",
        ["tenant_id", "contract_id"],
        unique=True,
        postgresql_where=sa.text("state::text IN ('draft', 'offered', 'accepted')"),
    )
    op.create_table(
        "contract_device",
        *_keys(),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("line_key", sa.String(40), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract_device")),
        sa.UniqueConstraint("tenant_id", "version_id", "device_id", name="uq_contract_device_version_id_device_id"),
        _of("contract_version", "contract_device", "version_id"),
        _of("device", "contract_device", "device_id"),
        sa.CheckConstraint("from_day < until_day", name=op.f("ck_contract_device_days")),
    )
    op.create_index(
        "ix_contract_device_device_id_until_day", "contract_device", ["tenant_id", "device_id", "until_day"]
    )
    op.create_table(
        "contract_suspension",
        *_keys(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date()),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract_suspension")),
        _of("contract", "contract_suspension", "contract_id"),
    )
    op.create_index("ix_contract_suspension_contract_id", "contract_suspension", ["tenant_id", "contract_id"])
    op.create_table(
        "contract_date",
        *_keys(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract_date")),
        sa.UniqueConstraint("tenant_id", "contract_id", "kind", "day", name="uq_contract_date_contract_id_kind_day"),
        _of("contract", "contract_date", "contract_id"),
    )
    op.create_table(
        "prepaid_block",
        *_keys(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("line_key", sa.String(40), nullable=False),
        sa.Column("line_name", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_prepaid_block")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_prepaid_block_client"),
        sa.UniqueConstraint("tenant_id", "source", name="uq_prepaid_block_source"),
        _of("contract", "prepaid_block", "contract_id"),
        sa.CheckConstraint('"left" BETWEEN 0 AND quantity', name=op.f("ck_prepaid_block_left")),
    )
    op.create_index(
        "ix_prepaid_block_contract_id_line_key_expires_on",
        "prepaid_block",
        ["tenant_id", "contract_id", "line_key", "expires_on"],
    )
    op.create_table(
        "prepaid_movement",
        *_keys(),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_kind", sa.String(20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("gives_back", sa.Boolean(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_prepaid_movement")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_kind",
            "source_id",
            "revision",
            "block_id",
            "gives_back",
            name="uq_prepaid_movement_source_kind_source_id_revision_block_id_gives_back"[:50],
        ),
        _of("prepaid_block", "prepaid_movement", "block_id"),
    )
    op.create_index("ix_prepaid_movement_block_id", "prepaid_movement", ["tenant_id", "block_id"])
    op.create_table(
        "prepaid_draw",
        *_keys(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("line_key", sa.String(40), nullable=False),
        sa.Column("source_kind", sa.String(20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_prepaid_draw")),
        sa.UniqueConstraint(
            "tenant_id", "source_kind", "source_id", "revision", name="uq_prepaid_draw_source_kind_source_id_revision"
        ),
        _of("contract", "prepaid_draw", "contract_id"),
    )
    op.create_table(
        "contract_milestone",
        *_keys(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("line_key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reported_on", sa.Date()),
        sa.Column("reported_by", sa.String(80), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("accepted_by", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract_milestone")),
        sa.UniqueConstraint("tenant_id", "contract_id", "line_key", name="uq_contract_milestone_contract_id_line_key"),
        _of("contract", "contract_milestone", "contract_id"),
    )
    for table in TABLES:
        _isolate(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _keys() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("tenant_id", "id", "client_id")]


def _of(target: str, table: str, column: str) -> sa.ForeignKeyConstraint:
    """Of the same client of the same tenant."""
    return sa.ForeignKeyConstraint(
        ["tenant_id", "client_id", column],
        [f"{target}.tenant_id", f"{target}.client_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_client_id_{column}"),
    )


def _isolate(table: str) -> None:
    read = _CLIENT if table in _SHOWN else _OWN
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    may = "SELECT, INSERT" if table in _APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {may} ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({read})"),
            ("INSERT", f"WITH CHECK ({_OWN})"),
            ("UPDATE", f"USING ({_OWN}) WITH CHECK ({_OWN})"),
            ("DELETE", f"USING ({_OWN})"),
        ):
            if role == "app" and table in _APPEND_ONLY and command in ("UPDATE", "DELETE"):
                continue
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")
