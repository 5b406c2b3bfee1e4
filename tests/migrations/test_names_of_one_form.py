"""What was stored under former names is carried over by the migration, and back again; the audit log stays as it is."""

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.platform.embedded import prepare_roles
from tests.conftest import PASSWORD, ROOT
from tests.migrations.databases import address_of, alembic, insert_row

(FILE,) = (ROOT / "migrations" / "versions").glob("*_names_of_one_form.py")
THIS = FILE.name.split("_", 1)[0]
BEFORE = f"{int(THIS) - 1:04}"
TENANT = UUID("01930000-0000-7000-8000-000000000001")
FORMER = {
    "role": ["history:import", "device:read"],
    "session": ["access:read", "ticket:read"],
    "outbox_event": "identity.member_joined",
    "import_run": "import_heading_missing",
    "history_import": "history.log_lost",
}
PRESENT = {
    "role": ["ticket:import", "device:read"],
    "session": ["access_grant:read", "ticket:read"],
    "outbox_event": "member.joined",
    "import_run": "device_import.heading_missing",
    "history_import": "ticket_import.file_lost",
}


@pytest.fixture
async def former(admin_dsn: str) -> AsyncIterator[tuple[str, Any]]:
    """A database as it was before, with one row of each kind: its name and a connection."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    alembic(admin_dsn, name, "upgrade", BEFORE)
    connection = await asyncpg.connect(address_of(admin_dsn, name))
    await connection.execute("SET session_replication_role = replica")  # rows without the records that they point to
    await insert_row(connection, "tenant", owner=TENANT, id=TENANT)
    await insert_row(connection, "role", owner=TENANT, permissions=json.dumps(FORMER["role"]))
    await insert_row(connection, "session", owner=TENANT, tenant_id=TENANT, scopes=json.dumps(FORMER["session"]))
    await insert_row(connection, "outbox_event", owner=TENANT, topic=FORMER["outbox_event"])
    await insert_row(
        connection, "import_run", owner=TENANT, summary=json.dumps({"rows": 3, "problem": FORMER["import_run"]})
    )
    await insert_row(connection, "history_import", owner=TENANT, problem=json.dumps({"code": FORMER["history_import"]}))
    await insert_row(connection, "audit_entry", owner=TENANT, action="clients.client_added")
    yield name, connection
    await connection.close()
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_stored_names_are_carried_over_and_back(admin_dsn: str, former: tuple[str, Any]) -> None:
    name, connection = former
    assert await _stored(connection) == FORMER
    alembic(admin_dsn, name, "upgrade", THIS)
    assert await _stored(connection) == PRESENT
    assert await connection.fetchval("SELECT action FROM audit_entry") == "clients.client_added"
    alembic(admin_dsn, name, "downgrade", BEFORE)
    assert await _stored(connection) == FORMER


async def _stored(connection: Any) -> dict[str, Any]:
    return {
        "role": json.loads(await connection.fetchval("SELECT permissions FROM role")),
        "session": json.loads(await connection.fetchval("SELECT scopes FROM session")),
        "outbox_event": await connection.fetchval("SELECT topic FROM outbox_event"),
        "import_run": await connection.fetchval("SELECT summary ->> 'problem' FROM import_run"),
        "history_import": await connection.fetchval("SELECT problem ->> 'code' FROM history_import"),
    }
