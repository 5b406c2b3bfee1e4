"""A large archive of tickets, inserted set-based by the superuser in seconds: enough for realistic query plans.

Partners with clients, devices, and tickets through most of a year with all that hangs on them. Ids are made of a
tenant, a word and a number, so that rows find each other. What a table needs and nothing here cares about is empty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import Boolean, Date, DateTime, Integer, String, Table, Uuid

from app.agreements.sla.models import ClockRecord
from app.assets.clients.models import Client, Employee
from app.assets.devices.models import Device
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.people.identity.models import Account, AccountSession
from app.platform.kernel.model import Model
from app.platform.kernel.outbox import ConsumedEvent, DueEntry, OutboxEvent
from app.platform.notifications.models import Notification
from tenants.models import Tenant
from tenants.partner_metrics.models import QualityFact, QualityRollup

PAST = timedelta(days=300)
"""How far back tickets go, evenly, whoever has however many."""


@dataclass(frozen=True)
class Volume:
    """How much of everything one partner has. One ticket in `open_every` is still open, the rest is the past."""

    tickets: int
    clients: int = 20
    devices_per_client: int = 300
    open_every: int = 97


@dataclass(frozen=True)
class ObservedPartner:
    """A partner, and what of it is looked at: these rows exist already, and the past is made around them."""

    tenant_id: UUID
    engineer_id: UUID
    client_id: UUID
    device_id: UUID
    reporter_id: UUID


async def fill(
    admin_url: str, observed: ObservedPartner, now: datetime, amount: Volume, *, others: int, others_tickets: int
) -> None:
    """Fill the database of `admin_url` with the past of `observed` and of `others` more partners, and analyse it."""
    connection: Any = await asyncpg.connect(admin_url)
    try:
        async with connection.transaction():
            # Rows are made to fit each other; checking that they do takes most of the time.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await _tenant(connection, observed, now, amount)
            await connection.execute(_OTHERS, now, others)
            for number in range(1, others + 1):
                words = ", ".join(f"md5('{word}{number}')::uuid" for word in ("partner", "e", "c", "d", "r"))
                ids = await connection.fetchrow(f"SELECT {words}")
                await _tenant(connection, ObservedPartner(*ids), now, Volume(others_tickets, devices_per_client=15))
            for statement in _EVERYBODY:
                await connection.execute(statement, now)
            await connection.execute(_NOTICES, observed.tenant_id, now)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _tenant(connection: Any, of: ObservedPartner, now: datetime, amount: Volume) -> None:
    values = {
        "tenant": ("uuid", of.tenant_id),
        "now": ("timestamptz", now),
        "tickets": ("int", amount.tickets),
        "clients": ("int", amount.clients),
        "devices": ("int", amount.devices_per_client),
        "engineer": ("uuid", of.engineer_id),
        "client": ("uuid", of.client_id),
        "device": ("uuid", of.device_id),
        "reporter": ("uuid", of.reporter_id),
        "open": ("int", amount.open_every),
        "step": ("interval", PAST / amount.tickets),
    }
    for statement in (*_RECORDS, *_ABOUT_TICKETS):
        text, names = _numbered(statement, {name: kind for name, (kind, _) in values.items()})
        await connection.execute(text, *(values[name][1] for name in names))


def _numbered(statement: str, kinds: dict[str, str]) -> tuple[str, list[str]]:
    """`:name` as the driver's numbers, and the names in their order."""
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}::{kinds[found[1]]}"

    return re.sub(rf"(?<!:):({'|'.join(kinds)})\b", place, statement), names


def _insert(model: type[Model], values: dict[str, str], source: str) -> str:
    """INSERT … SELECT of these columns; what else the table requires is empty, zero or false."""
    table = cast("Table", model.__table__)
    given = {**dict(_empty(table)), **values}
    return f"INSERT INTO {table.name} ({', '.join(given)}) SELECT {', '.join(given.values())} FROM {source}"


def _empty(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        if column.nullable:
            continue
        match column.type:
            case String():
                yield column.name, "''"
            case Integer():
                yield column.name, "1" if column.name == "version" else "0"
            case Boolean():
                yield column.name, "false"
            case DateTime() | Date() | Uuid():
                pass  # never without a meaning: named by whoever fills
            case _:
                yield column.name, "'{}'"


def _id(word: str, number: str) -> str:
    return f"md5(:tenant::text || '{word}' || {number})::uuid"


_OF_CLIENT = f"CASE WHEN c = 0 THEN :client ELSE {_id('client', 'c')} END"
_EACH_PLACE = "generate_series(1, :clients * :devices) AS n, LATERAL (SELECT n % :clients AS c) AS o"

_RECORDS = (
    _insert(
        Client,
        {
            "tenant_id": ":tenant",
            "id": _id("client", "c"),
            "code": "'filled-' || c",
            "name": "'客户' || c",
            "short_name": "'客户' || c",
            "time_zone": "'Asia/Shanghai'",
            "state": "'active'",
            "created_at": ":now",
        },
        "generate_series(1, :clients - 1) AS c",
    ),
    _insert(
        Employee,
        {
            "tenant_id": ":tenant",
            "id": _id("employee", "n"),
            "client_id": _OF_CLIENT,
            "name": "'员工' || n",
            "phone": "'138' || lpad(n::text, 8, '0')",
            "state": "'active'",
        },
        _EACH_PLACE,
    ),
    _insert(
        Device,
        {
            "tenant_id": ":tenant",
            "id": _id("device", "n"),
            "client_id": _OF_CLIENT,
            "number": "'NB-' || lpad(n::text, 6, '0')",
            "serial_number": "'SN' || n",
            "category": "'laptop'",
            "employee_id": _id("employee", "n"),
            "state": "'in_use'",
            "created_at": ":now",
        },
        _EACH_PLACE,
    ),
    _insert(
        Ticket,
        {
            "tenant_id": ":tenant",
            "id": _id("ticket", "n"),
            "client_id": _OF_CLIENT,
            "reporter_id": "CASE WHEN d = 0 THEN :reporter END",
            "number": "'FW-' || to_char(:now - age, 'YYYYMMDD') || '-' || lpad(n::text, 6, '0')",
            "state": "CASE WHEN n % :open = 1 THEN (ARRAY['new', 'assigned', 'on_site', 'waiting'])[1 + n / :open % 4] "
            "WHEN n % 89 = 0 THEN 'cancelled' WHEN n <= 60 THEN 'resolved' ELSE 'closed' END",
            "channel": "'portal'",
            "subject": "'故障' || n",
            "impact": "'medium'",
            "urgency": "'medium'",
            "priority": "'P' || 1 + n % 4",
            "device_id": f"CASE WHEN d = 0 THEN :device ELSE {_id('device', 'd')} END",
            "engineer_id": "CASE WHEN n % 5 < 2 THEN :engineer END",
            "due_at": "CASE WHEN n % :open = 1 THEN :now + (n % 71) * interval '1 hour' END",
            "reported_at": ":now - age",
            "resolved_at": ":now - age + interval '1 hour'",
            "closed_at": "CASE WHEN n % :open <> 1 THEN :now - age + interval '1 day' END",
            "follow_token": "'follow' || n",
            "updated_at": ":now",
        },
        "generate_series(1, :tickets) AS n, "
        "LATERAL (SELECT n % :clients AS c, n / :clients % :devices AS p, n * :step AS age) AS o, "
        "LATERAL (SELECT p * :clients + c AS d) AS q",
    ),
)

_SAME = {"tenant_id": "tenant_id", "client_id": "client_id"}
_FOLLOWED = {**_SAME, "reporter_id": "reporter_id", "ticket_id": "id"}
_MADE_HERE = "tenant_id = :tenant AND follow_token LIKE 'follow%'"
_OF_TENANT = f"ticket WHERE {_MADE_HERE}"


def _made(word: str) -> str:
    return f"md5(id::text || {word})::uuid"


_ABOUT_TICKETS = (
    _insert(
        TicketEvent,
        {
            **_FOLLOWED,
            "id": _made("'event' || n"),
            "occurred_at": "reported_at + n * interval '9 minutes'",
            "kind": "'state'",
            "state": "'new'",
            "actor_kind": "'provider'",
            "actor_name": "'林小燕'",
        },
        f"ticket, generate_series(1, 4) AS n WHERE {_MADE_HERE}",
    ),
    _insert(
        TicketNote,
        {**_SAME, "ticket_id": "id", "id": _made("'note'"), "occurred_at": "reported_at", "text": "'备注'"},
        _OF_TENANT,
    ),
    _insert(
        ClockRecord,
        {
            **_FOLLOWED,
            "id": _made("kind"),
            "kind": "kind",
            "state": "'running'",
            "priority": "priority",
            "policy_version_id": "tenant_id",
            "calendar_version_id": "tenant_id",
            "target_seconds": "3600",
            "started_at": "reported_at",
            "due_at": "due_at",
            "stopped_at": "closed_at",
        },
        f"ticket, unnest(ARRAY['response', 'arrival', 'resolution']) AS kind WHERE {_MADE_HERE}",
    ),
    _insert(
        Visit,
        {
            **_FOLLOWED,
            "id": _made("'visit'"),
            "engineer_id": "engineer_id",
            "mode": "'on_site'",
            "state": "CASE WHEN closed_at IS NULL THEN 'planned' ELSE 'finished' END",
            "scheduled_start": "reported_at + interval '2 hours'",
            "scheduled_end": "reported_at + interval '3 hours'",
            "finished_at": "closed_at",
        },
        f"{_OF_TENANT} AND engineer_id IS NOT NULL",
    ),
    _insert(
        OutboxEvent,
        {
            "tenant_id": "tenant_id",
            "id": _made("'outbox'"),
            "topic": "'tickets.reported'",
            "occurred_at": "reported_at",
            "relayed_at": "reported_at",
        },
        _OF_TENANT,
    ),
    _insert(
        ConsumedEvent,
        {
            "tenant_id": "tenant_id",
            "id": _made("'consumed'"),
            "consumer": "'network.figures'",
            "event_id": _made("'outbox'"),
            "consumed_at": "reported_at",
        },
        _OF_TENANT,
    ),
    _insert(
        DueEntry,
        {
            "tenant_id": "tenant_id",
            "id": _made("'due'"),
            "kind": "'sla_threshold'",
            "subject_id": "id",
            "due_at": "reported_at + interval '10 years'",
        },
        _OF_TENANT,
    ),
    _insert(
        QualityFact,
        {"tenant_id": "tenant_id", "id": "id", "day": "reported_at::date", "tickets": "1", "resolved": "1"},
        _OF_TENANT,
    ),
)

_OTHERS = _insert(
    Tenant,
    {
        "id": "md5('partner' || n)::uuid",
        "kind": "'partner'",
        "slug": "'filled-' || n",
        "name": "'服务商' || n",
        "state": "'active'",
        "created_at": "$1::timestamptz",
    },
    "generate_series(1, $2::int) AS n",
)
_EVERYBODY = (
    _insert(
        QualityRollup,
        {
            "tenant_id": "id",
            "id": _made("m"),
            "month": "date_trunc('month', $1::timestamptz - m * interval '1 month')::date",
            "tickets": "30",
            "updated_at": "$1::timestamptz",
        },
        "tenant, generate_series(0, 47) AS m WHERE kind = 'partner'",
    ),
    _insert(
        Account,
        {
            "id": "md5('account' || n)::uuid",
            "email": "'filled-' || n || '@example.com'",
            "language": "'zh-CN'",
            "created_at": "$1::timestamptz",
        },
        "generate_series(1, 3000) AS n",
    ),
    _insert(
        AccountSession,
        {
            "id": "md5('session' || n)::uuid",
            "token_hash": "md5('token' || n)",
            "account_id": "md5('account' || n % 3000 + 1)::uuid",
            "created_at": "$1::timestamptz",
            "expires_at": "$1::timestamptz + interval '1 day'",
        },
        "generate_series(1, 9000) AS n",
    ),
)
_NOTICES = _insert(
    Notification,
    {
        "tenant_id": "tenant_id",
        "id": _made("'notice' || n"),
        "client_id": "client_id",
        "membership_id": "id",
        "reference": "'filled:' || n",
        "text": "'通知'",
        "created_at": "$2::timestamptz - n * interval '1 hour'",
        "read_at": "CASE WHEN n > 6 THEN $2::timestamptz END",
    },
    "membership, generate_series(1, 400) AS n WHERE tenant_id = $1::uuid",
)
