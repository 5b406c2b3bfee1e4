"""A lane whose events are handled one by one: calls to other servers, work in another tenant, long work.

No transaction is open meanwhile. An entry is leased for seconds and the lease is renewed while the consumer runs, so
another worker takes over at once when one dies, and never while it runs.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog

from app.platform.background.consumers import Consumers, Subscription, claim
from app.platform.background.event_queue import (
    RETRY_LIFETIME,
    QueuedEvent,
    complete,
    enqueue_next_lane,
    lease,
    proofs,
    renew,
    retry_later,
    take_due,
)
from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.outages import is_away
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime

LEASE: Final = timedelta(seconds=10)
RENEWAL_SECONDS: Final = 3.0
AWAY_SECONDS: Final = 1.0
"""How soon to ask again for a database that is away."""
TIMEOUT_SECONDS: Final = 60.0
"""A consumer that takes longer is cancelled and called again later."""

GRACE_SECONDS: Final = 10.0
"""How long a worker that is told to end waits for what it has begun."""

_log: Final = log(__name__)


class LeasedEvent(msgspec.Struct, frozen=True):
    """One leased event of one tenant, and who has not heard it yet."""

    tenant_id: UUID
    entry: QueuedEvent
    waiting: tuple[Subscription, ...]


class LeasedLane:
    """Up to `slots` events at the same time. Any number of processes may work in the lane."""

    def __init__(
        self,
        runtime: Runtime,
        consumers: Consumers,
        lane: DueKind,
        *,
        slots: int,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.lane = lane
        self._runtime = runtime
        self._consumers = consumers
        self._slots = slots
        self._timeout_seconds = timeout_seconds
        self._running: set[asyncio.Task[None]] = set()

    async def run_once(self, tenants: Collection[UUID]) -> dict[UUID, bool]:
        """Begin as much as there are free slots for, shared among the tenants; says of each that had something whether
        more may be waiting.

        Raises:
            ExceptionGroup: the failures of taking, after every tenant had its turn.
        """
        found, failures = {}, []
        for place, tenant_id in enumerate(tenants):
            free = self._slots - len(self._running)
            if free <= 0:
                found[tenant_id] = True
                await asyncio.wait(self._running, timeout=RENEWAL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                continue
            share = max(1, free // (len(tenants) - place))
            try:
                taken = await self._take(tenant_id, share)
            except Exception as failure:  # noqa: BLE001 - raised below, together with the other tenants'
                failures.append(failure)
                continue
            for leased_event in taken:
                task = asyncio.create_task(
                    self._run(leased_event), name=f"{self.lane}:{leased_event.entry.event.topic}"
                )
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            if taken:
                found[tenant_id] = len(taken) >= share
        if failures:
            raise ExceptionGroup(f"some tenants' turn in {self.lane} failed", failures)
        return found

    async def finish(self) -> None:
        """Wait until nothing is running any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self) -> None:
        """Let what is running end, and give back what does not within `GRACE_SECONDS`."""
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        for task in self._running:
            task.cancel()
        await self.finish()

    async def _take(self, tenant_id: UUID, limit: int) -> list[LeasedEvent]:
        async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            entries = await take_due(work, self.lane, limit)
            if not entries:
                return []
            names = {subscription.name for entry in entries for subscription in self._of(entry)}
            proved = await proofs(work, names, [entry.event.id for entry in entries]) if names else set()
            leased = await lease(work, entries, work.now + LEASE)
            return [
                LeasedEvent(
                    tenant_id,
                    entry,
                    tuple(each for each in self._of(entry) if (each.name, entry.event.id) not in proved),
                )
                for entry in leased
            ]

    def _of(self, entry: QueuedEvent) -> Sequence[Subscription]:
        return self._consumers.of(entry.event.topic, self.lane)

    async def _run(self, leased_event: LeasedEvent) -> None:
        """Have every waiting consumer called, and settle; whatever goes wrong, the lease ends by itself."""
        event = leased_event.entry.event
        structlog.contextvars.bind_contextvars(request_id=event.id.hex, tenant_id=str(leased_event.tenant_id))
        held_lease = _Lease(self._runtime, leased_event)
        renewing = asyncio.create_task(held_lease.keep())
        try:
            failed = [
                subscription
                for subscription in leased_event.waiting
                if not await self._delivered(leased_event, subscription)
            ]
        except asyncio.CancelledError:
            renewing.cancel()
            await held_lease.give_back()
            raise
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
        settled = False
        while not settled:
            settled = await self._settled(leased_event, held_lease.entry, failed)

    async def _settled(
        self, leased_event: LeasedEvent, held_lease: QueuedEvent | None, failed: Sequence[Subscription]
    ) -> bool:
        """Whether the outcome is written or cannot be; False, after a pause, while the database is down."""
        try:
            await self._settle(leased_event, held_lease, failed)
        except Exception as failure:  # noqa: BLE001 - the lease ends by itself
            if is_away(failure):
                await asyncio.sleep(AWAY_SECONDS)
                return False
            _log.error("event_not_settled", lane=self.lane, exc_info=failure)
        return True

    async def _delivered(self, leased_event: LeasedEvent, subscription: Subscription) -> bool:
        event = leased_event.entry.event
        try:
            if subscription.on_event is not None:
                async with asyncio.timeout(self._timeout_seconds):
                    await subscription.on_event(self._runtime, leased_event.tenant_id, event.id, event.payload)
        except Exception as failure:  # noqa: BLE001 - the entry stays: it is tried again later
            _log.error("consumer_failed", consumer=subscription.name, exc_info=failure)
            return False
        return True

    async def _settle(
        self, leased_event: LeasedEvent, held_lease: QueuedEvent | None, failed: Sequence[Subscription]
    ) -> None:
        """Write the proofs that the consumers did not write themselves, and pass the event on, unless the lease was
        lost: then whoever has it does."""
        event = leased_event.entry.event
        async with self._runtime.units_of_work.begin(Actor.system(leased_event.tenant_id)) as work:
            done = [(each.name, event.id) for each in leased_event.waiting if each not in failed]
            if done:
                await claim(work, done)
            # Locked by its lease: nobody takes it over between this and the commit.
            entry = None if held_lease is None else await renew(work, held_lease, work.now + LEASE)
            if entry is None:
                return
            abandoned = failed and work.now - event.occurred_at >= RETRY_LIFETIME
            if abandoned:
                names = [each.name for each in failed]
                _log.error("event_abandoned", event_id=str(event.id), consumers=names)
            if failed and not abandoned:
                await retry_later(work, entry)
                await enqueue_next_lane(work, self._consumers, self.lane, [entry])
            else:
                await complete(work, self._consumers, self.lane, [entry])


class _Lease:
    """A lease that a task keeps renewing."""

    def __init__(self, runtime: Runtime, leased_event: LeasedEvent) -> None:
        self._runtime = runtime
        self._tenant_id = leased_event.tenant_id
        self.entry: QueuedEvent | None = leased_event.entry
        """None once the lease was lost."""

    async def keep(self) -> None:
        while self.entry is not None:
            await asyncio.sleep(RENEWAL_SECONDS)
            try:
                await self._until(LEASE)
            except Exception as failure:  # noqa: BLE001 - tried again; when it was too late, another has the work
                _log.warning("lease_not_renewed", cause=type(failure).__name__)

    async def give_back(self) -> None:
        """Let another worker begin at once."""
        try:
            await self._until(timedelta())
        except Exception as failure:  # noqa: BLE001 - the lease ends by itself
            _log.warning("lease_not_given_back", cause=type(failure).__name__)

    async def _until(self, longer: timedelta) -> None:
        if self.entry is None:
            return
        async with self._runtime.units_of_work.begin(Actor.system(self._tenant_id)) as work:
            renewed = await renew(work, self.entry, work.now + longer)
        self.entry = renewed
