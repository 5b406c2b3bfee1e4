"""Data recovery: cases, media and the chain of their custody, people, results, receipts and certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
CLIENT = "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid"
RING = f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN {CLIENT} ELSE false END"
TABLES = (
    "recovery_case",
    "recovery_medium",
    "custody_entry",
    "recovery_person",
    "recovered_file",
    "custody_receipt",
    "disposal_certificate",
)
APPEND_ONLY = ("custody_entry",)


def upgrade() -> None:
    op.create_table(
        "recovery_case",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("client_name", sa.String(length=120), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("giver_name", sa.String(length=80), nullable=False),
        sa.Column("giver_phone", sa.String(length=40), nullable=False),
        sa.Column("consents", sa.Boolean(), nullable=False),
        sa.Column("consent_remark", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_name", sa.String(length=80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=True),
        sa.Column("diagnosed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("diagnosed_by_name", sa.String(length=80), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("fee_terms", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("work_days", sa.SmallInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("files_recovered", sa.Integer(), nullable=False),
        sa.Column("files_partial", sa.Integer(), nullable=False),
        sa.Column("files_lost", sa.Integer(), nullable=False),
        sa.Column("result_hash", sa.String(length=64), nullable=False),
        sa.Column("result_words", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_currency", sa.String(length=3), nullable=False),
        sa.Column("fee_reason", sa.String(length=20), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recovery_case")),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_recovery_case_fee")),
        sa.CheckConstraint("probability BETWEEN 0 AND 100", name=op.f("ck_recovery_case_probability")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_recovery_case_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "device_id"],
            ["device.tenant_id", "device.client_id", "device.id"],
            name=op.f("fk_recovery_case_tenant_id_client_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "employee_id"],
            ["employee.tenant_id", "employee.client_id", "employee.id"],
            name=op.f("fk_recovery_case_tenant_id_client_id_employee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "ticket_id"],
            ["ticket.tenant_id", "ticket.client_id", "ticket.id"],
            name=op.f("fk_recovery_case_tenant_id_client_id_ticket_id"),
        ),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_recovery_case_client")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_recovery_case_number")),
    )
    op.create_index("ix_recovery_case_client_id_opened_at", "recovery_case", ["tenant_id", "client_id", "opened_at"])
    op.create_index("ix_recovery_case_quote_id", "recovery_case", ["tenant_id", "quote_id"])
    op.create_index("ix_recovery_case_state_opened_at", "recovery_case", ["tenant_id", "state", "opened_at"])
    op.create_table(
        "recovery_medium",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("serial", sa.String(length=80), nullable=False),
        sa.Column("capacity", sa.String(length=20), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("accessories", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("holder_name", sa.String(length=80), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destruction_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destruction_agreed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recovery_medium")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_recovery_medium_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "case_id"],
            ["recovery_case.tenant_id", "recovery_case.client_id", "recovery_case.id"],
            name=op.f("fk_recovery_medium_tenant_id_client_id_case_id"),
        ),
        sa.UniqueConstraint("tenant_id", "case_id", "position", name=op.f("uq_recovery_medium_case_id_position")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name=op.f("uq_recovery_medium_client")),
    )
    op.create_index(
        "ix_recovery_medium_client_id_serial",
        "recovery_medium",
        ["tenant_id", "client_id", "serial"],
        unique=True,
        postgresql_where=sa.text("serial <> '' AND state::text IN ('listed', 'held')"),
    )
    op.create_table(
        "custody_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("medium_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_name", sa.String(length=80), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("to_name", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        sa.Column("signed_by", sa.String(length=80), nullable=False),
        sa.Column("signature_file_id", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_custody_entry")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_custody_entry_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "case_id"],
            ["recovery_case.tenant_id", "recovery_case.client_id", "recovery_case.id"],
            name=op.f("fk_custody_entry_tenant_id_client_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "medium_id"],
            ["recovery_medium.tenant_id", "recovery_medium.client_id", "recovery_medium.id"],
            name=op.f("fk_custody_entry_tenant_id_client_id_medium_id"),
        ),
        sa.UniqueConstraint("tenant_id", "medium_id", "number", name=op.f("uq_custody_entry_medium_id_number")),
    )
    op.create_index("ix_custody_entry_case_id_occurred_at", "custody_entry", ["tenant_id", "case_id", "occurred_at"])
    op.create_table(
        "recovery_person",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_by_name", sa.String(length=80), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recovery_person")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_recovery_person_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "case_id"],
            ["recovery_case.tenant_id", "recovery_case.client_id", "recovery_case.id"],
            name=op.f("fk_recovery_person_tenant_id_client_id_case_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "membership_id", name=op.f("uq_recovery_person_case_id_membership_id")
        ),
    )
    op.create_index("ix_recovery_person_membership_id", "recovery_person", ["tenant_id", "membership_id"])
    op.create_table(
        "recovered_file",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recovered_file")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_recovered_file_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "case_id"],
            ["recovery_case.tenant_id", "recovery_case.client_id", "recovery_case.id"],
            name=op.f("fk_recovered_file_tenant_id_client_id_case_id"),
        ),
        sa.UniqueConstraint("tenant_id", "case_id", "position", name=op.f("uq_recovered_file_case_id_position")),
    )
    op.create_table(
        "custody_receipt",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
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
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_custody_receipt")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_custody_receipt_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "case_id"],
            ["recovery_case.tenant_id", "recovery_case.client_id", "recovery_case.id"],
            name=op.f("fk_custody_receipt_tenant_id_client_id_case_id"),
        ),
        sa.UniqueConstraint("tenant_id", "case_id", "edition", name=op.f("uq_custody_receipt_case_id_edition")),
    )
    op.create_table(
        "disposal_certificate",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("medium_id", sa.Uuid(), nullable=False),
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
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_disposal_certificate")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_disposal_certificate_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "case_id"],
            ["recovery_case.tenant_id", "recovery_case.client_id", "recovery_case.id"],
            name=op.f("fk_disposal_certificate_tenant_id_client_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "medium_id"],
            ["recovery_medium.tenant_id", "recovery_medium.client_id", "recovery_medium.id"],
            name=op.f("fk_disposal_certificate_tenant_id_client_id_medium_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "medium_id", "edition", name=op.f("uq_disposal_certificate_medium_id_edition")
        ),
    )
    for table in TABLES:
        _isolate(table)


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    granted = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {granted} ON {table} TO yinghuo_app")
    for role in ("app", "owner"):
        for command, clause in (
            ("SELECT", f"USING ({RING})"),
            ("INSERT", f"WITH CHECK ({OWN})"),
            ("UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
            ("DELETE", f"USING ({OWN})"),
        ):
            if role == "app" and table in APPEND_ONLY and command in ("UPDATE", "DELETE"):
                continue
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
