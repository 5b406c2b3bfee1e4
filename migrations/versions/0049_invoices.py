"""Invoices: profiles, drafts, issued documents, credit notes, what is open."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TENANT = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
OWN = f"{TENANT} AND {SCOPE} = 'tenant'"
OF_CLIENT = (
    f"{TENANT} AND CASE {SCOPE} WHEN 'tenant' THEN true WHEN 'client' THEN "
    "client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid ELSE false END"
)
TABLES = (
    "invoice_run",
    "seller_profile",
    "billing_profile",
    "charge_deferral",
    "invoice",
    "invoice_draft",
    "open_item",
    "credit_note",
    "credit_note_request",
    "invoice_department_share",
    "invoice_document",
    "invoice_draft_line",
    "invoice_line",
    "invoice_link",
    "invoice_reminder",
    "credit_note_document",
    "credit_note_line",
    "charge_claim",
)
CLIENT_TABLES = (
    "billing_profile",
    "invoice",
    "open_item",
    "credit_note",
    "invoice_department_share",
    "invoice_document",
    "invoice_line",
    "invoice_reminder",
    "credit_note_document",
    "credit_note_line",
)
"""Read by the client's own people too."""
APPEND_ONLY = (
    "invoice",
    "credit_note",
    "invoice_department_share",
    "invoice_document",
    "invoice_line",
    "invoice_reminder",
    "credit_note_document",
    "credit_note_line",
)


def upgrade() -> None:
    op.create_table(
        "invoice_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("clients_all", sa.Integer(), nullable=False),
        sa.Column("clients_done", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_run")),
    )
    op.create_index(
        "uq_invoice_run_running",
        "invoice_run",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "seller_profile",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_days", sa.SmallInteger(), nullable=False),
        sa.Column("approval_above", sa.BigInteger(), nullable=True),
        sa.Column("reminder_days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tax_items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("tax_number", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("bank_name", sa.String(length=80), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_seller_profile")),
    )
    op.create_table(
        "billing_profile",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("fapiao_kind", sa.String(length=12), nullable=False),
        sa.Column("recipient_email", sa.String(length=254), nullable=False),
        sa.Column("payment_days", sa.SmallInteger(), nullable=True),
        sa.Column("payer_client_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("tax_number", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("bank_name", sa.String(length=80), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_billing_profile_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "payer_client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_billing_profile_tenant_id_payer_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_billing_profile")),
    )
    op.create_index(
        "ix_billing_profile_payer_client_id", "billing_profile", ["tenant_id", "payer_client_id"], unique=False
    )
    op.create_table(
        "charge_deferral",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("deferred_by", sa.String(length=80), nullable=False),
        sa.Column("deferred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_charge_deferral_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_charge_deferral")),
    )
    op.create_index("ix_charge_deferral_client_id", "charge_deferral", ["tenant_id", "client_id"], unique=False)
    op.create_table(
        "invoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("buyer_title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=28), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_invoice_tenant_id_client_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_invoice_client"),
        sa.UniqueConstraint("tenant_id", "draft_id", name="uq_invoice_draft_id"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_invoice_number"),
    )
    op.create_index("ix_invoice_client_id_issued_on", "invoice", ["tenant_id", "client_id", "issued_on"], unique=False)
    op.create_index("ix_invoice_issued_on_id", "invoice", ["tenant_id", "issued_on", "id"], unique=False)
    op.create_table(
        "invoice_draft",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("payment_days", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_gross", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_account_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("approved_by_name", sa.String(length=80), nullable=False),
        sa.Column("approval_reason", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_invoice_draft_tenant_id_client_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_draft")),
    )
    op.create_index(
        "ix_invoice_draft_client_id_state", "invoice_draft", ["tenant_id", "client_id", "state"], unique=False
    )
    op.create_index(
        "ix_invoice_draft_state_created_at_id",
        "invoice_draft",
        ["tenant_id", "state", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "open_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("document_kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=28), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("open >= 0 AND open <= total", name=op.f("ck_open_item_between")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_open_item_tenant_id_client_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_open_item")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_open_item_client"),
        sa.UniqueConstraint("tenant_id", "document_kind", "document_id", name="uq_open_item_document_kind_document_id"),
    )
    op.create_index("ix_open_item_client_id_due_on", "open_item", ["tenant_id", "client_id", "due_on"], unique=False)
    op.create_index(
        "ix_open_item_due_on_id",
        "open_item",
        ["tenant_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("open > 0"),
    )
    op.create_table(
        "credit_note",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_number", sa.String(length=28), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=28), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.client_id", "invoice.id"],
            name=op.f("fk_credit_note_tenant_id_client_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_credit_note_client"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_credit_note_number"),
        sa.UniqueConstraint("tenant_id", "request_id", name="uq_credit_note_request_id"),
    )
    op.create_index(
        "ix_credit_note_client_id_issued_on", "credit_note", ["tenant_id", "client_id", "issued_on"], unique=False
    )
    op.create_index("ix_credit_note_invoice_id", "credit_note", ["tenant_id", "invoice_id"], unique=False)
    op.create_table(
        "credit_note_request",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.client_id", "invoice.id"],
            name=op.f("fk_credit_note_request_tenant_id_client_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_credit_note_request")),
    )
    op.create_index(
        "ix_credit_note_request_invoice_id", "credit_note_request", ["tenant_id", "invoice_id"], unique=False
    )
    op.create_index(
        "ix_credit_note_request_state_created_at_id",
        "credit_note_request",
        ["tenant_id", "state", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "invoice_department_share",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(length=120), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("cost_centre", sa.String(length=40), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.client_id", "invoice.id"],
            name=op.f("fk_invoice_department_share_tenant_id_client_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_department_share")),
    )
    op.create_index(
        "ix_invoice_department_share_invoice_id_position",
        "invoice_department_share",
        ["tenant_id", "invoice_id", "position"],
        unique=False,
    )
    op.create_table(
        "invoice_document",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.client_id", "invoice.id"],
            name=op.f("fk_invoice_document_tenant_id_client_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_document")),
        sa.UniqueConstraint("tenant_id", "invoice_id", "edition", name="uq_invoice_document_invoice_id_edition"),
    )
    op.create_table(
        "invoice_draft_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("price_mode", sa.String(length=12), nullable=False),
        sa.Column("tax", sa.String(length=20), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=True),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_invoice_draft_line_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["invoice_draft.tenant_id", "invoice_draft.id"],
            name=op.f("fk_invoice_draft_line_tenant_id_draft_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_draft_line")),
    )
    op.create_index(
        "ix_invoice_draft_line_draft_id_position",
        "invoice_draft_line",
        ["tenant_id", "draft_id", "position"],
        unique=False,
    )
    op.create_table(
        "invoice_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.String(length=120), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("ticket_number", sa.String(length=28), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("price_mode", sa.String(length=12), nullable=False),
        sa.Column("tax", sa.String(length=20), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=True),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.client_id", "invoice.id"],
            name=op.f("fk_invoice_line_tenant_id_client_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("tenant_id", "client_id", "id", name="uq_invoice_line_client"),
    )
    op.create_index(
        "ix_invoice_line_invoice_id_position", "invoice_line", ["tenant_id", "invoice_id", "position"], unique=False
    )
    op.create_table(
        "invoice_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_invoice_link_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_link")),
        sa.UniqueConstraint("tenant_id", "token_hash", name="uq_invoice_link_token_hash"),
    )
    op.create_index("ix_invoice_link_invoice_id", "invoice_link", ["tenant_id", "invoice_id"], unique=False)
    op.create_table(
        "invoice_reminder",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("open_item_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "open_item_id"],
            ["open_item.tenant_id", "open_item.client_id", "open_item.id"],
            name=op.f("fk_invoice_reminder_tenant_id_client_id_open_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_reminder")),
        sa.UniqueConstraint("tenant_id", "open_item_id", "step", name="uq_invoice_reminder_open_item_id_step"),
    )
    op.create_table(
        "credit_note_document",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "credit_note_id"],
            ["credit_note.tenant_id", "credit_note.client_id", "credit_note.id"],
            name=op.f("fk_credit_note_document_tenant_id_client_id_credit_note_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_credit_note_document")),
        sa.UniqueConstraint(
            "tenant_id", "credit_note_id", "edition", name="uq_credit_note_document_credit_note_id_edition"
        ),
    )
    op.create_table(
        "credit_note_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "credit_note_id"],
            ["credit_note.tenant_id", "credit_note.client_id", "credit_note.id"],
            name=op.f("fk_credit_note_line_tenant_id_client_id_credit_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "invoice_line_id"],
            ["invoice_line.tenant_id", "invoice_line.client_id", "invoice_line.id"],
            name=op.f("fk_credit_note_line_tenant_id_client_id_invoice_line_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_credit_note_line")),
    )
    op.create_index(
        "ix_credit_note_line_credit_note_id_position",
        "credit_note_line",
        ["tenant_id", "credit_note_id", "position"],
        unique=False,
    )
    op.create_index(
        "ix_credit_note_line_invoice_line_id", "credit_note_line", ["tenant_id", "invoice_line_id"], unique=False
    )
    op.create_table(
        "charge_claim",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_line_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_line_id"],
            ["invoice_draft_line.tenant_id", "invoice_draft_line.id"],
            name=op.f("fk_charge_claim_tenant_id_draft_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"], ["charge.tenant_id", "charge.id"], name=op.f("fk_charge_claim_tenant_id_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_charge_claim")),
        sa.UniqueConstraint("tenant_id", "draft_line_id", name="uq_charge_claim_draft_line_id"),
    )
    for table in TABLES:
        _isolate(table)


def _isolate(table: str) -> None:
    append_only, readable = table in APPEND_ONLY, OF_CLIENT if table in CLIENT_TABLES else OWN
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    granted = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {granted} ON {table} TO yinghuo_app")
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
    for table in reversed(TABLES):
        op.drop_table(table)
