"""What the worker left behind of the jobs that it did."""

from sqlalchemy import func, select

from app.platform.background.models import JobRun
from app.platform.kernel.runtime import Runtime
from tests.factories.network import PartnerCompany


async def runs_by_job(runtime: Runtime, partner: PartnerCompany) -> dict[str, int]:
    """How often each job was done."""
    async with runtime.units_of_work.begin(partner.system) as work:
        rows = await work.session.execute(select(JobRun.job, func.count(JobRun.id)).group_by(JobRun.job))
        return dict(rows.all())
