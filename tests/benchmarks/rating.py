"""How fast finished work becomes charges on one worker: visits rated in batches as the events' lane does it, first and
again, and the day's run over contracts."""

import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import msgspec

from app.desk.tickets.models import Ticket, TicketEvent, Visit
from app.platform.background.batch_lane import BATCH
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from billing.contracts.models import Contract, ContractVersion
from billing.periods import Period
from billing.rating.runs import run_rating
from billing.rating.ticket_rating import rate_tickets
from billing.terms import Scope, Terms, terms_digest
from tests.billing.agreed import HOURLY, retainer, terms_of
from tests.factories.network import ClientCompany, Network, PartnerCompany

CLIENTS: Final = 25
TICKETS: Final = 4_000
BEFORE: Final = 1_000
"""Tickets that were rated before the clock runs: statements that were planned for empty tables are no measure."""
Analyse = Callable[[], Awaitable[None]]
_ELSEWHERE: Final = retainer(scope=Scope(service_categories=frozenset({"network"})))
A_YEAR: Final = timedelta(days=365)


class Measured(NamedTuple):
    """Source records per second."""

    first: float
    again: float
    periods: float


async def measure(runtime: Runtime, network: Network, analyse: Analyse, tickets: int = TICKETS) -> Measured:
    """A partner with some clients under contract, thousands of finished visits among them.

    Raises:
        AssertionError: something was not charged.
    """
    partner = await network.partner()
    clients = [await network.client(partner, f"客户{number}") for number in range(CLIENTS)]
    for client in clients:
        await _agree(runtime, partner, client)
    for some in _batches(await _work(runtime, partner, clients, BEFORE, "A")):
        async with runtime.units_of_work.begin(partner.system) as work:
            await rate_tickets(work, some)
    ticket_ids = await _work(runtime, partner, clients, tickets, "B")
    await analyse()
    started = time.perf_counter()
    made = 0
    for some in _batches(ticket_ids):
        async with runtime.units_of_work.begin(partner.system) as work:
            made += (await rate_tickets(work, some)).made
    first = time.perf_counter() - started
    assert made == 2 * tickets, made
    started = time.perf_counter()
    for some in _batches(ticket_ids):
        async with runtime.units_of_work.begin(partner.system) as work:
            assert not await rate_tickets(work, some)
    again = time.perf_counter() - started
    started = time.perf_counter()
    run = await run_rating(runtime, partner.id)
    periods = time.perf_counter() - started
    assert run.made, run
    return Measured(tickets / first, tickets / again, run.made / periods)


def _batches(ticket_ids: list[UUID]) -> Iterator[list[UUID]]:
    for begin in range(0, len(ticket_ids), BATCH):
        yield ticket_ids[begin : begin + BATCH]


async def _agree(runtime: Runtime, partner: PartnerCompany, client: ClientCompany) -> None:
    """Twenty contracts of a client: one by the hour, the others retainers for another kind of service."""
    today = runtime.clock.now().date()
    term = Period(today - A_YEAR, today + A_YEAR)
    async with runtime.units_of_work.begin(partner.system) as work:
        for number in range(20):
            terms = terms_of(HOURLY if number == 0 else _ELSEWHERE, term=term)
            contract_id, version_id = new_id(), new_id()
            ring: dict[str, Any] = {"tenant_id": partner.id, "client_id": client.id, "created_at": work.now}
            work.session.add(
                Contract(
                    id=contract_id,
                    number=f"HT-{uuid4().hex[:20]}",
                    title="IT 运维",
                    state="active",
                    time_zone=terms.time_zone,
                    current_version_id=version_id,
                    from_day=term.start,
                    until_day=term.end,
                    created_by="bench",
                    **ring,
                )
            )
            await work.session.flush()
            work.session.add(_version(contract_id, version_id, terms, ring))


def _version(contract_id: UUID, version_id: UUID, terms: Terms, ring: dict[str, Any]) -> ContractVersion:
    return ContractVersion(
        id=version_id,
        contract_id=contract_id,
        number=1,
        state="in_force",
        effective_from=terms.term.start,
        terms=msgspec.to_builtins(terms),
        digest=terms_digest(terms),
        created_by="bench",
        **ring,
    )


async def _work(
    runtime: Runtime, partner: PartnerCompany, clients: list[ClientCompany], tickets: int, series: str
) -> list[UUID]:
    """Tickets that one visit each has resolved, over the last hundred days."""
    now = runtime.clock.now()
    ticket_ids = [new_id() for _ in range(tickets)]
    rows: dict[type[Any], list[dict[str, Any]]] = {Ticket: [], Visit: [], TicketEvent: []}
    for number, (ticket_id, client) in enumerate(zip(ticket_ids, itertools.cycle(clients), strict=False)):
        arrived = now - timedelta(days=1 + number % 100, minutes=90)
        finished = arrived + timedelta(minutes=60)
        ring = {"client_id": client.id}
        rows[Ticket].append(
            {
                "id": ticket_id,
                "number": f"FW-{series}{number:08d}",
                "state": "resolved",
                "channel": "portal",
                "subject": "开不了机",
                "service_category": "hardware",
                "product_category": "desktop",
                "impact": "medium",
                "urgency": "medium",
                "priority": "P3",
                "reported_at": arrived,
                "updated_at": finished,
                "follow_token": ticket_id.hex,
                **ring,
            }
        )
        rows[Visit].append(
            {
                "id": new_id(),
                "ticket_id": ticket_id,
                "state": "finished",
                "scheduled_start": arrived,
                "scheduled_end": finished,
                "arrived_at": arrived,
                "finished_at": finished,
                "work_minutes": 60,
                "outcome": "resolved",
                **ring,
            }
        )
        rows[TicketEvent].append(
            {
                "id": new_id(),
                "ticket_id": ticket_id,
                "occurred_at": finished,
                "kind": "state",
                "state": "resolved",
                "actor_kind": "provider",
                "actor_name": "林小燕",
                "details": {},
                **ring,
            }
        )
    async with runtime.units_of_work.begin(partner.system) as work:
        for model, values in rows.items():
            await insert_rows(work.session, model, values)
    return ticket_ids
