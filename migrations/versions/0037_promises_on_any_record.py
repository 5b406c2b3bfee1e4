"""Promised times on records of any kind; those of tickets keep their own tables."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OWN = "tenant_id = nullif(split_part(current_setting('app.actor', true), '/', 1), '')::uuid"
SCOPE = "split_part(current_setting('app.actor', true), '/', 2)"
STAFF = f"{OWN} AND {SCOPE} = 'tenant'"
RINGS = (
    f"{OWN} AND CASE {SCOPE} WHEN 'tenant' THEN true "
    "WHEN 'client' THEN client_id = nullif(split_part(current_setting('app.actor', true), '/', 3), '')::uuid "
    "WHEN 'reporter' THEN reporter_id = nullif(split_part(current_setting('app.actor', true), '/', 4), '')::uuid "
    "ELSE false END"
)


def upgrade() -> None:
    op.create_table(
        "promise",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("counted_seconds", sa.Integer(), nullable=False),
        sa.Column("interval_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_for", sa.String(length=12), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promise")),
        sa.UniqueConstraint(
            "tenant_id", "subject_kind", "subject_id", "kind", name=op.f("uq_promise_subject_kind_subject_id_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_promise_tenant_id_client_id")
        ),
    )
    op.create_index(
        "ix_promise_client_id_id",
        "promise",
        ["tenant_id", "client_id", "id"],
        postgresql_where=sa.text("stopped_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "promise_interval",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_for", sa.String(length=12), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promise_interval")),
        sa.UniqueConstraint("tenant_id", "clock_id", "sequence", name=op.f("uq_promise_interval_clock_id_sequence")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["client.tenant_id", "client.id"],
            name=op.f("fk_promise_interval_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "clock_id"],
            ["promise.tenant_id", "promise.id"],
            name=op.f("fk_promise_interval_tenant_id_clock_id"),
        ),
    )
    op.create_table(
        "promise_threshold",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promise_threshold")),
        sa.UniqueConstraint("tenant_id", "clock_id", "step", name=op.f("uq_promise_threshold_clock_id_step")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "clock_id"],
            ["promise.tenant_id", "promise.id"],
            name=op.f("fk_promise_threshold_tenant_id_clock_id"),
        ),
    )
    _isolate("promise", RINGS)
    _isolate("promise_interval", RINGS, append_only=True)
    _isolate("promise_threshold", STAFF)


def downgrade() -> None:
    op.drop_table("promise_threshold")
    op.drop_table("promise_interval")
    op.drop_table("promise")


def _isolate(table: str, readable: str, *, append_only: bool = False) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO yinghuo_backup")
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {rights} ON {table} TO yinghuo_app")
    clauses = {
        "SELECT": f"USING ({readable})",
        "INSERT": f"WITH CHECK ({STAFF})",
        "UPDATE": f"USING ({STAFF}) WITH CHECK ({STAFF})",
        "DELETE": f"USING ({STAFF})",
    }
    for role in ("app", "owner"):
        for command, clause in clauses.items():
            if append_only and role == "app" and command in {"UPDATE", "DELETE"}:
                continue
            name = f"{table}_{role}_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO yinghuo_{role} {clause}")
