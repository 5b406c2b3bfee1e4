"""One partner whose tickets, visits and imports are counted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from app.agreements.sla import Impact, Urgency
from app.agreements.sla.clock_service import ClockService
from app.agreements.sla.models import ClockRecord
from app.desk.tickets import (
    Assignment,
    Channel,
    ConfirmationService,
    ConfirmedBy,
    DeskResolution,
    DispatchService,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreation,
    TicketsReplayed,
    Triage,
    TriageService,
    VisitService,
    Waiting,
    default_visit_window,
)
from app.desk.tickets.models import Ticket
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import DomainError
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import WaitReason
from app.worker import all_consumers
from tenants.partner_metrics.facts import FIGURE_NAMES
from tenants.partner_metrics.models import QualityDay, QualityFact, QualityRollup
from tenants.partner_metrics.rollups import rebuild
from tests.factories.background import deliver_event
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.partner_metrics.slow_count import slow_count

Rows = dict[object, tuple[int, ...]]


class PastTicket(NamedTuple):
    """A ticket of the past: when, how long until it was solved (0: never), on which device."""

    hours_ago: int
    took_hours: int
    device: int | None = None
    reopened: int = 0
    rating: int | None = None


class PartnerScene:
    """One partner at work, and the deliveries of what it publishes."""

    def __init__(
        self, runtime: Runtime, company: PartnerCompany, client: ClientCompany, engineer: Actor, devices: list[UUID]
    ) -> None:
        self.runtime, self.company, self.client = runtime, company, client
        self.engineer, self.devices = engineer, devices
        self.system = Actor.system(company.id)
        self.tickets: list[UUID] = []

    @classmethod
    async def begin(cls, runtime: Runtime, network: Network) -> "PartnerScene":
        company = await network.partner()
        await network.service_level(company)
        client = await network.client(company)
        devices = [(await network.device(client))[0] for _ in range(2)]
        return cls(runtime, company, client, await network.engineer(company), devices)

    async def report(self, device: int | None = None) -> UUID:
        device_id = None if device is None else self.devices[device]
        async with self.runtime.units_of_work.begin(self.system) as work:
            made = await TicketCreation(work).create(
                TicketCreate(subject="打印机卡纸", client_id=self.client.id, device_id=device_id), Channel.API
            )
        self.tickets.append(made.id)
        return made.id

    async def write_history(self, past: list[PastTicket]) -> None:
        """Tickets of earlier weeks, written in bulk as an import writes them."""
        async with self.runtime.units_of_work.begin(self.system) as work:
            rows = [self._past_ticket(work, each) for each in past]
            work.session.add_all(rows)
            work.publish(TicketsReplayed(ticket_ids=tuple(row.id for row in rows)))
        self.tickets += [row.id for row in rows]

    def _past_ticket(self, work: UnitOfWork, past: PastTicket) -> Ticket:
        reported_at = work.now - timedelta(hours=past.hours_ago)
        resolved_at = reported_at + timedelta(hours=past.took_hours) if past.took_hours else None
        ticket_id = work.new_id()
        return Ticket(
            tenant_id=self.company.id,
            id=ticket_id,
            client_id=self.client.id,
            reporter_id=None,
            number=f"FW-{ticket_id.hex[-20:]}",
            state="closed" if resolved_at else "cancelled",
            channel="import",
            subject="历史服务单",
            impact="low",
            urgency="medium",
            priority="P3",
            device_id=None if past.device is None else self.devices[past.device],
            reported_at=reported_at,
            resolved_at=resolved_at,
            reopened=past.reopened,
            rating=past.rating,
            follow_token=ticket_id.hex,
            updated_at=work.now,
        )

    async def act(self, action: str, ticket_id: UUID) -> None:
        """Do it if the ticket's state allows it."""
        try:
            async with self.runtime.units_of_work.begin(self.system) as work:
                match action:
                    case "triage":
                        triage = Triage("hardware", "printer", Impact.HIGH, Urgency.HIGH)
                        await TriageService(work).triage(ticket_id, triage)
                    case "resolve":
                        await self.act("triage", ticket_id)
                        await VisitService(work).resolve_from_desk(ticket_id, DeskResolution(work_done="清理走纸通道"))
                    case "visit" | "visit that settles it":
                        await self._visit(work, ticket_id, settles=action != "visit")
                    case "confirm":
                        await ConfirmationService(work).confirm(ticket_id, ConfirmedBy.CALL_BACK)
                    case "reopen":
                        await ConfirmationService(work).reopen(ticket_id, Reason("又卡纸了"))
                    case "cancel":
                        await TriageService(work).cancel(ticket_id, Reason("不用修了"))
                    case "rate":
                        await ConfirmationService(work).record_rating(ticket_id, 4)
        except DomainError:
            pass

    async def _visit(self, work: UnitOfWork, ticket_id: UUID, *, settles: bool) -> None:
        assert self.engineer.membership_id
        start, end = default_visit_window(work.now)
        visit_id = await DispatchService(work).assign(ticket_id, Assignment(self.engineer.membership_id, start, end))
        visits = VisitService(work)
        await visits.accept(visit_id)
        await visits.arrive(visit_id)
        if settles:
            await visits.resolve(visit_id, Resolution(work_done="更换搓纸轮"))
        else:
            await TriageService(work).wait(ticket_id, Waiting(WaitReason.PART, "等搓纸轮"))

    async def sweep(self) -> None:
        """Record the breaches that have come by."""
        async with self.runtime.units_of_work.begin(self.system) as work:
            await ClockService(work).check(list(await work.session.scalars(select(ClockRecord.id))))

    async def events(self) -> list[OutboxEvent]:
        async with self.runtime.units_of_work.begin(self.system) as work:
            return list(await work.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id)))

    async def deliver(self, event: OutboxEvent) -> None:
        for listener in all_consumers():
            if listener.topic == event.topic and listener.name.startswith("partner_metrics."):
                await deliver_event(self.runtime, self.company.id, event.id, listener.name)

    async def months(self) -> Rows:
        return await self._rows(QualityRollup, QualityRollup.month)

    async def days(self) -> Rows:
        return await self._rows(QualityDay, QualityDay.day)

    async def figures(self) -> tuple[Rows, Rows, Rows]:
        """Facts, days and months as they stand."""
        return await self._rows(QualityFact, QualityFact.id), await self.days(), await self.months()

    async def _rows(self, model: type[QualityRollup | QualityDay | QualityFact], key: Any) -> Rows:
        async with self.runtime.units_of_work.begin(self.system) as work:
            rows = await work.session.execute(select(key, *(getattr(model, name) for name in FIGURE_NAMES)))
            return {row[0]: tuple(row[1:]) for row in rows}

    async def slow_count(self, first_day_of: Callable[[date], date]) -> Rows:
        async with self.runtime.units_of_work.begin(self.system) as work:
            counted = await slow_count(work, first_day_of)
        return {first: tuple(figures[name] for name in FIGURE_NAMES) for first, figures in counted.items()}

    async def forget(self) -> None:
        async with self.runtime.units_of_work.begin(self.system) as work:
            for model in (QualityFact, QualityDay, QualityRollup):
                await work.session.execute(delete(model))

    async def rebuild(self) -> int:
        async with self.runtime.units_of_work.begin(self.system) as work:
            return await rebuild(work)
