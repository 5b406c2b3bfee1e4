"""Insured devices in the demo: a product, a fleet by the year, and a draft that waits."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.assets.devices import RETIRED_OR_LOST
from app.assets.devices.models import Device
from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.platform.kernel.time_source import PLATFORM_ZONE
from billing.addons import AddonCatalogue
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
from billing.periods import day_in

_SERVICE: Final = "DEV-COVER"
"""The code of the service in the partners' catalogues (`app/demo/addons.py`)."""
_RATES: Final = [
    PremiumRate("laptop", 3, Decimal("4.5")),
    PremiumRate("laptop", 30, Decimal(6)),
    PremiumRate("server", 30, Decimal(3)),
    PremiumRate("", 30, Decimal("2.5")),
]
_FLEET: Final = 6
_DRAFT: Final = 2


async def insure_devices(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """Each partner that headquarters lets insure devices has a policy that runs, and one that is being written."""
    begin = simulation.runtime.units_of_work.begin
    for partner in partners:
        if "device_insurance" not in partner.company.authorisations:
            continue
        async with begin(partner.owner) as work:
            addon = next(each for each in await AddonCatalogue(work).all() if each.code == _SERVICE)
            product = await InsuranceProducts(work).create(
                ProductWrite(
                    addon_id=addon.id,
                    perils=list(Peril),
                    waiting_days=15,
                    deductible=Decimal(200),
                    claim_limit=Decimal(0),
                    year_limit=Decimal(0),
                    rates=_RATES,
                    version=0,
                )
            )
        numbers = await _numbers(simulation, partner, partner.clients[0])
        fleet, rest = numbers[:_FLEET], numbers[_FLEET : _FLEET + _DRAFT]
        if rest:
            await _policy(simulation, partner, product.id, rest, starts_in=14)
        if not fleet:
            continue
        policy_id = await _policy(simulation, partner, product.id, fleet, starts_in=0)
        async with begin(partner.dispatcher) as work:
            version = (await InsurancePolicies(work).get(policy_id)).version
            await Underwriting(work).activate(policy_id, PolicyVersion(version=version))


async def _policy(
    simulation: Simulation, partner: Partner, product_id: UUID, numbers: list[str], *, starts_in: int
) -> UUID:
    async with simulation.runtime.units_of_work.begin(partner.dispatcher) as work:
        start_on = day_in(PLATFORM_ZONE, work.now) + timedelta(days=starts_in)
        wanted = PolicyCreate(client_id=partner.clients[0].id, product_id=product_id, start_on=start_on)
        policy_id = await Underwriting(work).create(wanted)
        version = (await InsurancePolicies(work).get(policy_id)).version
        devices = DevicesInsure(device_numbers=numbers, insured_value=Decimal(6_000), version=version)
        await Underwriting(work).insure(policy_id, devices)
    return policy_id


async def _numbers(simulation: Simulation, partner: Partner, client: Client) -> list[str]:
    async with simulation.runtime.units_of_work.begin(partner.dispatcher) as work:
        found = await work.session.scalars(
            select(Device.number)
            .where(Device.client_id == client.id, Device.state.not_in(RETIRED_OR_LOST))
            .where(Device.category.in_(("desktop", "laptop")))
            .order_by(Device.number)
            .limit(_FLEET + _DRAFT)
        )
        return list(found)
