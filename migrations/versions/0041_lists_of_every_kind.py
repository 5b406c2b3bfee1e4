"""Lists of every kind come in one way: mappings without a client, and names that do not speak of devices."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_KEY = "uq_import_mapping_client_id_kind"
_TOPICS = {"device_import.confirmed": "list_import.confirmed", "device_import.finished": "list_import.finished"}
_EVENTS = (
    "UPDATE outbox_event SET topic = CAST(:names AS jsonb) ->> topic "
    "WHERE tenant_id = :tenant AND jsonb_exists(CAST(:names AS jsonb), topic)"
)
_PROBLEMS = (
    "UPDATE import_run SET summary = jsonb_set(summary, '{{problem}}', to_jsonb("
    "replace(summary ->> 'problem', '{old}.', '{new}.'))) WHERE tenant_id = :tenant AND summary ->> 'problem' <> ''"
)
_SITES = """UPDATE import_run
SET summary = jsonb_set(summary, '{basis,known}', jsonb_build_object('site', summary #> '{basis,known_sites}'))
WHERE tenant_id = :tenant AND jsonb_exists(summary -> 'basis', 'known_sites')"""
_SITES_BACK = """UPDATE import_run
SET summary = jsonb_set(summary, '{basis,known_sites}', coalesce(summary #> '{basis,known,site}', '[]'))
WHERE tenant_id = :tenant AND jsonb_exists(summary -> 'basis', 'known')"""
_NEW = (
    "DELETE FROM import_mapping WHERE tenant_id = :tenant AND (client_id IS NULL OR kind <> 'devices')",
    "DELETE FROM import_run WHERE tenant_id = :tenant AND kind <> 'devices'",
)
"""What the program before this did not know."""


def upgrade() -> None:
    op.alter_column("import_mapping", "client_id", existing_type=sa.Uuid(), nullable=True)
    op.drop_constraint(_KEY, "import_mapping")
    op.create_unique_constraint(
        _KEY, "import_mapping", ["tenant_id", "client_id", "kind"], postgresql_nulls_not_distinct=True
    )
    _in_every_tenant((_EVENTS, _PROBLEMS.format(old="device_import", new="list_import"), _SITES), _TOPICS)


def downgrade() -> None:
    back = {new: old for old, new in _TOPICS.items()}
    _in_every_tenant((_EVENTS, *_NEW, _PROBLEMS.format(old="list_import", new="device_import"), _SITES_BACK), back)
    op.drop_constraint(_KEY, "import_mapping")
    op.create_unique_constraint(_KEY, "import_mapping", ["tenant_id", "client_id", "kind"])
    op.alter_column("import_mapping", "client_id", existing_type=sa.Uuid(), nullable=False)


def _in_every_tenant(statements: tuple[str, ...], names: dict[str, str]) -> None:
    connection = op.get_bind()
    for tenant_id in connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        for statement in statements:
            values = {"tenant": tenant_id, "names": json.dumps(names)}
            given = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(sa.text(statement), given)
    connection.execute(sa.text("SET LOCAL app.actor = ''"))
