"""Stored visits get their mode, outcome and minutes by the migration, row by row, and go back."""

import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, product
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
async def before(admin_dsn: str) -> AsyncIterator[tuple[str, Any]]:
    """A database as it was before, with one tenant: its name and a connection."""
    name = f"migrations_{secrets.token_hex(6)}"
    await prepare_roles(admin_dsn, PASSWORD, databases=(name,))
    alembic(admin_dsn, name, "upgrade", BEFORE)
    connection = await asyncpg.connect(address_of(admin_dsn, name))
    await connection.execute("SET session_replication_role = replica")  # rows without the records that they point to
    await insert_row(connection, "tenant", owner=TENANT, id=TENANT)
    yield name, connection
    await connection.close()
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def former(before: tuple[str, Any]) -> tuple[str, Any]:
    """The same with a visit of each kind."""
    name, connection = before
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
    return name, connection


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


# --- a few thousand tickets, each way through the old machine -------------------------------------

PLANNED_MODES = ("on_site", "remote")
LAST_STATES = ("planned", "accepted", "en_route", "on_site", "remote", "waiting", "finished", "declined", "cancelled")
"""Where a ticket's last visit stands; waiting: at the site, while its ticket waits."""
EARLIER = ((), ("declined",), ("cancelled",), ("left",), ("left", "left"), ("finished", "left"), ("left", "finished"))
"""What became of a ticket's earlier visits; left: called off while somebody was at work."""
STAYS = (timedelta(seconds=20), timedelta(minutes=47, seconds=59), timedelta(days=3))
AT_WORK = ("on_site", "remote", "waiting", "finished", "left")
COLUMNS = (
    "id", "ticket_id", "engineer_id", "state", "mode", "scheduled_start", "scheduled_end",
    "accepted_at", "departed_at", "arrived_at", "finished_at", "work_minutes", "work_done", "cause", "version",
)  # fmt: skip


@dataclass
class OldDesk:
    """Tickets as the old machine left them: visits, lines of the timeline, and what the visits mean today."""

    visits: list[dict[str, Any]] = field(default_factory=list)
    lines: list[tuple[UUID, UUID, datetime, str, str, str]] = field(default_factory=list)
    meant: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def ticket(self, last: str, mode: str, earlier: Sequence[str], stay: timedelta, *, waited: bool) -> None:
        """A ticket whose earlier visits ended so, by an engineer each, and whose last one stands there."""
        ticket_id, at = UUID(int=next(self.numbers)), ARRIVED
        for what in (*earlier, last):
            self._line(ticket_id, at, "assign", "assigned")
            at = self._visit(ticket_id, what, mode, at, stay, waited=waited)

    def solved_by_telephone(self, place: int) -> None:
        """A ticket that nobody was sent to."""
        ticket_id = UUID(int=next(self.numbers))
        self._line(ticket_id, ARRIVED, "triage", "triaged")
        self._line(ticket_id, ARRIVED + timedelta(minutes=place), "resolve", "resolved", f"重启 {place}")

    def _line(self, ticket_id: UUID, at: datetime, move: str, state: str, text: str = "") -> None:
        self.lines.append((UUID(int=next(self.numbers)), ticket_id, at, move, state, text))

    def _visit(self, ticket_id: UUID, what: str, mode: str, at: datetime, stay: timedelta, *, waited: bool) -> datetime:
        """One visit and what it means; returns the time of the next assignment."""
        visit_id, arrived, ended = (
            UUID(int=next(self.numbers)),
            at + timedelta(minutes=30),
            at + timedelta(minutes=30) + stay,
        )
        begun = what in AT_WORK
        row = {
            "id": visit_id,
            "ticket_id": ticket_id,
            "engineer_id": UUID(int=1 + len(self.visits) % 5),
            "state": {"waiting": mode, "left": "cancelled"}.get(what, what),
            "mode": mode,
            "scheduled_start": at,
            "scheduled_end": at + timedelta(hours=2),
            "accepted_at": at if what not in ("planned", "declined") else None,
            "departed_at": at if what in ("en_route", *AT_WORK) else None,
            "arrived_at": arrived if begun else None,
            "finished_at": ended if what == "finished" else None,
            "work_minutes": 33 if what == "finished" else None,
            "work_done": f"第 {len(self.visits)} 次" if what == "finished" else "",
            "cause": "",
            "version": 3,
        }
        self.visits.append(row)
        if begun:
            self._line(ticket_id, arrived, "arrive", "on_site")
        if begun and waited:
            self._line(ticket_id, arrived + stay / 4, "wait", "waiting")
            self._line(ticket_id, arrived + stay / 2, "resume", "on_site")
        if what == "waiting":
            self._line(ticket_id, arrived + stay, "wait", "waiting")
        if what == "finished":
            self._line(ticket_id, ended, "resolve", "resolved")
        if what == "cancelled":
            self._line(ticket_id, ended, "cancel", "cancelled")
        self.meant[visit_id] = row | {"travel_minutes": None, "outcome": ""} | _meaning(what, row, mode, ended)
        return ended


def _meaning(what: str, row: dict[str, Any], mode: str, ended: datetime) -> dict[str, Any]:
    """What the visit was, in the words of today: the columns that differ."""
    match what:
        case "on_site" | "remote":
            return {"state": "in_progress", "mode": what}
        case "waiting":
            return {"state": "in_progress", "mode": mode}
        case "finished":
            return {"outcome": "resolved"}
        case "left":
            minutes = min(1_440, int((ended - row["arrived_at"]).total_seconds() // 60))
            return {"state": "finished", "outcome": "unresolved", "finished_at": ended, "work_minutes": minutes}
        case _:
            return {}


def old_desk() -> OldDesk:
    desk = OldDesk()
    for last, mode, earlier, stay, waited in product(LAST_STATES, PLANNED_MODES, EARLIER, STAYS, (False, True)):
        for _ in range(2):
            desk.ticket(last, mode, earlier, stay, waited=waited)
    for place in range(200):
        desk.solved_by_telephone(place)
    return desk


@pytest.mark.slow(8, "migrates a database twice and reads some thousand rows")
async def test_thousands_of_visits_mean_afterwards_what_they_meant_before(
    admin_dsn: str, before: tuple[str, Any]
) -> None:
    name, connection = before
    desk = old_desk()
    assert len(desk.visits) > 3_000
    await connection.copy_records_to_table(
        "visit",
        columns=("tenant_id", "client_id", *COLUMNS),
        records=[(TENANT, TENANT, *(row[column] for column in COLUMNS)) for row in desk.visits],
    )
    await connection.copy_records_to_table(
        "ticket_event",
        columns=(
            "tenant_id", "client_id", "id", "ticket_id", "occurred_at", "kind", "state",
            "actor_kind", "actor_name", "text", "details",
        ),
        records=[
            (TENANT, TENANT, id_, ticket_id, at, "state", state, "provider", "热线", text, f'{{"move": "{move}"}}')
            for id_, ticket_id, at, move, state, text in desk.lines
        ],
    )  # fmt: skip
    await connection.execute("ALTER TABLE visit DISABLE TRIGGER ALL")  # their tickets and clients are not there

    alembic(admin_dsn, name, "upgrade", THIS)
    columns = ", ".join((*COLUMNS, "travel_minutes", "outcome"))
    found = {row["id"]: dict(row) for row in await connection.fetch(f"SELECT {columns} FROM visit")}
    differing = [(found.get(id_), meant) for id_, meant in desk.meant.items() if found.get(id_) != meant]
    assert (differing[:3], found.keys() - desk.meant.keys()) == ([], set())

    alembic(admin_dsn, name, "upgrade", "head")
    later = {row["id"]: dict(row) for row in await connection.fetch(f"SELECT {columns} FROM visit WHERE planned")}
    assert later == found
    calls = await connection.fetch("SELECT work_done, mode, state, outcome, work_minutes FROM visit WHERE NOT planned")
    assert sorted(call["work_done"] for call in calls) == sorted(f"重启 {place}" for place in range(200))
    assert {tuple(call)[1:] for call in calls} == {("telephone", "finished", "resolved", None)}
