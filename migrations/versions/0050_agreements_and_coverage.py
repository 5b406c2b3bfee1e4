"""Contracts as clients see them, and whether their tickets are covered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
_SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
_OWN = f"{_TENANT} AND {_SCOPE} = 'tenant'"
_CLIENT = (
    f"{_TENANT} AND CASE {_SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN "
    "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END"
)
_APPEND_ONLY = ("offered_contract", "agreed_contract", "ticket_coverage_reason")
_READABLE = {
    "offered_contract": _CLIENT,
    "agreed_contract": _CLIENT,
    "contract_standing": _CLIENT,
    "ticket_coverage": _CLIENT,
    "ticket_coverage_reason": _OWN,
}


def upgrade() -> None:
    for table, columns in (
        ("offered_contract", [sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False)]),
        (
            "agreed_contract",
            [
                sa.Column("effective_from", sa.Date(), nullable=False),
                sa.Column("digest", sa.String(64), nullable=False),
            ],
        ),
    ):
        op.create_table(
            table,
            *_ring(),
            *_edition(),
            sa.Column("contract_id", sa.Uuid(), nullable=False),
            sa.Column("version_id", sa.Uuid(), nullable=False),
            *columns,
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("tenant_id", "contract_id", "edition", name=f"uq_{table}_contract_id_edition"),
            sa.UniqueConstraint("tenant_id", "version_id", name=f"uq_{table}_version_id"),
            _to_client(table),
            _inside_client(table, "contract", "contract_id"),
            _inside_client(table, "contract_version", "version_id"),
        )
    op.create_table(
        "contract_standing",
        *_ring(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contract_standing")),
        sa.UniqueConstraint("tenant_id", "contract_id", name="uq_contract_standing_contract_id"),
        _to_client("contract_standing"),
        _inside_client("contract_standing", "contract", "contract_id"),
    )
    op.create_table(
        "ticket_coverage",
        *_ring(),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(12), nullable=False),
        sa.Column("note", sa.String(12), nullable=False),
        sa.Column("contract_number", sa.String(40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ticket_coverage")),
        sa.UniqueConstraint("tenant_id", "ticket_id", name="uq_ticket_coverage_ticket_id"),
        _to_client("ticket_coverage"),
        _inside_client("ticket_coverage", "ticket", "ticket_id"),
    )
    op.create_table(
        "ticket_coverage_reason",
        *_ring(),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("answer", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("contract_version_id", sa.Uuid(), nullable=True),
        sa.Column("contract_number", sa.String(40), nullable=False),
        sa.Column("line_key", sa.String(40), nullable=False),
        sa.Column("line_name", sa.String(120), nullable=False),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ticket_coverage_reason")),
        sa.UniqueConstraint("tenant_id", "ticket_id", "revision", name="uq_ticket_coverage_reason_ticket_id_revision"),
        _to_client("ticket_coverage_reason"),
        _inside_client("ticket_coverage_reason", "ticket", "ticket_id"),
    )
    for table in _READABLE:
        _isolate(table)


def downgrade() -> None:
    for table in reversed(_READABLE):
        op.drop_table(table)


def _ring() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
    ]


def _edition() -> list[sa.Column[object]]:
    return [
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(28), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(60), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signature_requested_by", sa.String(80), nullable=False),
        sa.Column("signature_file_id", sa.Uuid(), nullable=True),
        sa.Column("document_file_id", sa.Uuid(), nullable=True),
    ]


def _to_client(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "client_id"],
        ["client.tenant_id", "client.id"],
        name=op.f(f"fk_{table}_tenant_id_client_id"),
    )


def _inside_client(table: str, target: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "client_id", column],
        [f"{target}.tenant_id", f"{target}.client_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_client_id_{column}"),
    )


def _isolate(table: str) -> None:
    append_only = table in _APPEND_ONLY
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(f"GRANT {rights} ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({_READABLE[table]})"),
            ("INSERT", f"WITH CHECK ({_OWN})"),
            ("UPDATE", f"USING ({_OWN}) WITH CHECK ({_OWN})"),
            ("DELETE", f"USING ({_OWN})"),
        ):
            if append_only and role == "app" and command in {"UPDATE", "DELETE"}:
                continue
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")
