"""Change notices for open pages, published over Redis after the commit. Losing one only delays a refresh.

A notice carries ids only; what the page then asks for is authorised like any other request.
"""

import time
from asyncio import timeout
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.platform.kernel.actor import Actor, Scope
from app.platform.kernel.logs import OncePerMinute, log

TIMEOUT_SECONDS: Final = 0.5
PAUSE_AFTER_FAILURE_SECONDS: Final = 5.0
"""Pause after a failure, in which nothing is published: requests must not wait for a Redis that is down."""

_encode = msgspec.json.Encoder().encode
_log: Final = log(__name__)


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record of one tenant changed. The ids are the record's own, and decide who is told."""

    kind: str
    """The record's name in the singular: `ticket`, `notification`."""
    id: UUID
    client_id: UUID | None = None
    reporter_id: UUID | None = None
    membership_id: UUID | None = None
    """Set where the change concerns one member only; the other ids then do not count."""
    staff_only: bool = False
    """The client's people must not even notice."""
    engineers: tuple[UUID, ...] = ()
    """Members who work on the record, whichever clients they look after."""

    def concerns(self, actor: Actor) -> bool:
        """Whether `actor`, of the same tenant, may know of it: the rule of the three rings, and how far staff reach who
        are held to some clients."""
        if self.membership_id is not None:
            return actor.membership_id == self.membership_id
        match actor.scope:
            case Scope.TENANT:
                return actor.clients is None or self.client_id in actor.clients or actor.membership_id in self.engineers
            case Scope.CLIENT:
                return not self.staff_only and self.client_id is not None and self.client_id == actor.client_id
            case Scope.REPORTER:
                return not self.staff_only and self.reporter_id is not None and self.reporter_id == actor.reporter_id
            case Scope.PUBLIC:
                return False

    def topics(self) -> list[str]:
        """What elements of a page name in `data-live`: the record itself, and lists of its kind."""
        return [f"{self.kind}:{self.id}", f"{self.kind}s"]


def channel_of(tenant_id: UUID) -> str:
    """The Redis channel of one tenant's changes."""
    return f"live:{tenant_id}"


class ChangePublisher:
    """Publishes changes; never fails and never takes long."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._paused_until = 0.0
        self._once_per_minute = OncePerMinute()

    async def __call__(self, tenant_id: UUID, changes: Sequence[Change]) -> None:
        """Publish each change once to the tenant's channel."""
        if time.monotonic() < self._paused_until:
            return
        channel = channel_of(tenant_id)
        try:
            async with timeout(TIMEOUT_SECONDS):
                async with self._redis.pipeline(transaction=False) as together:
                    for change in dict.fromkeys(changes):
                        together.publish(channel, _encode(change))
                    await together.execute()
        except (RedisError, OSError) as down:
            self._paused_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            if self._once_per_minute("change_not_announced"):
                _log.warning("change_not_announced", cause=type(down).__name__)
