"""The throttle's count of known callers in the database, while Redis is away. Unknown callers wait until it is back,
because their number has no bound."""

import math
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.people.identity.models import KnownAttempt
from app.platform.kernel.throttle import Backoff
from app.platform.kernel.time_source import TimeSource


class DatabaseAttemptLedger:
    """Fills the throttle's `FallbackCounter`, as the signin role."""

    def __init__(self, engine: AsyncEngine, clock: TimeSource) -> None:
        self._sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False, autoflush=False)
        self._clock = clock

    async def attempt(self, rule: Backoff, digest: str) -> int:
        """Seconds to wait; 0 when let through, and counted. Of several at once each sees those before."""
        now = self._clock.now()
        async with self._sessions.begin() as session:
            await session.execute(
                insert(KnownAttempt).values(digest=digest, attempts=0, last_at=now).on_conflict_do_nothing()
            )
            row = (
                await session.scalars(select(KnownAttempt).where(KnownAttempt.digest == digest).with_for_update())
            ).one()
            if now - row.last_at > timedelta(seconds=rule.memory_seconds):
                row.attempts = 0
            wait = row.last_at + timedelta(seconds=rule.wait_after(row.attempts)) - now
            if wait > timedelta():
                return math.ceil(wait.total_seconds())
            row.attempts, row.last_at = row.attempts + 1, now
            return 0

    async def forget(self, digest: str) -> None:
        """Count from zero again."""
        async with self._sessions.begin() as session:
            await session.execute(delete(KnownAttempt).where(KnownAttempt.digest == digest))
