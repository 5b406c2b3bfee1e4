"""Fills the large network: companies and devices through the services, two years of tickets by replay."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Final

from sqlalchemy import and_, select

from app.agreements.sla import AssignmentService, AssignmentUpdate, CalendarService, PolicyService
from app.assets.clients.models import Employee
from app.assets.devices.models import Device
from app.demo.large.companies import CITIES, MOST_STARS, partners
from app.demo.large.corrective_actions import run_corrective_actions
from app.demo.large.report_times import report_times
from app.demo.large.ticket_timelines import DemoDevice, PartnerBehaviour, Staff, TimelineGenerator
from app.demo.network import SEED, describe
from app.demo.onboarding import Onboarding, Partner
from app.demo.sample_data import PartnerCompany
from app.demo.simulation import Simulation
from app.demo.ticket_simulation import RECENT_MINUTES
from app.desk.surveys import replay_answers
from app.desk.tickets.replay import MOST_AT_ONCE, Person, Replay, TicketTimeline
from app.people.identity import Reporter
from app.platform.background import Consumers, Sweeps
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import seeded_ids
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import settings
from app.platform.kernel.time_source import PLATFORM_ZONE, SettableClock
from tenants.partner_metrics import rebuild_quality

ReportProgress = Callable[[str], None]

CLIENTS: Final = 400
DEVICES: Final = 20_000
TICKETS: Final = 60_000
DAYS: Final = 730
_CURRENT_TICKETS: Final = 5
"""Number of recent tickets of each partner, besides its history."""
_POOR_PARTNERS: Final = (6, 21, 33)
"""Indexes of partners with poor figures, so that headquarters' page shows outliers."""


_AUDIT_LOG_PERIOD: Final = timedelta(days=30)
"""How far back the audit log reaches; two years of it would take as long as all the rest."""
_LONG_AGO: Final = date(2020, 1, 1)


class NetworkSize:
    """Numbers of partners, clients, devices and tickets; smaller ones for tests."""

    def __init__(
        self, partners: int = len(CITIES), clients: int = CLIENTS, devices: int = DEVICES, tickets: int = TICKETS
    ) -> None:
        self.partners, self.clients, self.devices, self.tickets = partners, clients, devices, tickets


async def fill_large_network(consumers: Consumers, sweeps: Sweeps, report_progress: ReportProgress) -> str:
    """Fill the installation of the settings; returns the text with the sign-ins."""
    until = datetime.now(UTC).replace(microsecond=0)
    clock = SettableClock(until)
    runtime = Runtime(settings(), clock, seeded_ids(SEED, clock))
    try:
        email, made = await fill(Simulation(runtime, clock, consumers, sweeps), until, NetworkSize(), report_progress)
    finally:
        await runtime.close()
    return describe(email, made)


async def fill(
    simulation: Simulation, until: datetime, size: NetworkSize, report_progress: ReportProgress
) -> tuple[str, list[Partner]]:
    """Fill everything up to `until`; returns headquarters' e-mail address and the partners."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    filler = _NetworkFiller(simulation, rng, report_progress)
    simulation.clock.set(until - timedelta(days=DAYS + 30))
    email, made = await filler.companies(partners(rng, size.clients, size.devices, size.partners))
    simulation.clock.set(until)
    await filler.tickets(made, until, size.tickets)
    await filler.finish(made)
    return email, made


class _NetworkFiller:
    """Fills one network step by step and reports progress."""

    def __init__(self, simulation: Simulation, rng: random.Random, report_progress: ReportProgress) -> None:
        self.simulation, self.runtime, self.rng, self.report_progress = (
            simulation,
            simulation.runtime,
            rng,
            report_progress,
        )
        self.onboarding = Onboarding(simulation, rng)
        self._begun = monotonic()

    async def companies(self, wanted: Sequence[PartnerCompany]) -> tuple[str, list[Partner]]:
        """Headquarters and every partner with its people, clients and devices; headquarters' sign-in."""
        administrator, email = await self.onboarding.headquarters()
        self.administrator = administrator
        made = []
        for index, company in enumerate(wanted, 1):
            known, others = company.clients[:1], company.clients[1:]
            partner = await self.onboarding.partner(company._replace(clients=known), administrator)
            for client in others:
                client_id = await self.onboarding.add_client(partner, client)
                await self.onboarding.import_devices(partner, client_id, client)
            await self.simulation.run_due_work()
            await self._assign_service_levels(partner)
            made.append(partner)
            self._report(f"{index}/{len(wanted)} {company.legal_name}: {len(company.clients)} clients")
        return email, made

    async def _assign_service_levels(self, partner: Partner) -> None:
        """Give the partner's first client service around the clock; the others keep office hours."""
        async with self.runtime.units_of_work.begin(partner.owner) as work:
            policies, calendars = await PolicyService(work).list(), await CalendarService(work).list()
            policy = next(each.id for each in policies if each.template == "around_the_clock")
            calendar = next(each.id for each in calendars if each.template == "around_the_clock")
            await AssignmentService(work).assign(
                partner.clients[0].id, AssignmentUpdate(policy_id=policy, calendar_id=calendar)
            )

    async def tickets(self, made: Sequence[Partner], until: datetime, count: int) -> None:
        """Write two years of tickets, and some of today in every state."""
        devices = [await self._devices_of(partner) for partner in made]
        device_count = sum(map(len, devices))
        first = (until - timedelta(days=DAYS)).astimezone(PLATFORM_ZONE).date()
        for index, partner in enumerate(made):
            share = round(count * len(devices[index]) / device_count)
            generator = TimelineGenerator(
                _staff(partner), devices[index], self._behaviour(partner, index), self.rng, until
            )
            times = report_times(self.rng, first, DAYS, share)
            times += [until - timedelta(minutes=ago) for ago in self.rng.sample(RECENT_MINUTES, _CURRENT_TICKETS)]
            timelines = [generator.timeline(at.astimezone(UTC)) for at in sorted(times) if at <= until]
            recent = [timeline for timeline in timelines if timeline.reported_at >= until - _AUDIT_LOG_PERIOD]
            for begin in range(0, len(timelines) - len(recent), MOST_AT_ONCE):
                end = min(begin + MOST_AT_ONCE, len(timelines) - len(recent))
                await self._write(partner, timelines[begin:end])
            await self._write(partner, recent, audit_moves=True)
            self._report(f"{index + 1}/{len(made)} {partner.company.legal_name}: {len(timelines)} tickets")

    async def _write(self, partner: Partner, timelines: Sequence[TicketTimeline], *, audit_moves: bool = False) -> None:
        bits = self.rng.getrandbits
        async with self.runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            written = await Replay(work, audit_moves=audit_moves, random_bits=bits).write(timelines)
            await replay_answers(work, written, audit_moves=audit_moves, random_bits=bits)

    def _behaviour(self, partner: Partner, index: int) -> PartnerBehaviour:
        """Performance by star level; poor for the partners in `_POOR_PARTNERS`."""
        if index in _POOR_PARTNERS:
            return PartnerBehaviour(
                pace=2.2, slow_share=0.3, decline_share=0.12, reopen_share=0.16, satisfied_share=0.62
            )
        missing_stars = (MOST_STARS - partner.company.star_level) * self.rng.uniform(0.6, 1.4)
        return PartnerBehaviour(
            pace=0.85 + 0.12 * missing_stars,
            slow_share=0.03 + 0.025 * missing_stars,
            decline_share=0.01 + 0.01 * missing_stars,
            reopen_share=0.025 + 0.012 * missing_stars,
            satisfied_share=0.96 - 0.03 * missing_stars,
        )

    async def _devices_of(self, partner: Partner) -> list[DemoDevice]:
        statement = (
            select(
                Device.id,
                Device.client_id,
                Device.reporter_id,
                Reporter.display_name,
                Employee.vip,
                Device.site_id,
                Device.department_id,
                Device.category,
                Device.purchased_on,
            )
            .outerjoin(Reporter, and_(Reporter.tenant_id == Device.tenant_id, Reporter.id == Device.reporter_id))
            .outerjoin(Employee, and_(Employee.tenant_id == Device.tenant_id, Employee.id == Device.employee_id))
            .order_by(Device.client_id, Device.number)
        )
        async with self.runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            rows = await work.session.execute(statement)
            return [
                DemoDevice(
                    id_,
                    client,
                    reporter,
                    holder or "",
                    bool(vip),
                    site,
                    department,
                    category,
                    bought or date(2020, 1, 1),
                )
                for id_, client, reporter, holder, vip, site, department, category, bought in rows
            ]

    async def finish(self, made: Sequence[Partner]) -> None:
        """Rebuild the quality figures and run the corrective actions."""
        await self.simulation.run_due_work()
        await rebuild_quality(self.runtime)
        opened = await run_corrective_actions(self.simulation, self.administrator, made)
        self._report(f"figures of the network: {opened} corrective actions")

    def _report(self, what: str) -> None:
        self.report_progress(f"  {monotonic() - self._begun:5.0f} s  {what}")


def _staff(partner: Partner) -> Staff:
    return Staff(
        dispatcher=Person.of(partner.dispatcher),
        quality_agent=Person.of(partner.others[-1]),
        engineers=tuple(
            (actor.membership_id, Person.of(actor)) for actor in partner.engineers if actor.membership_id is not None
        ),
    )
