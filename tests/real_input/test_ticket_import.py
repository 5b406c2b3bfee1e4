"""A real service desk's log, whole, through the use cases as it is; counted again by other means."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.agreements.sla.models import ClockRecord
from app.data_exchange.ticket_import.commands import import_tickets
from app.data_exchange.ticket_import.models import ImportedName, ImportedTicket, ImportOutcome
from app.data_exchange.ticket_import.schemas import TicketImportView
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote
from app.platform.kernel.outbox import DueEntry, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery, Notification
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany

pytestmark = pytest.mark.real_input

ZONE = "America/Sao_Paulo"
PRIORITIES = {"1 - Critical": "P1", "2 - High": "P2", "3 - Moderate": "P3", "4 - Low": "P4"}


class ParsedLog:
    """The log as another program would read it: rows by number, in the order of time."""

    def __init__(self, path: Path) -> None:
        self.incidents: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self.incidents[row["number"]].append(row)
        for rows in self.incidents.values():
            rows.sort(key=lambda row: at(row["sys_updated_at"]))

    def transitions(self) -> Counter[tuple[str, str]]:
        return Counter(
            (before["incident_state"], after["incident_state"])
            for rows in self.incidents.values()
            for before, after in pairwise(rows)
        )


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


async def import_log(runtime: Runtime, partner: PartnerCompany, client: ClientCompany, log: Path) -> TicketImportView:
    return await import_tickets(
        runtime,
        log,
        mapping="servicenow-events",
        tenant_slug=partner.slug,
        client_code=client.code,
        time_zone=ZONE,
    )


@pytest.mark.slow(5, "a whole log, twice")
async def test_the_whole_log_goes_in_and_again_changes_nothing(
    incident_log: Path, runtime: Runtime, network: Network
) -> None:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    parsed_log = ParsedLog(incident_log)

    first = await import_log(runtime, partner, client, incident_log)

    assert (first.state, first.rows_total, first.tickets_total) == ("done", 3_611, 534)
    assert first.counts["tickets_new"] == 534
    assert first.counts["rows_taken"] + first.counts["rows_changed"] == 3_611
    await every_ticket_is_what_the_desk_wrote(runtime, partner, parsed_log)
    await every_row_left_a_line(runtime, partner, parsed_log)
    await nobody_was_told(runtime, partner)

    again = await import_log(runtime, partner, client, incident_log)
    assert again.counts == {"tickets_unchanged": 534, "rows_taken": 3_611}
    async with runtime.units_of_work.begin(partner.system) as work:
        assert await work.session.scalar(select(func.count(Ticket.id))) == 534


async def every_ticket_is_what_the_desk_wrote(runtime: Runtime, partner: PartnerCompany, parsed_log: ParsedLog) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        found = await work.session.execute(
            select(ImportedTicket.external_number, Ticket).join(Ticket, Ticket.id == ImportedTicket.ticket_id)
        )
        tickets = {number: ticket for number, ticket in found}  # noqa: C416 - rows are no pairs for dict()
    assert set(tickets) == set(parsed_log.incidents)
    for number, rows in parsed_log.incidents.items():
        ticket = tickets[number]
        assert ticket.reported_at == min(at(rows[0]["opened_at"]), at(rows[0]["sys_updated_at"])), number
        assert ticket.state == "closed"
        assert ticket.closed_at == next(
            at(row["sys_updated_at"]) for row in rows if row["incident_state"] == "Closed"
        ), number
        assert ticket.priority == PRIORITIES[rows[-1]["priority"]], number
        assert ticket.contact_name == rows[0]["caller_id"]
        assert ticket.device_id is None


async def every_row_left_a_line(runtime: Runtime, partner: PartnerCompany, parsed_log: ParsedLog) -> None:
    transitions = parsed_log.transitions()
    reopened = transitions["Resolved", "Active"]
    async with runtime.units_of_work.begin(partner.system) as work:
        lines = Counter(await work.session.scalars(select(TicketEvent.state).where(TicketEvent.kind == "state")))
        moments: defaultdict[str, set[datetime]] = defaultdict(set)
        for model in (TicketEvent, TicketNote):
            told = await work.session.execute(
                select(ImportedTicket.external_number, model.occurred_at).join(
                    ImportedTicket, ImportedTicket.ticket_id == model.ticket_id
                )
            )
            for number, moment in told:
                moments[number].add(moment)
        codes = Counter(
            code
            for outcome in await work.session.scalars(select(ImportOutcome))
            for _, _, findings in outcome.rows
            for code, _ in findings
        )
        names = Counter(await work.session.scalars(select(ImportedName.kind)))
        kinds = set(await work.session.scalars(select(ClockRecord.kind)))
    for number, rows in parsed_log.incidents.items():
        assert {at(row["sys_updated_at"]) for row in rows} <= moments[number], number
    assert lines["closed"] == 534
    assert lines["reopened"] == codes["reopened"] == reopened == 6
    assert lines["resolved"] == 534 + reopened
    assert codes["same_time"] == sum(
        before["sys_updated_at"] == after["sys_updated_at"]
        for rows in parsed_log.incidents.values()
        for before, after in pairwise(rows)
    )
    assert codes["opened_after_first"] == 5
    assert names == {"caller": 413, "device": 2, "engineer": 101, "site": 67}
    assert kinds == {"response", "resolution"}, "there is no arrival to judge"


async def nobody_was_told(runtime: Runtime, partner: PartnerCompany) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        topics = set(await work.session.scalars(select(OutboxEvent.topic)))
        due = set(await work.session.scalars(select(DueEntry.kind)))
    assert topics == {"ticket_import.queued", "ticket.imported"}
    assert due == {"outbox_long"}, "nothing of closed tickets falls due"
    await run_due_work(runtime)
    async with runtime.units_of_work.begin(partner.system) as work:
        assert await work.session.scalar(select(func.count(Notification.id))) == 0
        assert await work.session.scalar(select(func.count(Delivery.id))) == 0
