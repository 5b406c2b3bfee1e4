"""Three months of simulated tickets, each reported, dispatched, resolved and confirmed through the services."""

import heapq
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla import Impact, Urgency
from app.assets.devices.models import Device
from app.demo.onboarding import Client, Partner
from app.demo.quotes import QuoteSimulation
from app.demo.sample_data import COMPLAINTS, FAULTS, HELPED, PRAISE, REOPEN_REASONS, Fault
from app.demo.simulation import Simulation
from app.desk.surveys import RatingCreate, SurveyChannel, SurveyService
from app.desk.tickets import (
    Assignment,
    Channel,
    ConfirmationService,
    ConfirmedBy,
    DeskMode,
    DeskResolution,
    DispatchService,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreation,
    Triage,
    TriageService,
    VisitOutcome,
    VisitResult,
    VisitService,
    missing_for_billing,
)
from app.people.identity import Reporter
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.notifications import NotificationService
from app.platform.promises import WaitReason
from rbac import permissions_of

Step = Callable[[], Awaitable[None]]
VisitStep = Callable[[VisitService, UUID], Awaitable[None]]
_SHARES = (3, 2)
"""Weights by which tickets are distributed to the partners."""
_NOTICES_FOR = timedelta(days=5)
"""How far back notices exist in the demo."""
_HOURS = (8, 9, 9, 9, 10, 10, 11, 14, 14, 15, 15, 16, 17)
"""Hours of reports, weighted by repetition: most in the morning."""
RECENT_MINUTES = (4, 11, 19, 28, 40, 52, 65, 80, 100, 125, 160, 200, 260, 330, 1200)
"""Minutes before now at which tickets are reported, so that the demo has tickets in every state at any hour."""
_WORK_INTERVAL = timedelta(minutes=25)
OPEN_ALL_HOURS = timedelta(hours=22)
"""The last stretch before now, in which work also happens outside office hours."""


class TicketSimulation:
    """A queue of steps ordered by time; steps queue further steps."""

    def __init__(self, simulation: Simulation, partners: list[Partner], rng: random.Random) -> None:
        self.simulation = simulation
        self.units_of_work = simulation.runtime.units_of_work
        self.partners = partners
        self.rng = rng
        self.quotes = QuoteSimulation(simulation)
        self._queue: list[tuple[datetime, int, Step]] = []
        self._sequence = count()
        self._open_all_hours_from = datetime.max.replace(tzinfo=UTC)
        self.slow_until = datetime.min.replace(tzinfo=UTC)
        """Until when partners respond slowly more often, which gives cause for corrective actions."""

    async def run(
        self, first_day: datetime, until: datetime, tickets: int, report_progress: Callable[[str], None]
    ) -> None:
        """Simulate from `first_day` to `until` with about `tickets` tickets."""
        days = [first_day + timedelta(days=number) for number in range((until - first_day).days)]
        weights = [1.0 if day.astimezone(PLATFORM_ZONE).weekday() < 5 else 0.12 for day in days]
        for day in self.rng.choices(days, weights, k=tickets):
            self._schedule_report(day)
        for minutes_ago in RECENT_MINUTES:
            self.at(until - timedelta(minutes=minutes_ago), self._report_step())
        self._open_all_hours_from = until - OPEN_ALL_HOURS
        self.at(until - timedelta(hours=30), self._read_all_notices)
        self.at(until - _NOTICES_FOR, self.simulation.start_notifying)
        last_run, done_count = first_day, 0
        while self._queue:
            moment, _, act = heapq.heappop(self._queue)
            if moment > until:
                break
            if moment - last_run > _WORK_INTERVAL:
                await self.simulation.advance_to(moment)
                last_run = moment
            self.simulation.clock.set(max(self.simulation.clock.now(), moment))
            await act()
            done_count += 1
            if done_count % 250 == 0:
                report_progress(f"{moment.astimezone(PLATFORM_ZONE):%Y-%m-%d}")
        await self.simulation.advance_to(until)

    async def _read_all_notices(self) -> None:
        """Mark all notices as read."""
        for partner in self.partners:
            people = [partner.owner, partner.dispatcher, *partner.engineers, *partner.others]
            for person in [*people, *(client.contact for client in partner.clients)]:
                async with self.units_of_work.begin(person) as work:
                    await NotificationService(work).read_all()

    def at(self, moment: datetime, act: Step) -> None:
        """Queue `act` at `moment`."""
        heapq.heappush(self._queue, (moment, next(self._sequence), act))

    def after(self, low: float, high: float, act: Step) -> None:
        """Queue `act` in `low` to `high` minutes, within office hours except in the last `OPEN_ALL_HOURS`."""
        moment = self.simulation.clock.now() + timedelta(minutes=self.rng.uniform(low, high))
        local = moment.astimezone(PLATFORM_ZONE)
        if moment >= self._open_all_hours_from:
            pass
        elif local.hour >= 18:
            local = (local + timedelta(days=1)).replace(hour=9, minute=self.rng.randrange(5, 50))
        elif local.hour < 8:
            local = local.replace(hour=9, minute=self.rng.randrange(5, 50))
        self.at(local.astimezone(moment.tzinfo), act)

    def _schedule_report(self, day: datetime) -> None:
        local = day.astimezone(PLATFORM_ZONE).replace(
            hour=self.rng.choice(_HOURS),
            minute=self.rng.randrange(60),
            second=self.rng.randrange(60),
        )
        self.at(local.astimezone(day.tzinfo), self._report_step())

    def _report_step(self) -> Step:
        partner = self.rng.choices(self.partners, _SHARES[: len(self.partners)])[0]
        client = self.rng.choice(partner.clients)
        fault = self.rng.choice(FAULTS)
        by_phone = self.rng.random() < 0.35

        async def act() -> None:
            device, reporter = await self._device(partner, client, fault)
            actor = partner.dispatcher if by_phone or reporter is None else reporter
            channel = Channel.HOT_LINE if actor is partner.dispatcher else Channel.EMPLOYEE
            async with self.units_of_work.begin(actor) as work:
                created = await TicketCreation(work).create(
                    TicketCreate(
                        subject=fault.subject,
                        client_id=client.id,
                        device_id=device,
                        description=fault.description,
                        symptom=fault.symptom,
                        impact=Impact(fault.impact),
                        urgency=Urgency(fault.urgency),
                    ),
                    channel,
                )
            SimulatedTicket(self, partner, client, fault, created.id, reporter).begin()

        return act

    async def _device(self, partner: Partner, client: Client, fault: Fault) -> tuple[UUID, Actor | None]:
        async with self.units_of_work.begin(Actor.system(partner.id)) as work:
            rows = (
                await work.session.execute(
                    select(Device.id, Device.reporter_id, Reporter.display_name)
                    .outerjoin(
                        Reporter,
                        (Reporter.tenant_id == Device.tenant_id)
                        & (Reporter.client_id == Device.client_id)
                        & (Reporter.id == Device.reporter_id),
                    )
                    .where(Device.client_id == client.id, Device.category.in_(fault.devices))
                    .order_by(Device.number)
                )
            ).all()
        # A few devices break more often than the others.
        device_id, reporter_id, name = rows[min(int(self.rng.expovariate(6 / len(rows))), len(rows) - 1)]
        if reporter_id is None:
            return device_id, None
        return device_id, Actor(
            kind=ActorKind.REPORTER,
            tenant_id=partner.id,
            client_id=client.id,
            reporter_id=reporter_id,
            display_name=name,
            roles=("reporter",),
            permissions=permissions_of(ActorKind.REPORTER, ("reporter",)),
        )


@dataclass
class SimulatedTicket:
    """One ticket from triage to confirmation and rating."""

    daily: TicketSimulation
    partner: Partner
    client: Client
    fault: Fault
    ticket_id: UUID
    reporter: Actor | None
    visit_id: UUID | None = None
    attempts: int = 0

    def __post_init__(self) -> None:
        self.units_of_work = self.daily.units_of_work
        self.rng = self.daily.rng
        self.engineer = self.rng.choice(self.partner.engineers)

    def begin(self) -> None:
        """Queue the triage, sometimes late."""
        early = self.daily.simulation.clock.now() < self.daily.slow_until
        slow = self.rng.random() < (0.3 if early else 0.08)
        self.daily.after(45 if slow else 2, 120 if slow else 14, self.triage)

    async def triage(self) -> None:
        """Triage, then resolve by telephone or assign."""
        fault = self.fault
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            await TriageService(work).triage(
                self.ticket_id,
                Triage(fault.service_category, fault.product_category, Impact(fault.impact), Urgency(fault.urgency)),
            )
        if fault.symptom == "account" or self.rng.random() < 0.07:
            self.daily.after(4, 12, self.solve_from_desk)
        else:
            self.daily.after(2, 25, self.assign)

    async def solve_from_desk(self) -> None:
        """Resolve by telephone or remotely, without a visit."""
        goodwill_reason = await self.settle_billing()
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            done = DeskResolution(
                self.fault.work_done,
                self.fault.cause,
                self.rng.randint(4, 20),
                mode=DeskMode.REMOTE if self.rng.random() < 0.3 else DeskMode.TELEPHONE,
                goodwill_reason=goodwill_reason,
            )
            await VisitService(work).resolve_from_desk(self.ticket_id, done)
        self.schedule_answer()

    async def assign(self) -> None:
        """Assign the best suggested engineer without a conflicting visit."""
        start = self.daily.simulation.clock.now() + timedelta(minutes=30)
        end = start + timedelta(minutes=90)
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            dispatch = DispatchService(work)
            ranked = await dispatch.suggest(self.ticket_id, start, end)
            chosen = next((each for each in ranked if not each.clash), ranked[0])
            self.visit_id = await dispatch.assign(
                self.ticket_id,
                Assignment(engineer_id=chosen.engineer_id, scheduled_start=start, scheduled_end=end),
            )
        self.engineer = next(each for each in self.partner.engineers if each.membership_id == chosen.engineer_id)
        self.daily.after(3, 20, self.accept)

    async def accept(self) -> None:
        """Accept the visit, or rarely decline it."""
        if self.attempts == 0 and self.rng.random() < 0.04:
            self.attempts += 1
            async with self.units_of_work.begin(self.engineer) as work:
                await VisitService(work).decline(self._visit, Reason("手上的现场走不开"))
            self.daily.after(3, 10, self.assign)
            return
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).accept(self._visit)
        self.daily.after(5, 40, self.depart)

    async def depart(self) -> None:
        """Depart to the client."""
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).depart(self._visit)
        self.daily.after(10, 55, self.arrive)

    async def arrive(self) -> None:
        """Arrive; some tickets then wait for the client or a spare part."""
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).arrive(self._visit)
        if self.rng.random() < 0.12:
            self.daily.after(10, 25, self.leave)
        elif self.rng.random() < 0.06:
            self.daily.after(5, 15, self.call_colleague)
        else:
            self.daily.after(self.fault.minutes * 0.7, self.fault.minutes * 1.6, self.resolve)

    async def leave(self) -> None:
        """Finish the visit without a solution; the ticket waits."""
        reason = self.rng.choice((WaitReason.CLIENT, WaitReason.PART))
        note = "使用人外出,约好稍后处理" if reason is WaitReason.CLIENT else "配件调拨中"
        result = VisitResult(
            note,
            work_minutes=self.rng.randint(10, 25),
            travel_minutes=self.rng.randint(10, 55),
            outcome=VisitOutcome.UNRESOLVED,
            waiting_for=reason,
        )
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).finish(self._visit, result)
        self.daily.after(60, 400, self.assign)

    async def call_colleague(self) -> None:
        """Send a second engineer to help, beside the first."""
        start = self.daily.simulation.clock.now() + timedelta(minutes=15)
        end = start + timedelta(minutes=60)
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            ranked = await DispatchService(work).suggest(self.ticket_id, start, end)
            others = [each for each in ranked if each.admitted and each.engineer_id != self.engineer.membership_id]
            if not others:
                self.daily.after(5, 30, self.resolve)
                return
            chosen = others[0].engineer_id
            visit_id = await DispatchService(work).assign(self.ticket_id, Assignment(chosen, start, end, beside=True))
        colleague = next(each for each in self.partner.engineers if each.membership_id == chosen)
        self._next_of_colleague(colleague, visit_id, [VisitService.accept, VisitService.depart, VisitService.arrive])

    def _next_of_colleague(self, colleague: Actor, visit_id: UUID, steps: list[VisitStep]) -> None:
        async def take() -> None:
            async with self.units_of_work.begin(colleague) as work:
                if steps:
                    await steps[0](VisitService(work), visit_id)
                else:
                    helped = VisitResult(
                        HELPED,
                        work_minutes=self.rng.randint(15, 60),
                        travel_minutes=self.rng.randint(10, 40),
                        outcome=VisitOutcome.UNRESOLVED,
                    )
                    await VisitService(work).finish(visit_id, helped)
            if steps:
                self._next_of_colleague(colleague, visit_id, steps[1:])
            else:
                self.daily.after(5, 30, self.resolve)

        self.daily.after(5, 25, take)

    async def resolve(self) -> None:
        """Resolve the ticket."""
        minutes = max(5, int(self.fault.minutes * self.rng.uniform(0.7, 1.4)))
        goodwill_reason = await self.settle_billing()
        done = Resolution(self.fault.work_done, self.fault.cause, minutes, goodwill_reason=goodwill_reason)
        async with self.units_of_work.begin(self.engineer) as work:
            await VisitService(work).resolve(self._visit, done)
        self.schedule_answer()

    async def settle_billing(self) -> str:
        """Work that needs a quote is quoted and approved first, or now and then done for nothing: why, then."""
        async with self.units_of_work.begin(self.partner.dispatcher) as work:
            missing = await missing_for_billing(work, self.ticket_id)
        if missing is None:
            return ""
        if self.rng.random() < 0.2:
            return "顺手处理，不另收费"
        await self.daily.quotes.approved_for(self.partner, self.client, self.ticket_id, self.fault.subject)
        return ""

    def schedule_answer(self) -> None:
        """Queue a reopening or a confirmation, or nothing (then the ticket closes automatically)."""
        chance = self.rng.random()
        if chance < 0.06 and self.attempts < 2:
            self.attempts += 2
            self.daily.after(30, 300, self.reopen)
        elif chance < 0.80:
            self.daily.after(5, 240, self.confirm)

    async def reopen(self) -> None:
        """Reopen and assign again."""
        async with self.units_of_work.begin(self._client_actor) as work:
            await ConfirmationService(work).reopen(self.ticket_id, Reason(self.rng.choice(REOPEN_REASONS)))
        self.daily.after(5, 20, self.assign)

    async def confirm(self) -> None:
        """Confirm, and usually rate."""
        how = ConfirmedBy.REPORTER if self.reporter is not None else ConfirmedBy.PORTAL
        async with self.units_of_work.begin(self._client_actor) as work:
            await ConfirmationService(work).confirm(self.ticket_id, how)
        if self.rng.random() < 0.7:
            score = self.rng.choices((5, 4, 3, 2), (70, 20, 6, 4))[0]
            comment = self.rng.choice(PRAISE if score > 3 else COMPLAINTS)
            async with self.units_of_work.begin(self._client_actor) as work:
                await SurveyService(work).rate(self.ticket_id, RatingCreate(score, comment), SurveyChannel.EMPLOYEE)

    @property
    def _client_actor(self) -> Actor:
        return self.reporter or self.client.contact

    @property
    def _visit(self) -> UUID:
        if self.visit_id is None:
            raise LookupError("the ticket has no visit yet")
        return self.visit_id
