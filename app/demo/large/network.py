"""Fills the large network: companies and devices through the services, two years of tickets by replay."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Final

from sqlalchemy import and_, select

from app.background import Consumers, Sweeps
from app.clients.models import Employee
from app.demo.backstage import Backstage
from app.demo.cast import PartnerCompany
from app.demo.daily_work import LATELY, ZONE
from app.demo.large.answers import answer_for_figures
from app.demo.large.cast import CITIES, MOST_STARS, partners
from app.demo.large.lives import Lives, Machine, Staff, Temper
from app.demo.large.rhythm import moments
from app.demo.network import SEED, describe
from app.demo.setting_up import Partner, SettingUp
from app.devices.models import Device
from app.identity import Reporter
from app.kernel.actor import Actor
from app.kernel.clock import SettableClock
from app.kernel.ids import seeded_ids
from app.kernel.runtime import Runtime
from app.kernel.settings import settings
from app.quality import replay_answers
from app.sla import AssignmentService, CalendarService, PolicyService
from app.sla.schemas import AssignmentUpdate
from app.tickets.replay import MOST_AT_ONCE, Person, Replay, TicketCourse
from tenants.network.commands import rebuild_quality

Tell = Callable[[str], None]

CLIENTS: Final = 400
DEVICES: Final = 20_000
TICKETS: Final = 60_000
DAYS: Final = 730
_LIVE_OF_EACH: Final = 5
"""Number of recent tickets of each partner, besides its history."""
_BAD_PLACES: Final = (6, 21, 33)
"""Indexes of partners with poor figures, so that headquarters' page shows outliers."""


_REMEMBERED: Final = timedelta(days=30)
"""How far back the audit log reaches; two years of it would take as long as all the rest."""
_LONG_AGO: Final = date(2020, 1, 1)


class Size:
    """Numbers of partners, clients, devices and tickets; smaller ones for tests."""

    def __init__(
        self, partners: int = len(CITIES), clients: int = CLIENTS, devices: int = DEVICES, tickets: int = TICKETS
    ) -> None:
        self.partners, self.clients, self.devices, self.tickets = partners, clients, devices, tickets


async def fill_large_network(consumers: Consumers, sweeps: Sweeps, tell: Tell) -> str:
    """Fill the installation of the settings; returns the text with the sign-ins."""
    until = datetime.now(UTC).replace(microsecond=0)
    clock = SettableClock(until)
    runtime = Runtime(settings(), clock, seeded_ids(SEED, clock))
    try:
        email, made = await fill(Backstage(runtime, clock, consumers, sweeps), until, Size(), tell)
    finally:
        await runtime.close()
    return describe(email, made)


async def fill(backstage: Backstage, until: datetime, size: Size, tell: Tell) -> tuple[str, list[Partner]]:
    """Fill everything up to `until`; returns headquarters' e-mail address and the partners."""
    randomness = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    filling = _Filling(backstage, randomness, tell)
    backstage.clock.set(until - timedelta(days=DAYS + 30))
    email, made = await filling.companies(partners(randomness, size.clients, size.devices, size.partners))
    backstage.clock.set(until)
    await filling.tickets(made, until, size.tickets)
    await filling.finish(made)
    return email, made


class _Filling:
    """Fills one network step by step and reports progress."""

    def __init__(self, backstage: Backstage, randomness: random.Random, tell: Tell) -> None:
        self.backstage, self.runtime, self.randomness, self.tell = backstage, backstage.runtime, randomness, tell
        self.setting_up = SettingUp(backstage, randomness)
        self._begun = monotonic()

    async def companies(self, wanted: Sequence[PartnerCompany]) -> tuple[str, list[Partner]]:
        """Headquarters and every partner with its people, clients and devices; headquarters' sign-in."""
        administrator, email = await self.setting_up.headquarters()
        self.administrator = administrator
        made = []
        for place, company in enumerate(wanted, 1):
            known, others = company.clients[:1], company.clients[1:]
            partner = await self.setting_up.partner(company._replace(clients=known), administrator)
            for client in others:
                client_id = await self.setting_up.add_client(partner, client)
                await self.setting_up.import_devices(partner, client_id, client)
            await self.backstage.turn()
            await self._promise_more(partner)
            made.append(partner)
            self._say(f"{place}/{len(wanted)} {company.legal_name}: {len(company.clients)} clients")
        return email, made

    async def _promise_more(self, partner: Partner) -> None:
        """Give the partner's first client service around the clock; the others keep office hours."""
        async with self.runtime.works.begin(partner.owner) as work:
            policies, calendars = await PolicyService(work).list(), await CalendarService(work).list()
            policy = next(each.id for each in policies if each.template == "around_the_clock")
            calendar = next(each.id for each in calendars if each.template == "around_the_clock")
            await AssignmentService(work).assign(
                partner.clients[0].id, AssignmentUpdate(policy_id=policy, calendar_id=calendar)
            )

    async def tickets(self, made: Sequence[Partner], until: datetime, count: int) -> None:
        """Write two years of tickets, and some of today in every state."""
        machines = [await self._machines(partner) for partner in made]
        devices = sum(map(len, machines))
        first = (until - timedelta(days=DAYS)).astimezone(ZONE).date()
        for place, partner in enumerate(made):
            share = round(count * len(machines[place]) / devices)
            lives = Lives(_staff(partner), machines[place], self._temper(partner, place), self.randomness, until)
            times = moments(self.randomness, first, DAYS, share)
            times += [until - timedelta(minutes=ago) for ago in self.randomness.sample(LATELY, _LIVE_OF_EACH)]
            courses = [lives.course(at.astimezone(UTC)) for at in sorted(times) if at <= until]
            lately = [course for course in courses if course.reported_at >= until - _REMEMBERED]
            for begin in range(0, len(courses) - len(lately), MOST_AT_ONCE):
                end = min(begin + MOST_AT_ONCE, len(courses) - len(lately))
                await self._write(partner, courses[begin:end])
            await self._write(partner, lately, audit_moves=True)
            self._say(f"{place + 1}/{len(made)} {partner.company.legal_name}: {len(courses)} tickets")

    async def _write(self, partner: Partner, courses: Sequence[TicketCourse], *, audit_moves: bool = False) -> None:
        bits = self.randomness.getrandbits
        async with self.runtime.works.begin(Actor.system(partner.id)) as work:
            written = await Replay(work, audit_moves=audit_moves, random_bits=bits).write(courses)
            await replay_answers(work, written, audit_moves=audit_moves, random_bits=bits)

    def _temper(self, partner: Partner, place: int) -> Temper:
        """Performance by star level; poor for the partners in `_BAD_PLACES`."""
        if place in _BAD_PLACES:
            return Temper(pace=2.2, slow=0.3, declines=0.12, comes_back=0.16, pleased=0.62)
        lacking = (MOST_STARS - partner.company.star_level) * self.randomness.uniform(0.6, 1.4)
        return Temper(
            pace=0.85 + 0.12 * lacking,
            slow=0.03 + 0.025 * lacking,
            declines=0.01 + 0.01 * lacking,
            comes_back=0.025 + 0.012 * lacking,
            pleased=0.96 - 0.03 * lacking,
        )

    async def _machines(self, partner: Partner) -> list[Machine]:
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
        async with self.runtime.works.begin(Actor.system(partner.id)) as work:
            rows = await work.session.execute(statement)
            return [
                Machine(
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
        await self.backstage.turn()
        await rebuild_quality(self.runtime)
        opened = await answer_for_figures(self.backstage, self.administrator, made)
        self._say(f"figures of the network: {opened} corrective actions")

    def _say(self, what: str) -> None:
        self.tell(f"  {monotonic() - self._begun:5.0f} s  {what}")


def _staff(partner: Partner) -> Staff:
    return Staff(
        dispatcher=Person.of(partner.dispatcher),
        quality_agent=Person.of(partner.others[-1]),
        engineers=tuple(
            (actor.membership_id, Person.of(actor)) for actor in partner.engineers if actor.membership_id is not None
        ),
    )
