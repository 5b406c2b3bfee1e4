"""The security service: weeks, devices' checks, findings with their tickets, bulletins and their editions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"
TABLES = (
    "security_week",
    "security_check",
    "security_finding",
    "security_bulletin",
    "bulletin_edition",
)


def upgrade() -> None:
    op.create_table(
        "security_week",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("protected", sa.Integer(), nullable=False),
        sa.Column("outdated", sa.Integer(), nullable=False),
        sa.Column("virus_events", sa.Integer(), nullable=False),
        sa.Column("unpatched", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessed_by_name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_security_week")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_security_week_tenant_id_client_id"),
        ),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_security_week_client")),
        sa.UniqueConstraint("tenant_id", "client_id", "monday", name=op.f("uq_security_week_client_id_monday")),
    )
    op.create_index("ix_security_week_monday", "security_week", ["tenant_id", "monday"])
    op.create_index("ix_security_week_state_monday", "security_week", ["tenant_id", "state", "monday"])
    op.create_table(
        "security_check",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("week_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("protection", sa.String(length=10), nullable=False),
        sa.Column("definitions_on", sa.Date(), nullable=True),
        sa.Column("virus_events", sa.Integer(), nullable=True),
        sa.Column("virus_names", sa.String(length=200), nullable=False),
        sa.Column("missing_patches", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_security_check")),
        sa.CheckConstraint("missing_patches >= 0", name=op.f("ck_security_check_missing_patches")),
        sa.CheckConstraint("virus_events >= 0", name=op.f("ck_security_check_virus_events")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_security_check_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "device_id"],
            ["device.tenant_id", "device.client_id", "device.id"],
            name=op.f("fk_security_check_tenant_id_client_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "week_id"],
            ["security_week.tenant_id", "security_week.client_id", "security_week.id"],
            name=op.f("fk_security_check_tenant_id_client_id_week_id"),
        ),
        sa.UniqueConstraint("tenant_id", "week_id", "device_id", name=op.f("uq_security_check_week_id_device_id")),
    )
    op.create_index("ix_security_check_device_id", "security_check", ["tenant_id", "device_id"])
    op.create_table(
        "security_finding",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("week_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_security_finding")),
        sa.CheckConstraint("(state = 'ticketed') = (ticket_id IS NOT NULL)", name=op.f("ck_security_finding_ticket")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_security_finding_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "device_id"],
            ["device.tenant_id", "device.client_id", "device.id"],
            name=op.f("fk_security_finding_tenant_id_client_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "ticket_id"],
            ["ticket.tenant_id", "ticket.client_id", "ticket.id"],
            name=op.f("fk_security_finding_tenant_id_client_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "week_id"],
            ["security_week.tenant_id", "security_week.client_id", "security_week.id"],
            name=op.f("fk_security_finding_tenant_id_client_id_week_id"),
        ),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_security_finding_client")),
        sa.UniqueConstraint("tenant_id", "ticket_id", name=op.f("uq_security_finding_ticket_id")),
        sa.UniqueConstraint(
            "tenant_id", "week_id", "device_id", "kind", name=op.f("uq_security_finding_week_id_device_id_kind")
        ),
    )
    op.create_index("ix_security_finding_device_id_kind", "security_finding", ["tenant_id", "device_id", "kind"])
    op.create_index("ix_security_finding_state_found_at", "security_finding", ["tenant_id", "state", "found_at"])
    op.create_table(
        "security_bulletin",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("industry_news", sa.Text(), nullable=False),
        sa.Column("urgent_notices", sa.Text(), nullable=False),
        sa.Column("virus_notices", sa.Text(), nullable=False),
        sa.Column("vulnerability_notices", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_security_bulletin")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_security_bulletin_tenant_id_client_id"),
        ),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_security_bulletin_client")),
        sa.UniqueConstraint("tenant_id", "client_id", "month", name=op.f("uq_security_bulletin_client_id_month")),
    )
    op.create_index("ix_security_bulletin_month", "security_bulletin", ["tenant_id", "month"])
    op.create_table(
        "bulletin_edition",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("bulletin_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(length=28), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(length=60), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signature_requested_by", sa.String(length=80), nullable=False),
        sa.Column("signature_file_id", sa.Uuid(), nullable=True),
        sa.Column("document_file_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bulletin_edition")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_bulletin_edition_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "bulletin_id"],
            ["security_bulletin.tenant_id", "security_bulletin.client_id", "security_bulletin.id"],
            name=op.f("fk_bulletin_edition_tenant_id_client_id_bulletin_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "bulletin_id", "edition", name=op.f("uq_bulletin_edition_bulletin_id_edition")
        ),
    )
    for table in TABLES:
        _isolate(table)


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({RING})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
