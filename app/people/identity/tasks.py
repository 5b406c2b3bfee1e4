"""Daily jobs of accounts and sessions."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_

from app.people.identity.models import AccountSession, AccountToken, KnownAttempt
from app.people.identity.sessions import SignInStore
from app.platform.background import DailyJob
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

ENDED_SESSION_RETENTION: Final = timedelta(days=30)
"""How long the row of an ended session is kept."""
LINK_RETENTION: Final = timedelta(days=1)
"""How long the row of an expired single-use link is kept, used or not."""
ATTEMPT_RETENTION: Final = timedelta(days=1)
"""How long wrong tries by known callers are kept, where they were counted in the database."""


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """Sessions belong to no tenant and are reached by the signin role only; the job runs in headquarters' slot."""
    store = SignInStore(runtime.engine("signin"), runtime.clock)

    async def forget(_: UnitOfWork) -> None:
        await remove_expired(store)

    return (DailyJob("identity.remove_expired", 3, forget, headquarters_only=True),)


async def remove_expired(store: SignInStore) -> None:
    """Remove sessions that ended long ago, and links that nobody can use any more."""
    now = store.clock.now()
    async with store.sessions.begin() as session:
        ended = or_(
            AccountSession.expires_at < now - ENDED_SESSION_RETENTION,
            AccountSession.revoked_at < now - ENDED_SESSION_RETENTION,
        )
        await session.execute(delete(AccountSession).where(ended))
        await session.execute(delete(AccountToken).where(AccountToken.expires_at < now - LINK_RETENTION))
        await session.execute(delete(KnownAttempt).where(KnownAttempt.last_at < now - ATTEMPT_RETENTION))
