"""Stored grants and actions get the columns by which two tenants keep them in step, and go back."""

import json
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.platform.embedded import prepare_roles
from app.platform.kernel.actor import HQ_TENANT_ID
from tests.conftest import PASSWORD, ROOT
from tests.migrations.databases import address_of, alembic, insert_row

(FILE,) = (ROOT / "migrations" / "versions").glob("*_mirrored_records.py")
THIS = FILE.name.split("_", 1)[0]
BEFORE = f"{int(THIS) - 1:04}"
PARTNER = UUID("01930000-0000-7000-8000-000000000001")
DECIDED = datetime(2026, 11, 23, 2, tzinfo=UTC)

GRANTS: dict[str, tuple[bool, int, str, int]] = {
    "requested": (False, 1, "owner", 0),
    "open": (False, 2, "other", 1),
    "declined": (False, 2, "other", 1),
    "withdrawn": (False, 2, "owner", 0),
    "revoked": (True, 2, "other", 1),
    "closed": (False, 3, "owner", 1),
    "expired": (False, 2, "platform", 0),
}
"""State → emergency, version, and what becomes of it: by whom it was settled, and the partner's writes."""


@pytest.fixture
async def former(admin_dsn: str) -> AsyncIterator[tuple[str, Any]]:
    """A database as it was before, with a grant in each state, an action, and an event of each that waits."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    alembic(admin_dsn, name, "upgrade", BEFORE)
    connection = await asyncpg.connect(address_of(admin_dsn, name))
    for tenant_id in (HQ_TENANT_ID, PARTNER):
        await insert_row(connection, "tenant", owner=tenant_id, id=tenant_id, slug=tenant_id.hex)
        for place, (state, (emergency, version, _, decided)) in enumerate(GRANTS.items()):
            await insert_row(
                connection,
                "access_grant",
                owner=tenant_id,
                id=UUID(int=place),
                tenant_id=tenant_id,
                partner_id=PARTNER,
                state=state,
                emergency=emergency,
                version=version,
                decided_at=DECIDED if decided else None,
            )
        await insert_row(
            connection,
            "corrective_action",
            owner=tenant_id,
            id=UUID(int=50),
            tenant_id=tenant_id,
            partner_id=PARTNER,
            state="planned",
            revision=2,
            settled_by="partner",
            hq_revision=1,
            partner_revision=2,
        )
    for place, (topic, payload) in enumerate(WAITING.items()):
        await insert_row(
            connection,
            "outbox_event",
            owner=HQ_TENANT_ID,
            id=UUID(int=90 + place),
            tenant_id=HQ_TENANT_ID,
            topic=topic,
            payload=json.dumps(payload),
        )
    yield name, connection
    await connection.close()
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


WAITING: dict[str, dict[str, str]] = {
    "access_grant.requested": {"grant_id": str(UUID(int=0)), "partner_id": str(PARTNER)},
    "access_grant.moved": {"grant_id": str(UUID(int=5)), "other_tenant_id": str(PARTNER)},
    "corrective_action.changed": {"action_id": str(UUID(int=50)), "partner_id": str(PARTNER), "kind": "cancel"},
}


async def test_each_row_and_each_waiting_event_is_carried_over_and_back(
    admin_dsn: str, former: tuple[str, Any]
) -> None:
    name, connection = former
    alembic(admin_dsn, name, "upgrade", THIS)
    for tenant_id in (HQ_TENANT_ID, PARTNER):
        rows = await connection.fetch(
            "SELECT state, emergency, state_revision, settled_by, owner_revision, other_revision FROM access_grant "
            "WHERE tenant_id = $1",
            tenant_id,
        )
        assert {row[0]: tuple(row)[1:] for row in rows} == {
            state: (emergency, version, settled_by, 1, writes)
            for state, (emergency, version, settled_by, writes) in GRANTS.items()
        }
    action = await connection.fetchrow(
        "SELECT state_revision, settled_by, owner_revision, other_revision FROM corrective_action"
    )
    assert tuple(action) == (2, "other", 1, 2)
    events = await connection.fetch("SELECT topic, payload FROM outbox_event ORDER BY id")
    assert [(row[0], json.loads(row[1])) for row in events] == [
        ("access_grant.changed", {"record_id": str(UUID(int=0)), "kind": ""}),
        ("access_grant.changed", {"record_id": str(UUID(int=5)), "kind": ""}),
        ("corrective_action.changed", {"record_id": str(UUID(int=50)), "kind": "cancel"}),
    ]
    alembic(admin_dsn, name, "downgrade", BEFORE)
    rows = await connection.fetch("SELECT state, emergency, version FROM access_grant WHERE tenant_id = $1", PARTNER)
    assert {row[0]: tuple(row)[1:] for row in rows} == {state: row[:2] for state, row in GRANTS.items()}
    events = await connection.fetch("SELECT topic, payload FROM outbox_event ORDER BY id")
    for (topic, payload), row in zip(WAITING.items(), events, strict=True):
        assert row[0] == topic
        assert payload.items() <= json.loads(row[1]).items()
