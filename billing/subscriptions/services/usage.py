"""What a partner uses: engineers who may be given work, and devices that it looks after. Highest counts by the day."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.assets.devices import DeviceState
from app.assets.devices.models import Device
from app.desk.engineers import EngineerState
from app.desk.engineers.models import Engineer
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.periods import Period
from billing.subscriptions.models import PlanUsage
from billing.subscriptions.reckoning import Usage
from tenants.company_time import company_day

GONE: Final = (DeviceState.RETIRED, DeviceState.LOST)
"""Devices that are not looked after any more."""


async def usage_now(work: UnitOfWork) -> Usage:
    """In the company's own view."""
    engineers = await work.session.scalar(select(func.count(Engineer.id)).where(Engineer.state == EngineerState.ACTIVE))
    devices = await work.session.scalar(select(func.count(Device.id)).where(Device.state.not_in(GONE)))
    return Usage(engineers or 0, devices or 0)


async def count_usage(work: UnitOfWork) -> Usage:
    """Count, and keep it when it is the day's highest."""
    used = await usage_now(work)
    wanted = insert(PlanUsage).values(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        day=await company_day(work),
        engineers=used.engineers,
        devices=used.devices,
    )
    await work.session.execute(
        wanted.on_conflict_do_update(
            index_elements=["tenant_id", "day"],
            set_={
                "engineers": func.greatest(PlanUsage.engineers, wanted.excluded.engineers),
                "devices": func.greatest(PlanUsage.devices, wanted.excluded.devices),
            },
        )
    )
    return used


async def highest_usage(work: UnitOfWork, days: Period) -> Usage:
    """The highest counts of these days."""
    row = (
        await work.session.execute(
            select(
                func.coalesce(func.max(PlanUsage.engineers), 0), func.coalesce(func.max(PlanUsage.devices), 0)
            ).where(PlanUsage.day >= days.start, PlanUsage.day < days.end)
        )
    ).one()
    return Usage(*row)
