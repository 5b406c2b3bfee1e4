"""A tenant of any size, written set by set on a privileged connection."""

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from app.platform.files import LocalFileStore, file_key
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from tests.factories.network import ClientCompany

TICKETS = """
    INSERT INTO ticket (tenant_id, id, client_id, reporter_id, number, state, wait_reason, channel, symptom, subject,
        description, service_category, product_category, impact, urgency, priority, vip, device_id, contact_name,
        contact_phone, reported_at, confirmed_by, reopened, rating, follow_token, updated_at, version)
    SELECT $1, gen_random_uuid(), $2, $3, 'FW-20260101-' || n, 'closed', '', 'portal', 'power', '开不了机' || n,
        E'第一行\\n第二行 "引号" \\u2028 \\\\ ' || n, 'hardware', 'desktop', 'low', 'low', 'P3', false, $4, '李静', '',
        timestamptz '2026-01-01 08:00+08' + n * interval '3 minutes', 'silence', 0, NULL,
        md5('follow' || n::text), timestamptz '2026-01-01 09:00+08' + n * interval '3 minutes', 3
    FROM generate_series(1, $5::int) n
    """
OF_EACH_TICKET = (
    """
    INSERT INTO ticket_event (tenant_id, id, client_id, reporter_id, ticket_id, occurred_at, kind, state, actor_kind,
        actor_name, text, details)
    SELECT t.tenant_id, gen_random_uuid(), t.client_id, t.reporter_id, t.id, t.reported_at + n * interval '10 minutes',
        'state', 'closed', 'provider', '林小燕', '', jsonb_build_object('step', n, 'ratio', 0.10, 'words', '已处理')
    FROM ticket t CROSS JOIN generate_series(1, 4) n
    WHERE t.tenant_id = $1
    """,
    """
    INSERT INTO clock (tenant_id, id, client_id, reporter_id, ticket_id, kind, state, priority, policy_version_id,
        calendar_version_id, target_seconds, counted_seconds, started_at)
    SELECT t.tenant_id, gen_random_uuid(), t.client_id, t.reporter_id, t.id, k.kind, 'met', 'P3', t.id, t.id, 14400,
        600, t.reported_at
    FROM ticket t CROSS JOIN (VALUES ('response'), ('resolution')) k (kind)
    WHERE t.tenant_id = $1
    """,
    """
    INSERT INTO clock_interval (tenant_id, id, client_id, reporter_id, clock_id, sequence, started_at, ended_at,
        seconds)
    SELECT c.tenant_id, gen_random_uuid(), c.client_id, c.reporter_id, c.id, 1, c.started_at,
        c.started_at + interval '10 minutes', 600
    FROM clock c
    WHERE c.tenant_id = $1
    """,
    """
    INSERT INTO audit_entry (tenant_id, id, occurred_at, actor_kind, action, record_kind, record_id, details)
    SELECT t.tenant_id, gen_random_uuid(), t.reported_at, 'reporter', 'tickets.reported', 'ticket', t.id,
        jsonb_build_object('number', t.number)
    FROM ticket t
    WHERE t.tenant_id = $1
    """,
)


async def fill(
    admin: asyncpg.Connection, client: ClientCompany, device_id: UUID, reporter: Actor, *, tickets: int, files: int,
    directory: Path,
) -> None:  # fmt: skip
    """`tickets` closed tickets with four lines, two clocks and an audit row each; files on the first of them."""
    tenant_id = client.partner.id
    await admin.execute(TICKETS, tenant_id, client.id, reporter.reporter_id, device_id, tickets, timeout=600)
    for statement in OF_EACH_TICKET:
        await admin.execute("ANALYZE")  # or each row's foreign keys are checked by plans for empty tables
        await admin.execute(statement, tenant_id, timeout=600)
    store = LocalFileStore(directory / "files")
    ids = await admin.fetch("SELECT id FROM ticket WHERE tenant_id = $1 ORDER BY number LIMIT $2", tenant_id, files)
    for number, row in enumerate(ids):
        file_id, data = new_id(), f"照片 {number}".encode() * 500
        sha256 = await store.put(file_key(tenant_id, file_id), data)
        await admin.execute(
            "INSERT INTO stored_file (tenant_id, id, client_id, reporter_id, subject_kind, subject_id, name, "
            "content_type, size, sha256, has_thumbnail, created_at, created_by) "
            "VALUES ($1, $2, $3, $4, 'ticket', $5, '照片.jpg', 'image/jpeg', $6, $7, false, now(), '李静')",
            tenant_id, file_id, client.id, reporter.reporter_id, row["id"], len(data), sha256,
        )  # fmt: skip
    await admin.execute("ANALYZE")


async def rows_of(admin: asyncpg.Connection, tenant_id: UUID, *, but: frozenset[str]) -> dict[str, tuple[int, Any]]:
    """For every table with a tenant: how many rows this one has, and a digest of them all."""
    tables = await admin.fetch(
        "SELECT DISTINCT table_name FROM information_schema.columns c JOIN information_schema.tables t "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND column_name = 'tenant_id' "
        "AND t.table_type = 'BASE TABLE' ORDER BY 1"
    )
    found = {}
    for (table,) in tables:
        if table not in but:
            row = await admin.fetchrow(
                "SELECT count(*), sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric) "
                f'FROM "{table}" t WHERE tenant_id = $1',
                tenant_id,
                timeout=600,
            )
            found[table] = (row[0], row[1])
    return found
