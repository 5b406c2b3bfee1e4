"""A partner that sells the security service, a client that bought it with three computers, and one that did not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select

from app.desk.security import CheckWrite, SecurityWeeks, SecurityWeekView, WeekAssessment, open_due
from app.desk.security.models import SecurityBulletin, SecurityWeek
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.addons import AddonCatalogue, AddonConfirm, AddonOrderCreate, AddonOrders, advance_orders
from tests.addons.conftest import subscribed
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany

Result = TypeVar("Result")


@dataclass
class SecurityDesk:
    """Each call in a transaction of its own."""

    runtime: Runtime
    units_of_work: UnitOfWorkFactory
    clock: SettableClock
    partner: PartnerCompany
    client: ClientCompany
    stranger: ClientCompany
    """A client of the same partner that did not buy the service."""
    computers: list[UUID]

    async def as_(self, actor: Actor, act: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        async with self.units_of_work.begin(actor) as work:
            return await act(work)

    async def due(self) -> None:
        """Whatever follows events is done."""
        await run_due_work(self.runtime)

    async def begin(self) -> UUID:
        """The daily job had its turn; the newest week."""
        await self.as_(self.partner.system, open_due)
        statement = select(SecurityWeek.id).order_by(SecurityWeek.monday.desc()).limit(1)
        return await self.as_(self.partner.system, lambda work: _one(work, statement))

    async def bulletin(self) -> UUID:
        """The newest bulletin."""
        statement = select(SecurityBulletin.id).order_by(SecurityBulletin.month.desc()).limit(1)
        return await self.as_(self.partner.system, lambda work: _one(work, statement))

    async def read(self, week_id: UUID) -> SecurityWeekView:
        return await self.as_(self.partner.dispatcher, lambda work: SecurityWeeks(work).get(week_id))

    async def record(self, week_id: UUID, place: int, version: int = 0, **said: Any) -> None:
        wanted = CheckWrite(version=version, **said)
        computer = self.computers[place - 1]
        await self.as_(self.partner.dispatcher, lambda work: SecurityWeeks(work).record(week_id, computer, wanted))

    async def assess(self, week_id: UUID, words: str = "没有扩散。") -> SecurityWeekView:
        given = WeekAssessment(assessment=words, version=(await self.read(week_id)).version)
        await self.as_(self.partner.dispatcher, lambda work: SecurityWeeks(work).assess(week_id, given))
        return await self.read(week_id)


async def _one(work: UnitOfWork, statement: Any) -> UUID:
    found: UUID = (await work.session.scalars(statement)).one()
    return found


async def subscribe(
    units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany, client: ClientCompany, first: date
) -> None:
    """The client has the service from a day on."""
    await network.authorise(partner, "network_security", "hardware")
    wanted = subscribed("SEC-WATCH", "680", name="网络安全监测", service_category="network_security")
    async with units_of_work.begin(partner.owner) as work:
        addon = await AddonCatalogue(work).create(wanted)
    async with units_of_work.begin(partner.dispatcher) as work:
        order = AddonOrderCreate(addon.id, Decimal(1), client_id=client.id, start_on=first)
        made = await AddonOrders(work).order(order)
    if made.state == "ordered":
        async with units_of_work.begin(partner.dispatcher) as work:
            await AddonOrders(work).confirm(made.id, AddonConfirm(made.version))
    async with units_of_work.begin(partner.system) as work:
        await advance_orders(work)


@pytest.fixture
async def security(
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    clock: SettableClock,
    network: Network,
    partner: PartnerCompany,
) -> SecurityDesk:
    clock.set(START)
    client = await network.client(partner)
    stranger = await network.client(partner, "厦门象屿股份")
    computers = [(await network.device(client, f"PC-{number}"))[0] for number in ("A1", "A2", "A3")]
    await subscribe(units_of_work, network, partner, client, START.date())
    return SecurityDesk(runtime, units_of_work, clock, partner, client, stranger, computers)
