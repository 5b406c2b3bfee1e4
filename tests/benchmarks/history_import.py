"""How fast another system's log comes in on one worker: the dry run, the writing, and both, as people wait for them."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from app.data_exchange.ticket_import.schemas import TicketImportUpload
from app.data_exchange.ticket_import.services.imports import TicketImportService
from app.data_exchange.ticket_import.services.runner import TicketImportRunner
from app.platform.files import file_store_of
from app.platform.kernel.runtime import Runtime
from tests.factories.network import Network

TICKETS = 3_000
STATES = (
    ("New", 0),
    ("Active", 25),
    ("Awaiting User Info", 90),
    ("Active", 300),
    ("Active", 320),
    ("Resolved", 400),
    ("Closed", 7_600),
)
HEADINGS = (
    "number,incident_state,reassignment_count,reopen_count,caller_id,opened_at,sys_updated_by,sys_updated_at,contact_type,"
    "location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,problem_id,rfc,"
    "vendor,caused_by,closed_code,resolved_by"
)


class Measured(NamedTuple):
    """Events of the log per second, from the bytes in the store to the last commit."""

    dry_run: float
    writing: float
    both: float


def rows(tickets: int) -> Iterator[str]:
    """A log in the manner of a real one: seven events a ticket, names by the hundred."""
    yield HEADINGS
    begin = datetime(2025, 3, 3, 8)  # noqa: DTZ001 - local, as logs have it
    for number in range(tickets):
        opened = begin + timedelta(minutes=11 * number)
        for place, (state, minutes) in enumerate(STATES):
            at = opened + timedelta(minutes=minutes)
            yield (
                f"INC{number:07d},{state},{place // 4},0,Caller {number % 400},{opened:%d-%m-%Y %H:%M},"
                f"Updated by {number % 90},{at:%d-%m-%Y %H:%M},Phone,Location {number % 60},Category {number % 30},"
                f"Subcategory {number % 80},Symptom {place % 3},?,2 - Medium,2 - Medium,3 - Moderate,"
                f"Group {number % 50},Resolver {number % 100},?,?,?,?,code 6,Resolved by {number % 90}"
            )


async def measure(runtime: Runtime, network: Network, tickets: int = TICKETS) -> Measured:
    """Bring a made-up log to a new partner.

    Raises:
        AssertionError: the import did not write what it should.
    """
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    content = "\n".join(rows(tickets)).encode()
    store = file_store_of(runtime)
    wanted = TicketImportUpload(
        mapping="servicenow-events", file_name="log.csv", client_id=client.id, time_zone="Asia/Shanghai"
    )
    async with runtime.units_of_work.begin(partner.system) as work:
        tried = await TicketImportService(work, store).upload(wanted, content)
    runner = TicketImportRunner(runtime.units_of_work, store, partner.id, tried.id)
    started = time.perf_counter()
    await runner.run()
    checked = time.perf_counter()
    async with runtime.units_of_work.begin(partner.system) as work:
        found = await TicketImportService(work, store).get(tried.id)
        await TicketImportService(work, store).confirm(found.id, found.version)
    await runner.run()
    ended = time.perf_counter()
    async with runtime.units_of_work.begin(partner.system) as work:
        done = await TicketImportService(work, store).get(tried.id)
    if done.counts.get("tickets_new") != tickets:
        raise AssertionError(done.counts)
    events = tickets * len(STATES)
    return Measured(events / (checked - started), events / (ended - checked), events / (ended - started))
