"""The company's zone, by whose days prices hold, numbers are given and money is due."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import TenantProfile


async def company_zone(work: UnitOfWork) -> ZoneInfo:
    """Of the tenant of this unit of work."""
    zone = await work.session.scalar(select(TenantProfile.time_zone))
    return ZoneInfo(present(zone, "every tenant has a profile"))


async def company_day(work: UnitOfWork) -> date:
    """Today in that zone."""
    return work.now.astimezone(await company_zone(work)).date()
