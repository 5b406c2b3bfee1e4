"""The tuned yardstick: what the same three requests cost without framework, ORM or unit of work.

Raw ASGI and asyncpg on the same tables, roles and policies, writing and reading the same rows: session look-up as the
signin role, `BEGIN; SET LOCAL` as one message, a one-statement create, msgspec straight to bytes. Written for speed
only; nobody should live in it.
"""

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
import msgspec

from app.agreements.sla.policy import SlaPolicyDocument
from app.agreements.sla.service_terms import ServiceTerms
from app.agreements.sla.vocabulary import MEASURED_TARGETS
from app.desk.tickets.lifecycle import OPEN_STATES, TicketState, moves_from
from app.desk.tickets.schemas import TicketCreate, TicketCreated, TicketSummary, TicketView, TimelineEntry
from app.platform.kernel.ids import new_id
from app.platform.promises import ClockView, next_check
from app.platform.promises.calendar import ServiceCalendar
from app.platform.promises.clock import start_clock
from tests.benchmarks.raw_statements import CLOCKS, DETAIL, EVENTS, NOTES, PLACE, SESSION, SUMMARY, VISITS

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(TicketCreate).decode
_terms: dict[tuple[UUID, UUID], ServiceTerms] = {}


class Yardstick:
    """The ASGI application."""

    def __init__(self) -> None:
        self.app: asyncpg.Pool[Any] | None = None
        self.signin: asyncpg.Pool[Any] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        assert self.app is not None
        assert self.signin is not None
        now = datetime.now(UTC)
        token = next(value for name, value in scope["headers"] if name == b"authorization")[7:]
        who = await self.signin.fetchrow(SESSION, sha256(token).hexdigest(), now)
        async with self.app.acquire() as connection:
            await connection.execute(f"BEGIN; SET LOCAL app.actor = '{who[0]}/tenant//'")
            path, status = scope["path"], b"200"
            if scope["method"] == "POST":
                body = _encode(await create(connection, who, now, _decode((await receive())["body"])))
                status = b"201"
            elif path == "/api/v1/tickets":
                client_id = UUID(parse_qs(scope["query_string"].decode())["client_id"][0])
                rows = await connection.fetch(SUMMARY, who[0], client_id, sorted(OPEN_STATES))
                body = _encode({"items": [TicketSummary(*row) for row in rows[:50]], "next_cursor": None})
            else:
                body = _encode(await read(connection, who[0], UUID(path.rsplit("/", 1)[1])))
            await connection.execute("COMMIT")
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        address = os.environ["DATABASE_URL"]
        self.app = await asyncpg.create_pool(address, min_size=8, max_size=8, reset=_no_reset, init=_codecs)
        signin = address.replace("yinghuo_app", "yinghuo_signin")
        self.signin = await asyncpg.create_pool(signin, min_size=8, max_size=8, reset=_no_reset, init=_codecs)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.app.close()
        await self.signin.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _no_reset(_: Any) -> None:
    return None


async def _codecs(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + _encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
    )


async def terms_of(connection: Any, policy_id: UUID, calendar_id: UUID) -> ServiceTerms:
    """Policy and calendar versions, kept once decoded."""
    found = _terms.get((policy_id, calendar_id))
    if found is None:
        policy = await connection.fetchval("SELECT document FROM sla_policy_version WHERE id = $1", policy_id)
        calendar = await connection.fetchval("SELECT document FROM service_calendar_version WHERE id = $1", calendar_id)
        found = ServiceTerms(
            policy_id,
            calendar_id,
            msgspec.convert(policy, SlaPolicyDocument),
            msgspec.convert(calendar, ServiceCalendar),
        )
        _terms[policy_id, calendar_id] = found
    return found


class Rows:
    """A chain of inserts with one parameter list."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, table: str, row: dict[str, Any], *, number: bool = False) -> None:
        names, places = [], []
        for name, value in row.items():
            names.append(name)
            self.values.append(value)
            places.append(f"${len(self.values)}")
        if number:
            names.append("number")
            places.append("(SELECT number FROM counted)")
        self.parts.append(
            f"w{len(self.parts)} AS (INSERT INTO {table} ({','.join(names)}) VALUES ({','.join(places)}))"
        )


async def create(connection: Any, who: Any, now: datetime, fault: TicketCreate) -> TicketCreated:
    """The same rows as the product's report, in one look-up and one statement."""
    tenant_id = who[0]
    place = await connection.fetchrow(PLACE, tenant_id, fault.device_id)
    terms = await terms_of(connection, place[7], place[8])
    priority = terms.policy.priority_of(fault.impact, fault.urgency)
    targets = terms.policy.targets_of(priority, terms.calendar)
    ticket_id, client_id, reporter_id = new_id(), place[0], place[3]
    ring = {"tenant_id": tenant_id, "client_id": client_id, "reporter_id": reporter_id}
    rows = Rows()
    due: list[datetime] = []
    for kind in MEASURED_TARGETS:
        target = targets.get(kind)
        if target is None:
            continue
        clock = start_clock(target, now)
        clock_id, due_at = new_id(), clock.due_at
        if due_at is not None:
            due.append(due_at)
        rows.add(
            "clock",
            ring
            | {
                "id": clock_id,
                "ticket_id": ticket_id,
                "kind": kind,
                "state": clock.state,
                "priority": priority,
                "policy_version_id": place[7],
                "calendar_version_id": place[8],
                "target_seconds": target.seconds,
                "counted_seconds": 0,
                "interval_started_at": clock.ledger[-1].started_at,
                "waiting_for": None,
                "started_at": now,
                "due_at": due_at,
                "stopped_at": None,
                "cancelled_at": None,
                "breached_at": None,
            },
        )
        check = next_check(clock, terms.policy.escalation_of(priority, kind), set())
        rows.add(
            "due_entry",
            {
                "tenant_id": tenant_id,
                "id": new_id(),
                "kind": "sla_threshold",
                "subject_id": clock_id,
                "due_at": check,
            },
        )
    event_id = new_id()
    follow_token = os.urandom(24).hex()[:43]
    rows.add(
        "ticket",
        ring
        | {
            "id": ticket_id,
            "state": "new",
            "wait_reason": "",
            "channel": "api",
            "symptom": fault.symptom,
            "subject": fault.subject,
            "description": fault.description,
            "service_category": fault.service_category,
            "product_category": fault.product_category,
            "impact": fault.impact,
            "urgency": fault.urgency,
            "priority": priority,
            "vip": bool(place[6]),
            "device_id": fault.device_id,
            "site_id": place[1],
            "department_id": place[2],
            "contact_name": place[5] or "",
            "contact_phone": "",
            "engineer_id": None,
            "policy_version_id": place[7],
            "calendar_version_id": place[8],
            "due_at": min(due),
            "reported_at": now,
            "resolved_at": None,
            "closed_at": None,
            "confirmed_by": "",
            "reopened": 0,
            "rating": None,
            "follow_token": follow_token,
            "updated_at": now,
            "version": 1,
        },
        number=True,
    )
    rows.add(
        "ticket_event",
        ring
        | {
            "id": new_id(),
            "ticket_id": ticket_id,
            "occurred_at": now,
            "kind": "reported",
            "state": "new",
            "actor_kind": "provider",
            "actor_name": who[3],
            "text": "",
            "details": {"channel": "api"},
        },
    )
    rows.add(
        "outbox_event",
        {
            "tenant_id": tenant_id,
            "id": event_id,
            "topic": "ticket.created",
            "occurred_at": now,
            "relayed_at": None,
            "payload": {
                "ticket_id": str(ticket_id),
                "client_id": str(client_id),
                "reporter_id": str(reporter_id),
                "priority": priority,
                "channel": "api",
            },
        },
    )
    rows.add(
        "due_entry",
        {
            "tenant_id": tenant_id,
            "id": new_id(),
            "kind": "outbox",
            "subject_id": event_id,
            "due_at": now,
        },
    )
    entry_id = new_id()
    rows.add("audit_pending", {"tenant_id": tenant_id, "id": entry_id})
    rows.add(
        "audit_entry",
        {
            "tenant_id": tenant_id,
            "id": entry_id,
            "occurred_at": now,
            "actor_kind": "provider",
            "account_id": who[2],
            "membership_id": who[1],
            "client_id": None,
            "reporter_id": None,
            "action": "ticket.created",
            "record_kind": "ticket",
            "record_id": ticket_id,
            "request_id": "x",
            "network_address": "127.0.0.1",
            "details": {"channel": "api", "priority": priority},
        },
    )
    name = f"FW-{now:%Y%m%d}"
    place_of_name = len(rows.values) + 1
    counted = (
        f"counted AS (INSERT INTO counter (tenant_id, name, value) VALUES ($1, ${place_of_name}, 1) "
        "ON CONFLICT (tenant_id, name) DO UPDATE SET value = counter.value + 1 "
        "RETURNING name || '-' || lpad(value::text, greatest(4, length(value::text)), '0') AS number)"
    )
    statement = f"WITH {counted}, {', '.join(rows.parts)} SELECT number FROM counted"
    number = await connection.fetchval(statement, *rows.values, name)
    return TicketCreated(
        id=ticket_id,
        number=number,
        state=TicketState.NEW,
        priority=priority,
        reported_at=now,
        due_at=min(due),
        follow_token=follow_token,
    )


async def read(connection: Any, tenant_id: UUID, ticket_id: UUID) -> TicketView:
    """The same answer as the product's."""
    t = await connection.fetchrow(DETAIL, tenant_id, ticket_id)
    events = await connection.fetch(EVENTS, tenant_id, ticket_id)
    notes = await connection.fetch(NOTES, tenant_id, ticket_id)
    clocks = await connection.fetch(CLOCKS, tenant_id, ticket_id)
    await connection.fetch(VISITS, tenant_id, ticket_id)
    timeline = [
        TimelineEntry(
            e["id"], e["occurred_at"], e["kind"], e["state"], e["actor_kind"], e["actor_name"], e["text"], e["details"]
        )
        for e in events
    ] + [
        TimelineEntry(
            n["id"],
            n["occurred_at"],
            n["kind"],
            "",
            "provider",
            n["actor_name"],
            n["text"],
            n["details"],
            internal=True,
        )
        for n in notes
    ]
    views = [
        ClockView(
            c["kind"],
            c["state"],
            c["due_at"],
            c["target_seconds"],
            c["target_seconds"] - c["counted_seconds"],
            c["started_at"],
            c["stopped_at"],
            c["breached_at"],
            c["waiting_for"],
        )
        for c in clocks
    ]
    state = TicketState(t["state"])
    return TicketView(
        t["id"],
        t["number"],
        state,
        t["wait_reason"],
        t["priority"],
        t["impact"],
        t["urgency"],
        t["subject"],
        t["description"],
        t["symptom"],
        t["channel"],
        t["service_category"],
        t["product_category"],
        t["client_id"],
        t["short_name"],
        t["site_id"],
        t["site_name"],
        t["site_address"],
        t["department_name"],
        t["device_id"],
        t["device_number"],
        t["device_model"],
        t["reporter_id"],
        t["contact_name"],
        t["contact_phone"],
        t["engineer_id"],
        t["engineer_name"],
        t["level"],
        t["zone"],
        t["reported_at"],
        t["due_at"],
        t["resolved_at"],
        t["closed_at"],
        t["confirmed_by"],
        t["reopened"],
        t["rating"],
        t["vip"],
        t["version"],
        moves_from(state),
        views,
        timeline,
        [],
    )


application = Yardstick()
