"""How long the renewal of a hundred thousand policies takes on one worker."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from app.assets.devices.models import Device
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import PLATFORM_ZONE
from billing.addons.models import Addon
from billing.insurance.models import InsurancePolicy, InsurancePremium, InsuranceProduct, InsuredDevice
from billing.insurance.services.renewal import RENEWALS
from billing.periods import months_after
from billing.rating.models import Charge
from tests.factories.network import ClientCompany, Network

POLICIES: Final = 100_000
_AT_ONCE: Final = 10_000
_PREMIUM: Final = 18_000


async def measure(
    runtime: Runtime, network: Network, analyse: Callable[[], Awaitable[None]], policies: int = POLICIES
) -> float:
    """Seconds, of yearly policies whose second year begins today, each of one device.

    Raises:
        AssertionError: not each of them was charged once.
    """
    partner = await network.partner()
    client = await network.client(partner, "投保客户")
    product_id = await _product(runtime, client)
    for number in range(0, policies, _AT_ONCE):
        await _policies(runtime, client, product_id, number, min(_AT_ONCE, policies - number))
    await analyse()
    started, after = time.perf_counter(), None
    while True:
        async with runtime.units_of_work.begin(partner.system) as work:
            step = await RENEWALS.step(work, after, work.now.date())
        if step.last is None:
            break
        after = step.last
    seconds = time.perf_counter() - started
    async with runtime.units_of_work.begin(partner.system) as work:
        charged = select(func.count(Charge.id), func.sum(Charge.amount)).where(
            Charge.source_kind == "insurance_premium"
        )
        made = (await work.session.execute(charged)).one()
    assert tuple(made) == (policies, policies * _PREMIUM)
    return seconds


async def _product(runtime: Runtime, client: ClientCompany) -> UUID:
    addon_id, product_id = new_id(), new_id()
    stamp: dict[str, Any] = {"tenant_id": client.partner.id}
    async with runtime.units_of_work.begin(client.partner.system) as work:
        work.session.add(
            Addon(
                id=addon_id,
                code="COVER",
                name="设备险",
                kind="subscribed",
                service_category="device_insurance",
                unit="台",
                unit_price=0,
                currency="CNY",
                price_mode="tax_included",
                tax="vat_6",
                cycle="year",
                billed="in_advance",
                target="device",
                state="offered",
                created_at=work.now,
                **stamp,
            )
        )
        await work.session.flush()
        work.session.add(
            InsuranceProduct(
                id=product_id, addon_id=addon_id, terms={}, rates=[], created_at=work.now, version=1, **stamp
            )
        )
    return product_id


async def _policies(runtime: Runtime, client: ClientCompany, product_id: UUID, first: int, count: int) -> None:
    async with runtime.units_of_work.begin(client.partner.system) as work:
        today = work.now.astimezone(PLATFORM_ZONE).date()
        begun = months_after(today, -12)
        ring: dict[str, Any] = {"client_id": client.id}
        ids = [(new_id(), new_id(), new_id(), f"{first + place:06d}") for place in range(count)]
        await insert_rows(
            work.session,
            Device,
            [
                {
                    "id": device_id,
                    "number": f"BENCH-{number}",
                    "site_id": client.site_id,
                    "category": "desktop",
                    "state": "in_use",
                    "shared": False,
                    "created_at": work.now,
                    "version": 1,
                    **dict.fromkeys(_DEVICE_TEXTS, ""),
                    **ring,
                }
                for device_id, _, _, number in ids
            ],
        )
        await insert_rows(
            work.session,
            InsurancePolicy,
            [
                {
                    "id": policy_id,
                    "number": f"BX-BENCH-{number}",
                    "client_name": client.name,
                    "product_id": product_id,
                    "name": "设备险",
                    "cycle": "year",
                    "currency": "CNY",
                    "price_mode": "tax_included",
                    "tax": "vat_6",
                    "terms": {},
                    "time_zone": "Asia/Shanghai",
                    "state": "active",
                    "start_on": begun,
                    "next_on": today,
                    "reason": "",
                    "written_by_name": "bench",
                    "created_at": work.now - timedelta(days=365),
                    "activated_at": work.now - timedelta(days=365),
                    "version": 1,
                    **ring,
                }
                for _, policy_id, _, number in ids
            ],
        )
        await insert_rows(
            work.session,
            InsuredDevice,
            [
                {
                    "id": cover_id,
                    "policy_id": policy_id,
                    "device_id": device_id,
                    "device_number": f"BENCH-{number}",
                    "device_words": "",
                    "category": "desktop",
                    "insured_value": 600_000,
                    "premium": _PREMIUM,
                    "start_on": begun,
                    "end_on": None,
                    "end_reason": "",
                    "added_at": work.now - timedelta(days=365),
                    **ring,
                }
                for device_id, policy_id, cover_id, number in ids
            ],
        )
        await insert_rows(
            work.session,
            InsurancePremium,
            [
                {
                    "id": new_id(),
                    "policy_id": policy_id,
                    "insured_device_id": cover_id,
                    "number": 1,
                    "period_start": begun,
                    "period_end": today,
                    "given_back": False,
                    "amount": _PREMIUM,
                    "made_at": work.now - timedelta(days=365),
                }
                for _, policy_id, cover_id, _ in ids
            ],
        )


_DEVICE_TEXTS: Final = (
    "brand",
    "model",
    "serial_number",
    "part_number",
    "hardware",
    "operating_system",
    "software",
    "ip_address",
    "mac_address",
    "host_name",
    "remark",
)
