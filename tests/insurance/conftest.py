"""A partner that insures devices, with one product in its catalogue and a client with two laptops."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.addons import AddonTarget
from billing.insurance import (
    DevicesInsure,
    InsurancePolicies,
    InsuranceProducts,
    Peril,
    PolicyCreate,
    PolicyVersion,
    PremiumRate,
    ProductWrite,
    Underwriting,
)
from billing.insurance.schemas import PolicyView
from billing.periods import Cycle
from billing.rating.models import Charge
from tests.addons.conftest import Shop, subscribed
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany

Result = TypeVar("Result")
TODAY = date(2026, 11, 16)


@dataclass
class Insurer:
    """Each call in a transaction of its own."""

    runtime: Runtime
    units_of_work: UnitOfWorkFactory
    clock: SettableClock
    network: Network
    partner: PartnerCompany
    client: ClientCompany
    product_id: UUID
    devices: dict[str, UUID]

    @property
    def dispatcher(self) -> Actor:
        return self.partner.dispatcher

    async def as_(self, actor: Actor, act: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        async with self.units_of_work.begin(actor) as work:
            return await act(work)

    async def write(self, act: Callable[[Underwriting], Awaitable[Result]]) -> Result:
        return await self.as_(self.dispatcher, lambda work: act(Underwriting(work)))

    async def read(self, policy_id: UUID, by: Actor | None = None) -> PolicyView:
        return await self.as_(by or self.dispatcher, lambda work: InsurancePolicies(work).get(policy_id))

    async def insure(self, policy_id: UUID, *numbers: str, value: str = "6000") -> None:
        version = (await self.read(policy_id)).version
        wanted = DevicesInsure(device_numbers=list(numbers), insured_value=Decimal(value), version=version)
        await self.write(lambda service: service.insure(policy_id, wanted))

    async def draft(self, *numbers: str, start_on: date = TODAY) -> UUID:
        wanted = PolicyCreate(client_id=self.client.id, product_id=self.product_id, start_on=start_on)
        policy_id = await self.write(lambda service: service.create(wanted))
        if numbers:
            await self.insure(policy_id, *numbers)
        return policy_id

    async def active(self, *numbers: str, start_on: date = TODAY) -> UUID:
        policy_id = await self.draft(*numbers, start_on=start_on)
        given = PolicyVersion(version=(await self.read(policy_id)).version)
        await self.write(lambda service: service.activate(policy_id, given))
        return policy_id

    async def due(self) -> None:
        await run_due_work(self.runtime)

    async def charges(self) -> list[int]:
        async with self.units_of_work.begin(self.partner.system) as work:
            statement = select(Charge.amount).where(Charge.source_kind == "insurance_premium").order_by(Charge.id)
            return list(await work.session.scalars(statement))


def product(addon_id: UUID, **more: Any) -> ProductWrite:
    """Laptops for 5 % a year until they are four years old, everything else for 3 % until it is eight."""
    fields: dict[str, Any] = {
        "addon_id": addon_id,
        "perils": [Peril.FLOOD, Peril.ACCIDENT],
        "waiting_days": 14,
        "deductible": Decimal(200),
        "claim_limit": Decimal(0),
        "year_limit": Decimal(0),
        "rates": [PremiumRate("laptop", 4, Decimal(5)), PremiumRate("", 8, Decimal(3))],
        "version": 0,
    }
    return ProductWrite(**(fields | more))


@pytest.fixture
async def insurer(
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    clock: SettableClock,
    network: Network,
    partner: PartnerCompany,
    client: ClientCompany,
) -> Insurer:
    clock.set(START)
    await network.authorise(partner, "device_insurance", "hardware")
    shop = Shop(units_of_work, network, partner, client, client.contact)
    addon = await shop.offer(
        subscribed(
            "COVER",
            "0",
            name="设备险",
            service_category="device_insurance",
            target=AddonTarget.DEVICE,
            cycle=Cycle.YEAR,
        )
    )
    made = await shop.as_(partner.owner, lambda work: InsuranceProducts(work).create(product(addon.id)))
    devices = {number: (await network.device(client, number))[0] for number in ("PC-1", "PC-2")}
    return Insurer(runtime, units_of_work, clock, network, partner, client, made.id, devices)
