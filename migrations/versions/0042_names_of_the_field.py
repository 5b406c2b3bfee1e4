"""Tables of ticket imports, the days until a ticket closes by itself and a member's scope get the field's names."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLES = {
    "history_import": "ticket_import",
    "history_ticket": "imported_ticket",
    "history_name": "imported_name",
    "history_outcome": "ticket_import_outcome",
}
COLUMNS = (("tenant_profile", "silence_days", "auto_close_days"), ("membership", "reach", "access_scope"))
FILES = "UPDATE stored_file SET subject_kind = :after WHERE tenant_id = :tenant AND subject_kind = :before"


def upgrade() -> None:
    for before, after in TABLES.items():
        _rename(before, after)
    for table, before, after in COLUMNS:
        op.alter_column(table, before, new_column_name=after)
    _in_every_tenant(before="history_import", after="ticket_import")


def downgrade() -> None:
    _in_every_tenant(before="ticket_import", after="history_import")
    for table, before, after in COLUMNS:
        op.alter_column(table, after, new_column_name=before)
    for before, after in reversed(TABLES.items()):
        _rename(after, before)


def _rename(before: str, after: str) -> None:
    """The table with everything that carries its name."""
    op.rename_table(before, after)
    for query, statement in (
        (
            "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(:table) ORDER BY conname",
            "ALTER TABLE {table} RENAME CONSTRAINT {before} TO {after}",
        ),
        (
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = :table ORDER BY indexname",
            "ALTER INDEX {before} RENAME TO {after}",
        ),
        (
            "SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = :table ORDER BY policyname",
            "ALTER POLICY {before} ON {table} RENAME TO {after}",
        ),
    ):
        for name in op.get_bind().execute(sa.text(query), {"table": after}).scalars().all():
            if before in name:
                op.execute(statement.format(table=after, before=name, after=name.replace(before, after)))


def _in_every_tenant(**kinds: str) -> None:
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        connection.execute(sa.text(FILES), {"tenant": tenant_id, **kinds})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
