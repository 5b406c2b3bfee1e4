"""What payments do by the day."""

from app.platform.background import DailyJob
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.payments.comparison import compare_books


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """The books are compared at night, after everything that is due has been charged."""

    async def compare(work: UnitOfWork) -> None:
        await compare_books(work, runtime.settings.public_url)

    return (DailyJob("payments.compare_books", 5, compare),)
