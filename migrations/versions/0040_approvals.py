"""What waits for somebody's decision; requests of headquarters that wait for a partner's consent are the first."""

import hashlib
import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

HQ = "00000000-0000-7000-8000-000000000001"
_TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
_SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
_OWN = f"{_TENANT} AND {_SCOPE} = 'tenant'"
_READABLE = {
    "approval": f"{_TENANT} AND CASE {_SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN "
    "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END",
    "approval_link": _OWN,
}
_KINDS = {"ticket": "服务单", "device": "设备", "device,ticket": "服务单和设备"}


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("requested_by_account", sa.Uuid(), nullable=True))
    op.create_table(
        "approval",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("limits", postgresql.JSONB(), nullable=False),
        sa.Column("second_above_minor", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_by_account", sa.Uuid(), nullable=True),
        sa.Column("requested_by_name", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_decided_by", sa.Uuid(), nullable=True),
        sa.Column("first_decided_by_account", sa.Uuid(), nullable=True),
        sa.Column("first_decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("first_decided_by_email", sa.String(length=254), nullable=False),
        sa.Column("first_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_by_email", sa.String(length=254), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_subject_kind_subject_id", "approval", ["tenant_id", "subject_kind", "subject_id"])
    op.create_index("ix_approval_state_expires_at_id", "approval", ["tenant_id", "state", "expires_at", "id"])
    op.create_index(
        "uq_approval_waiting",
        "approval",
        ["tenant_id", "subject_kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'requested' OR state = 'first_approved'"),
    )
    op.create_table(
        "approval_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_link")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "approval_id"],
            ["approval.tenant_id", "approval.id"],
            name=op.f("fk_approval_link_tenant_id_approval_id"),
        ),
        sa.UniqueConstraint("tenant_id", "token_hash", name="uq_approval_link_token_hash"),
        sa.UniqueConstraint("tenant_id", "approval_id", "email", name="uq_approval_link_approval_id_email"),
    )
    for table in ("approval", "approval_link"):
        _isolate(table)
    _in_every_tenant(_carry_over)


def downgrade() -> None:
    _in_every_tenant(_take_back)
    op.drop_table("approval_link")
    op.drop_table("approval")
    op.drop_column("access_grant", "requested_by_account")


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({_READABLE[table]})"),
            ("INSERT", f"WITH CHECK ({_OWN})"),
            ("UPDATE", f"USING ({_OWN}) WITH CHECK ({_OWN})"),
            ("DELETE", f"USING ({_OWN})"),
        ):
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def _in_every_tenant(act: Any) -> None:
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        if str(tenant_id) == HQ:
            continue
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        act(connection, tenant_id)
    connection.execute(sa.text("SET LOCAL app.actor = ''"))


def _carry_over(connection: Any, tenant_id: uuid.UUID) -> None:
    """A request that waits at the partner becomes an approval, whose expiry takes the place of its own."""
    waiting = connection.execute(
        sa.text(
            "SELECT id, requested_by, requested_by_name, reason, record_kinds, hours, requested_at, expires_at "
            "FROM access_grant WHERE tenant_id = :tenant AND state = 'requested'"
        ),
        {"tenant": tenant_id},
    ).all()
    for grant in waiting:
        content = {
            "requested_by": str(grant.requested_by),
            "reason": grant.reason,
            "record_kinds": grant.record_kinds,
            "hours": grant.hours,
        }
        facts = [
            {"label": "原因", "value": grant.reason, "is_text": False},
            {"label": "要看哪些记录", "value": _KINDS[",".join(sorted(grant.record_kinds))], "is_text": True},
            {"label": "范围", "value": "全部客户", "is_text": True},
            {"label": "最长多少小时", "value": str(grant.hours), "is_text": False},
        ]
        connection.execute(
            sa.text(
                "INSERT INTO approval (tenant_id, id, subject_kind, subject_id, content_hash, title, parameters, facts,"
                " currency, limits, state, requested_by, requested_by_name, requested_at, expires_at,"
                " first_decided_by_name, first_decided_by_email, decided_by_name, decided_by_email, reason)"
                " VALUES (:tenant, :id, 'access_grant', :id, :hash, :title, CAST(:parameters AS jsonb),"
                " CAST(:facts AS jsonb), '', '{}', 'requested', :asker, :name, :requested_at, :expires_at,"
                " '', '', '', '', '')"
            ),
            {
                "tenant": tenant_id,
                "id": grant.id,
                "hash": _hash(content),
                "title": "总部 %(person)s 申请查看贵公司的记录，请处理。原因：%(reason)s",
                "parameters": _json({"person": grant.requested_by_name, "reason": grant.reason[:200]}),
                "facts": _json(facts),
                "asker": grant.requested_by,
                "name": grant.requested_by_name,
                "requested_at": grant.requested_at,
                "expires_at": grant.expires_at,
            },
        )
        connection.execute(
            sa.text(
                "UPDATE due_entry SET kind = 'approval_expiry' "
                "WHERE tenant_id = :tenant AND kind = 'access_expiry' AND subject_id = :id"
            ),
            {"tenant": tenant_id, "id": grant.id},
        )


def _take_back(connection: Any, tenant_id: uuid.UUID) -> None:
    connection.execute(
        sa.text(
            "UPDATE due_entry SET kind = 'access_expiry', subject_id = approval.subject_id FROM approval "
            "WHERE due_entry.tenant_id = :tenant AND approval.tenant_id = :tenant "
            "AND due_entry.kind = 'approval_expiry' AND due_entry.subject_id = approval.id "
            "AND approval.subject_kind = 'access_grant'"
        ),
        {"tenant": tenant_id},
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _hash(content: object) -> str:
    return hashlib.sha256(_json(content).encode()).hexdigest()
