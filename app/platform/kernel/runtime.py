"""The objects that one process shares: settings, clock, an engine per database role, Redis, units of work."""

from dataclasses import dataclass, field
from typing import Final

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.database import create_engine, session_factory
from app.platform.kernel.ids import IdSource, new_id
from app.platform.kernel.live_updates import ChangePublisher
from app.platform.kernel.performance import BatchLoader
from app.platform.kernel.settings import DatabaseRole, Settings
from app.platform.kernel.time_source import SystemClock, TimeSource
from app.platform.kernel.unit_of_work import UnitOfWorkFactory

LOOKUP_CONNECTIONS: Final = 2
"""Two, so that one that hangs holds up nobody for long; more would only make the statements smaller."""


@dataclass
class Runtime:
    """Made once per process, after any fork. `units_of_work` opens units of work as the app role."""

    settings: Settings
    clock: TimeSource = field(default_factory=SystemClock)
    ids: IdSource = new_id
    _engines: dict[str, AsyncEngine] = field(default_factory=dict)
    _caller_lookups: BatchLoader | None = None

    def __post_init__(self) -> None:
        self.redis: Redis = Redis.from_url(
            self.settings.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=1
        )
        self.units_of_work = UnitOfWorkFactory(
            session_factory(self.engine("app")), self.clock, self.ids, ChangePublisher(self.redis)
        )

    def engine(self, role: DatabaseRole) -> AsyncEngine:
        """The engine of one database role, made at first use; roles other than app need few connections."""
        if role not in self._engines:
            self._engines[role] = create_engine(
                self.settings.database_address(role),
                pool_size=self._pool_size(role),
                application_name=f"yinghuo-{role}",
            )
        return self._engines[role]

    def _pool_size(self, role: DatabaseRole) -> int:
        match role:
            case "app":
                return self.settings.database_pool_size
            case "signin":
                # One at least beside those that stand ready for look-ups.
                return max(self.settings.database_pool_size, 2)
            case _:
                return 2

    @property
    def caller_lookups(self) -> BatchLoader:
        """Reads as the `signin` role who is calling, on connections of its pool that stay taken."""
        if self._caller_lookups is None:
            kept = min(self._pool_size("signin") // 2, LOOKUP_CONNECTIONS)
            self._caller_lookups = BatchLoader(self.engine("signin"), self.clock, kept)
        return self._caller_lookups

    async def close(self) -> None:
        await self.redis.aclose()
        if self._caller_lookups is not None:
            await self._caller_lookups.close()
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()
