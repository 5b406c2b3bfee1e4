"""Stored visits get their mode, outcome and minutes by the migration, row by row, and go back."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.platform.embedded import prepare_roles
from tests.conftest import PASSWORD, ROOT
from tests.migrations.databases import address_of, alembic, insert_row

(FILE,) = (ROOT / "migrations" / "versions").glob("*_visits_of_their_own.py")
THIS = FILE.name.split("_", 1)[0]
BEFORE = f"{int(THIS) - 1:04}"
TENANT = UUID("01930000-0000-7000-8000-000000000001")
TICKET = UUID(int=9)
ARRIVED = datetime(2026, 11, 23, 2, tzinfo=UTC)
CALLED_OFF = ARRIVED + timedelta(minutes=95, seconds=30)

Row = tuple[str, str, datetime | None, int | None]
FORMER: dict[str, Row] = {
    "planned": ("planned", "on_site", None, None),
    "at the site": ("on_site", "remote", None, None),
    "connected": ("remote", "remote", None, None),
    "done": ("finished", "on_site", ARRIVED + timedelta(minutes=40), 35),
    "called off at work": ("cancelled", "on_site", None, None),
    "called off before": ("cancelled", "on_site", None, None),
    "declined": ("declined", "remote", None, None),
}
ARRIVED_AT = dict.fromkeys(("at the site", "connected", "done", "called off at work"), ARRIVED)
PRESENT: dict[str, tuple[Row, str]] = {
    "planned": (("planned", "on_site", None, None), ""),
    "at the site": (("in_progress", "on_site", None, None), ""),
    "connected": (("in_progress", "remote", None, None), ""),
    "done": (("finished", "on_site", ARRIVED + timedelta(minutes=40), 35), "resolved"),
    "called off at work": (("finished", "on_site", CALLED_OFF, 95), "unresolved"),
    "called off before": (("cancelled", "on_site", None, None), ""),
    "declined": (("declined", "remote", None, None), ""),
}


@pytest.fixture
async def former(admin_dsn: str) -> AsyncIterator[tuple[str, Any]]:
    """A database as it was before, with a visit of each kind: its name and a connection."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    alembic(admin_dsn, name, "upgrade", BEFORE)
    connection = await asyncpg.connect(address_of(admin_dsn, name))
    await connection.execute("SET session_replication_role = replica")  # rows without the records that they point to
    await insert_row(connection, "tenant", owner=TENANT, id=TENANT)
    for place, (kind, (state, mode, finished_at, minutes)) in enumerate(FORMER.items()):
        await insert_row(
            connection,
            "visit",
            owner=TENANT,
            id=UUID(int=place),
            tenant_id=TENANT,
            ticket_id=TICKET,
            state=state,
            mode=mode,
            arrived_at=ARRIVED_AT.get(kind),
            finished_at=finished_at,
            work_minutes=minutes,
            work_done=kind,
        )
    lines = [("arrive", ARRIVED), ("wait", ARRIVED + timedelta(minutes=50)), ("assign", CALLED_OFF)]
    for place, (move, at) in enumerate(lines):
        await insert_row(
            connection,
            "ticket_event",
            owner=TENANT,
            id=UUID(int=place),
            tenant_id=TENANT,
            ticket_id=TICKET,
            occurred_at=at,
            details=f'{{"move": "{move}"}}',
        )
    await connection.execute("ALTER TABLE visit DISABLE TRIGGER ALL")  # their tickets and clients are not there
    yield name, connection
    await connection.close()
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_each_visit_is_carried_over_and_back(admin_dsn: str, former: tuple[str, Any]) -> None:
    name, connection = former
    alembic(admin_dsn, name, "upgrade", THIS)
    rows = await connection.fetch("SELECT work_done, state, mode, finished_at, work_minutes, outcome FROM visit")
    assert {row[0]: (tuple(row)[1:5], row[5]) for row in rows} == PRESENT
    alembic(admin_dsn, name, "downgrade", BEFORE)
    rows = await connection.fetch("SELECT work_done, state, mode, finished_at, work_minutes FROM visit ORDER BY id")
    expected = {**FORMER, "at the site": ("on_site", "on_site", None, None), "": FORMER["called off at work"]}
    del expected["called off at work"]
    assert {row[0]: tuple(row)[1:] for row in rows} == expected
