"""A partner that imports its logs: with a service level, a client with a device, an employee and an engineer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.data_exchange.ticket_import.commands import import_tickets
from app.data_exchange.ticket_import.models import ImportOutcome
from app.data_exchange.ticket_import.schemas import TicketImportView
from app.platform.kernel.runtime import Runtime
from tests.factories.network import ClientCompany, Network, PartnerCompany

MAPPING_TEXT = """
source = "desk"
shape = "events"
time_formats = ["%d-%m-%Y %H:%M"]
unknown = ["", "?"]
subject = ["what"]
[columns]
number = "no"
at = "at"
state = "state"
actor = "by"
opened_at = "opened"
caller = "caller"
device = "device"
engineer = "engineer"
group = "group"
impact = "impact"
urgency = "urgency"
reopenings = "reopened"
reassignments = "handed_on"
[states]
"New" = "new"
"Active" = "assigned"
"Awaiting User" = "waiting"
"Awaiting Vendor" = "waiting"
"Resolved" = "resolved"
"Closed" = "closed"
[wait_reasons]
"Awaiting User" = "client"
"Awaiting Vendor" = "vendor"
[impacts]
"high" = "high"
"low" = "low"
[urgencies]
"high" = "high"
"medium" = "medium"
"low" = "low"
"""
HEADINGS = (
    *("no", "at", "state", "by", "opened", "caller", "device", "engineer", "group"),
    *("impact", "urgency", "reopened", "handed_on", "what"),
)


def log_of(*rows: dict[str, str]) -> str:
    """A log as CSV; missing cells are unknown."""
    lines = [",".join(HEADINGS)]
    lines += [",".join(row.get(heading, "?") for heading in HEADINGS) for row in rows]
    return "\n".join(lines) + "\n"


@dataclass
class ImportingPartner:
    """A partner that imports its logs, with the functions to do so."""

    partner: PartnerCompany
    client: ClientCompany
    device_id: UUID
    import_log: Callable[..., Awaitable[TicketImportView]]
    codes: Callable[[UUID], Awaitable[dict[int, list[str]]]]
    neighbour: Callable[[], Awaitable[tuple[PartnerCompany, ClientCompany]]]
    """Another partner with a client, without any tickets."""


@pytest.fixture
async def importer(runtime: Runtime, network: Network, tmp_path: Path) -> ImportingPartner:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, _ = await network.device(client, "PC-0001", holder="李静")
    mapping = tmp_path / "desk.toml"
    mapping.write_text(MAPPING_TEXT, encoding="utf-8")

    async def import_log(text: str, **options: Any) -> TicketImportView:
        log = tmp_path / "log.csv"
        log.write_text(text, encoding="utf-8")
        chosen = {
            "mapping": str(mapping),
            "tenant_slug": partner.slug,
            "client_code": client.code,
            "time_zone": "Asia/Shanghai",
            **options,
        }
        return await import_tickets(runtime, log, **chosen)

    async def codes(import_id: UUID) -> dict[int, list[str]]:
        async with runtime.units_of_work.begin(partner.system) as work:
            outcomes = await work.session.scalars(select(ImportOutcome).where(ImportOutcome.import_id == import_id))
            return {row: [code for code, _ in said] for outcome in outcomes for row, _, said in outcome.rows}

    async def neighbour() -> tuple[PartnerCompany, ClientCompany]:
        other = await network.partner()
        await network.service_level(other)
        return other, await network.client(other)

    return ImportingPartner(partner, client, device_id, import_log, codes, neighbour)
