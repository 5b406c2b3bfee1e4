"""Roll-ups that events keep are the roll-ups that a rebuild makes, whatever order the events come in."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.kernel.actor import Actor
from app.kernel.clock import SettableClock
from app.kernel.errors import DomainError, NotFound
from app.kernel.ids import new_id
from app.kernel.outbox import OutboxEvent
from app.kernel.runtime import Runtime
from app.sla import Impact, Urgency
from app.sla.clocks import ClockKeeper
from app.sla.models import ClockRecord
from app.tickets import (
    Channel,
    ConfirmationService,
    ConfirmedBy,
    CourseService,
    Reason,
    ReportingService,
    Resolution,
    TicketChanged,
    TicketCreate,
    Triage,
    VisitService,
)
from app.tickets.models import Ticket
from app.worker import all_consumers
from tenants.network.commands import rebuild_quality
from tenants.network.facts import NAMES
from tenants.network.models import QualityFact, QualityRollup
from tenants.network.service import rebuild, record_ticket
from tests.conftest import START
from tests.factories.network import ClientCompany, Network, PartnerCompany

Rows = dict[object, tuple[int, ...]]
CONSUMERS = all_consumers()


@pytest.fixture(autouse=True)
def _monday_morning(clock: SettableClock) -> None:
    clock.set(START)


class Partner:
    """One partner at work, and the deliveries of what it publishes."""

    def __init__(self, runtime: Runtime, company: PartnerCompany, client: ClientCompany) -> None:
        self.runtime, self.company, self.client = runtime, company, client
        self.system = Actor.system(company.id)
        self.tickets: list[UUID] = []

    @classmethod
    async def begin(cls, runtime: Runtime, network: Network) -> "Partner":
        company = await network.partner()
        await network.service_level(company)
        return cls(runtime, company, await network.client(company))

    async def report(self) -> UUID:
        async with self.runtime.works.begin(self.system) as work:
            made = await ReportingService(work).report(
                TicketCreate(subject="打印机卡纸", client_id=self.client.id), Channel.API
            )
        self.tickets.append(made.id)
        return made.id

    async def act(self, action: str, ticket_id: UUID) -> None:
        """Do it if the ticket's state allows it."""
        try:
            async with self.runtime.works.begin(self.system) as work:
                match action:
                    case "triage":
                        triage = Triage("hardware", "printer", Impact.HIGH, Urgency.HIGH)
                        await CourseService(work).triage(ticket_id, triage)
                    case "resolve":
                        await self.act("triage", ticket_id)
                        await VisitService(work).resolve_by_phone(ticket_id, Resolution(work_done="清理走纸通道"))
                    case "confirm":
                        await ConfirmationService(work).confirm(ticket_id, ConfirmedBy.CALL_BACK)
                    case "reopen":
                        await ConfirmationService(work).reopen(ticket_id, Reason("又卡纸了"))
                    case "cancel":
                        await CourseService(work).cancel(ticket_id, Reason("不用修了"))
                    case "rate":
                        ticket = await work.session.get_one(Ticket, (self.company.id, ticket_id))
                        ticket.rating = 4
                        work.publish(
                            TicketChanged(
                                ticket_id=ticket_id, client_id=self.client.id, reporter_id=None, what="rating"
                            )
                        )
        except DomainError:
            pass

    async def sweep(self) -> None:
        """Record the breaches that have come by."""
        async with self.runtime.works.begin(self.system) as work:
            await ClockKeeper(work).check(list(await work.session.scalars(select(ClockRecord.id))))

    async def events(self) -> list[OutboxEvent]:
        async with self.runtime.works.begin(self.system) as work:
            return list(await work.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id)))

    async def deliver(self, event: OutboxEvent) -> None:
        for name in CONSUMERS.names(event.topic):
            consumer = CONSUMERS.find(event.topic, name)
            if consumer is not None and name.startswith("network."):
                await consumer(self.runtime, self.company.id, event.id, event.payload)

    async def months(self) -> Rows:
        return await self._rows(QualityRollup)

    async def facts(self) -> Rows:
        return await self._rows(QualityFact)

    async def _rows(self, model: type[QualityRollup | QualityFact]) -> Rows:
        key = model.month if issubclass(model, QualityRollup) else model.id
        async with self.runtime.works.begin(self.system) as work:
            rows = await work.session.execute(select(key, *(getattr(model, name) for name in NAMES)))
            return {row[0]: tuple(row[1:]) for row in rows}

    async def forget(self) -> None:
        async with self.runtime.works.begin(self.system) as work:
            await work.session.execute(delete(QualityFact))
            await work.session.execute(delete(QualityRollup))

    async def rebuild(self) -> int:
        async with self.runtime.works.begin(self.system) as work:
            return await rebuild(work)


ACTIONS = st.sampled_from(["report", "triage", "resolve", "confirm", "reopen", "cancel", "rate", "wait a week", "some"])


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_deliveries_make_what_a_rebuild_makes(
    runtime: Runtime, network: Network, clock: SettableClock, data: st.DataObject
) -> None:
    clock.set(START)
    partner = await Partner.begin(runtime, network)
    await partner.report()
    for action in data.draw(st.lists(ACTIONS, min_size=3, max_size=10)):
        match action:
            case "report":
                await partner.report()
            case "wait a week":
                clock.advance(timedelta(days=7))
                await partner.sweep()
            case "some":
                for event in data.draw(st.lists(st.sampled_from(await partner.events()), max_size=4)):
                    await partner.deliver(event)
            case _:
                await partner.act(action, data.draw(st.sampled_from(partner.tickets)))
    everything = await partner.events()
    for event in [*data.draw(st.permutations(everything)), *data.draw(st.lists(st.sampled_from(everything)))]:
        await partner.deliver(event)

    by_events, facts = await partner.months(), await partner.facts()
    assert sum(row[0] for row in by_events.values()) == len(partner.tickets)
    await partner.rebuild()
    assert (await partner.months(), await partner.facts()) == (by_events, facts)
    await partner.forget()
    await partner.rebuild()
    assert (await partner.months(), await partner.facts()) == (by_events, facts)


async def test_recording_the_same_ticket_again_changes_nothing(runtime: Runtime, network: Network) -> None:
    partner = await Partner.begin(runtime, network)
    ticket_id = await partner.report()
    for _ in range(3):
        async with runtime.works.begin(partner.system) as work:
            await record_ticket(work, ticket_id)
    assert [row[0] for row in (await partner.months()).values()] == [1]


async def test_tickets_recorded_at_the_same_moment_are_all_counted(runtime: Runtime, network: Network) -> None:
    partner = await Partner.begin(runtime, network)
    tickets = [await partner.report() for _ in range(6)]

    async def record(ticket_id: UUID) -> None:
        async with runtime.works.begin(partner.system) as work:
            await record_ticket(work, ticket_id)

    await asyncio.gather(*(record(ticket_id) for ticket_id in tickets * 3), partner.rebuild())
    assert [row[0] for row in (await partner.months()).values()] == [6]


async def test_a_late_promise_counts_as_breached_when_the_sweep_tells(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await Partner.begin(runtime, network)
    await partner.report()
    clock.advance(timedelta(days=30))
    await partner.sweep()
    for event in await partner.events():
        await partner.deliver(event)
    (sums,) = (await partner.months()).values()
    told = dict(zip(NAMES, sums, strict=True))
    assert (told["response_breached"], told["arrival_breached"], told["resolution_breached"]) == (1, 1, 1)
    assert told["response_met"] == told["resolved"] == 0


async def test_the_command_rebuilds_one_partner_or_all(runtime: Runtime, network: Network) -> None:
    one, other = await Partner.begin(runtime, network), await Partner.begin(runtime, network)
    await one.report()
    assert await rebuild_quality(runtime, one.company.slug) == {one.company.slug: 1}
    done = await rebuild_quality(runtime)
    assert (done[one.company.slug], done[other.company.slug]) == (1, 0)
    with pytest.raises(NotFound):
        await rebuild_quality(runtime, "nobody-here")


async def test_a_ticket_of_nobody_is_refused(runtime: Runtime, network: Network) -> None:
    partner = await Partner.begin(runtime, network)
    with pytest.raises(NotFound):
        async with runtime.works.begin(partner.system) as work:
            await record_ticket(work, new_id())
