"""A request that waits at a partner becomes an approval that its owner can decide, and goes back."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from app.people.approvals.declaration import hash_of
from app.platform.embedded import prepare_roles
from app.platform.kernel.actor import HQ_TENANT_ID
from tenants.access_grants.consent import ASKED, KIND_NAMES
from tenants.access_grants.schemas import RecordKind
from tests.conftest import PASSWORD, ROOT
from tests.migrations.databases import address_of, alembic, insert_row

(FILE,) = (ROOT / "migrations" / "versions").glob("*_approvals.py")
THIS = FILE.name.split("_", 1)[0]
BEFORE = f"{int(THIS) - 1:04}"
PARTNER, ASKER = UUID("01930000-0000-7000-8000-000000000001"), UUID(int=7)
WAITING, OPEN = UUID(int=1), UUID(int=2)
EXPIRES = datetime(2026, 11, 23, 2, tzinfo=UTC)
REASON = "核实\n“投诉”\\ 50% <b>"


@pytest.mark.slow(6, "migrates a database there and back")
async def test_what_waits_is_carried_over_with_its_expiry(admin_dsn: str) -> None:
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    alembic(admin_dsn, name, "upgrade", BEFORE)
    connection = await asyncpg.connect(address_of(admin_dsn, name))
    for tenant_id in (HQ_TENANT_ID, PARTNER):
        await insert_row(connection, "tenant", owner=tenant_id, id=tenant_id, slug=tenant_id.hex)
        for grant_id, state in ((WAITING, "requested"), (OPEN, "open")):
            await insert_row(
                connection,
                "access_grant",
                owner=tenant_id,
                id=grant_id,
                state=state,
                requested_by=ASKER,
                requested_by_name="总部质量专员",
                reason=REASON,
                record_kinds='["device", "ticket"]',
                hours=24,
                requested_at=EXPIRES - timedelta(days=7),
                expires_at=EXPIRES,
            )
            due = {"id": grant_id, "subject_id": grant_id, "kind": "access_expiry", "due_at": EXPIRES}
            await insert_row(connection, "due_entry", owner=tenant_id, **due)
    alembic(admin_dsn, name, "upgrade", THIS)
    (row,) = await connection.fetch("SELECT * FROM approval")
    content = {"requested_by": str(ASKER), "reason": REASON, "record_kinds": ["device", "ticket"], "hours": 24}
    assert (row["tenant_id"], row["subject_kind"], row["subject_id"]) == (PARTNER, "access_grant", WAITING)
    assert (row["content_hash"], row["title"]) == (hash_of(content), ASKED)
    assert (row["state"], row["requested_by"], row["expires_at"]) == ("requested", ASKER, EXPIRES)
    assert KIND_NAMES[frozenset(RecordKind)] in row["facts"]
    assert await _due(connection) == {(WAITING, "approval_expiry"), (OPEN, "access_expiry")}
    alembic(admin_dsn, name, "downgrade", BEFORE)
    assert await _due(connection) == {(WAITING, "access_expiry"), (OPEN, "access_expiry")}
    await connection.close()
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def _due(connection: asyncpg.Connection) -> set[tuple[UUID, str]]:
    """At the partner."""
    rows = await connection.fetch("SELECT subject_id, kind FROM due_entry WHERE tenant_id = $1", PARTNER)
    return {(row[0], row[1]) for row in rows}
