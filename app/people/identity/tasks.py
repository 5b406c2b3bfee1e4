"""Daily jobs of accounts and sessions."""

from app.people.identity.sessions import SignInStore
from app.platform.background import DailyJob
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """Sessions belong to no tenant and are reached by the signin role only; the job runs in headquarters' slot."""
    store = SignInStore(runtime.engine("signin"), runtime.clock)

    async def forget(_: UnitOfWork) -> None:
        await store.remove_expired()

    return (DailyJob("identity.remove_expired", 3, forget, headquarters_only=True),)
