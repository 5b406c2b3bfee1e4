"""Policies: written, charged, renewed, followed by their devices' lives, ended."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.assets.devices import DeviceService, DeviceState
from app.assets.devices.models import Device
from app.assets.devices.schemas import DeviceUpdate
from app.platform.kernel.errors import NotFound, StaleVersion
from billing.addons import AddonOrderCreate, AddonOrders
from billing.insurance import InsuranceProducts, PolicyCreate, PolicyEnd, PolicyReason, PolicyVersion
from billing.insurance.errors import (
    DeviceInsuredAlready,
    DeviceUnfit,
    InsuranceNotAuthorised,
    InsuranceProductTaken,
    PolicyDayWrong,
    PolicyEmpty,
    PolicyMoveRefused,
)
from billing.insurance.states import EndReason, PolicyState
from billing.rating.runs import run_rating
from tests.insurance.conftest import TODAY, Insurer, product

A_YEAR = 18_000
"""3 % of 6,000 yuan, in 分."""


async def test_a_policy_charges_its_year_and_is_renewed(insurer: Insurer) -> None:
    policy_id = await insurer.active("PC-1", "pc-2")
    assert await insurer.charges() == [A_YEAR, A_YEAR]
    policy = await insurer.read(policy_id)
    assert (policy.state, policy.next_on) == (PolicyState.ACTIVE, date(2027, 11, 16))
    assert policy.certificate_id
    insurer.clock.advance(timedelta(days=365))
    await run_rating(insurer.runtime, insurer.partner.id)
    assert await insurer.charges() == [A_YEAR] * 4
    await run_rating(insurer.runtime, insurer.partner.id, TODAY + timedelta(days=370))
    assert await insurer.charges() == [A_YEAR] * 4, "walking again charges nothing"


async def test_a_draft_costs_nothing_and_needs_devices(insurer: Insurer) -> None:
    policy_id = await insurer.draft()
    version = PolicyVersion(version=(await insurer.read(policy_id)).version)
    with pytest.raises(PolicyEmpty):
        await insurer.write(lambda service: service.activate(policy_id, version))
    await insurer.insure(policy_id, "PC-1")
    with pytest.raises(StaleVersion):
        await insurer.write(lambda service: service.activate(policy_id, version))
    with pytest.raises(NotFound):
        await insurer.read(policy_id, insurer.client.contact)
    given = PolicyReason(reason="客户不要了", version=(await insurer.read(policy_id)).version)
    await insurer.write(lambda service: service.cancel(policy_id, given))
    assert await insurer.charges() == []
    again = await insurer.active("PC-1")
    assert (await insurer.read(again)).state is PolicyState.ACTIVE, "the device is free again"


@pytest.mark.slow(6, "runs all due work twice")
async def test_a_retired_device_leaves_and_the_rest_is_given_back(insurer: Insurer) -> None:
    policy_id = await insurer.active("PC-1", "PC-2")
    insurer.clock.advance(timedelta(days=72))
    async with insurer.units_of_work.begin(insurer.partner.owner) as work:
        version = await work.session.scalar(select(Device.version).where(Device.id == insurer.devices["PC-1"]))
        await DeviceService(work, insurer.network.signin).update(
            insurer.devices["PC-1"], DeviceUpdate(version=version or 0, state=DeviceState.RETIRED)
        )
    await insurer.due()
    policy = await insurer.read(policy_id)
    assert policy.state is PolicyState.ACTIVE
    gone = next(each for each in policy.devices if each.device_number == "PC-1")
    assert (gone.end_on, gone.end_reason) == (TODAY + timedelta(days=73), EndReason.RETIRED)
    # 292 of 365 days.
    assert await insurer.charges() == [A_YEAR, A_YEAR, -14_400]
    await insurer.due()
    assert len(await insurer.charges()) == 3


async def test_the_end_can_be_moved_and_comes(insurer: Insurer) -> None:
    policy_id = await insurer.active("PC-1")

    async def end(last_day: date) -> None:
        wanted = PolicyEnd(last_day=last_day, version=(await insurer.read(policy_id)).version)
        await insurer.write(lambda service: service.end(policy_id, wanted))

    with pytest.raises(PolicyDayWrong):
        await end(TODAY - timedelta(days=1))
    await end(TODAY + timedelta(days=72))
    assert sum(await insurer.charges()) == 3_600
    await end(TODAY + timedelta(days=145))
    assert sum(await insurer.charges()) == 7_200
    insurer.clock.advance(timedelta(days=146))
    await run_rating(insurer.runtime, insurer.partner.id)
    assert (await insurer.read(policy_id)).state is PolicyState.ENDED
    assert sum(await insurer.charges()) == 7_200
    with pytest.raises(PolicyMoveRefused):
        await end(TODAY + timedelta(days=200))


async def test_no_device_is_insured_or_charged_twice(insurer: Insurer) -> None:
    await insurer.active("PC-1")
    second = await insurer.draft()
    with pytest.raises(DeviceInsuredAlready):
        await insurer.insure(second, "PC-1")
    with pytest.raises(DeviceUnfit):
        await insurer.insure(second, "PC-2", "PC-9")
    async with insurer.units_of_work.begin(insurer.dispatcher) as work:
        addon_id = (await InsuranceProducts(work).get(insurer.product_id)).addon_id
        wanted = AddonOrderCreate(addon_id, Decimal(1), client_id=insurer.client.id, device_id=insurer.devices["PC-2"])
        await AddonOrders(work).order(wanted)
    with pytest.raises(DeviceInsuredAlready):
        await insurer.insure(second, "PC-2")


async def test_only_an_authorised_company_insures(insurer: Insurer) -> None:
    async with insurer.units_of_work.begin(insurer.partner.owner) as work:
        addon_id = (await InsuranceProducts(work).get(insurer.product_id)).addon_id
    with pytest.raises(InsuranceProductTaken):
        await insurer.as_(insurer.partner.owner, lambda work: InsuranceProducts(work).create(product(addon_id)))
    await insurer.network.authorise(insurer.partner, "hardware")
    with pytest.raises(InsuranceNotAuthorised):
        await insurer.draft()
    wanted = PolicyCreate(client_id=uuid4(), product_id=insurer.product_id, start_on=TODAY)
    await insurer.network.authorise(insurer.partner, "device_insurance")
    with pytest.raises(NotFound):
        await insurer.write(lambda service: service.create(wanted))
