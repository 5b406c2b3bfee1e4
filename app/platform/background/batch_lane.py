"""A lane whose events are handled in batches: one transaction for some hundred events of one tenant.

The transaction holds the locks on their entries, the proofs of consumption, the effects and the move to the next lane.
When a batch fails, the event at fault is found by bisection and retried later; the others are done.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from app.platform.background.consumers import BatchConsumer, Consumers, ReceivedEvent, Subscription, claim
from app.platform.background.event_queue import (
    RETRY_LIFETIME,
    QueuedEvent,
    complete,
    enqueue_next_lane,
    retry_later,
    take_by_id,
    take_due,
)
from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.outages import is_away
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import Origin, UnitOfWork

BATCH: Final = 200
"""Events in one transaction: enough that its own cost no longer counts, few enough that the other lanes of the process
hardly wait for it."""

TIMEOUT_SECONDS: Final = 60
"""A batch that takes longer is cancelled and halved."""

_log: Final = log(__name__)


class BatchLane:
    """Any number of processes may work in the lane: they skip what another has locked."""

    def __init__(self, runtime: Runtime, consumers: Consumers, lane: DueKind, *, size: int = BATCH) -> None:
        self.lane = lane
        self._runtime = runtime
        self._consumers = consumers
        self._size = size

    async def run_once(self, tenants: Collection[UUID]) -> dict[UUID, bool]:
        """One batch of each tenant; says of each that had something whether more may be waiting.

        A tenant whose turn fails does not keep the others from theirs.

        Raises:
            ExceptionGroup: what kept whole batches from being tried, after every tenant had its turn.
        """
        found, failures = {}, []
        for tenant_id in tenants:
            try:
                taken = await self._batch(tenant_id)
            except Exception as failure:  # noqa: BLE001 - raised below, together with the other tenants'
                failures.append(failure)
            else:
                if taken:
                    found[tenant_id] = taken >= self._size
        if failures:
            raise ExceptionGroup(f"some tenants' turn in {self.lane} failed", failures)
        return found

    async def finish(self) -> None:
        """Nothing goes on after a turn."""

    async def _batch(self, tenant_id: UUID) -> int:
        tried: list[QueuedEvent] = []
        try:
            await self._together(tenant_id, tried)
        except Exception as failure:
            if not tried or is_away(failure):
                raise
            _log.warning("batch_failed", lane=self.lane, events=len(tried), cause=type(failure).__name__)
            await self._apart(tenant_id, [entry.id for entry in tried])
        return len(tried)

    async def _together(self, tenant_id: UUID, tried: list[QueuedEvent], only: Sequence[UUID] = ()) -> None:
        """Handle a batch wholly or not at all; `tried` learns at once what is in it."""
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            self._runtime.units_of_work.begin(Actor.system(tenant_id), Origin(request_id=f"lane-{self.lane}")) as work,
        ):
            tried += await (take_by_id(work, only) if only else take_due(work, self.lane, self._size))
            if not tried:
                return
            events = {entry.event.id: entry.event for entry in tried}
            listeners = {
                subscription.name: subscription for event in events.values() for subscription in self._of(event)
            }
            wanted = [(subscription.name, event.id) for event in events.values() for subscription in self._of(event)]
            shares: defaultdict[BatchConsumer, list[ReceivedEvent]] = defaultdict(list)
            claimed = await claim(work, wanted) if wanted else set()
            for name, event_id in wanted:
                function = listeners[name].on_batch
                if (name, event_id) in claimed and function is not None:
                    shares[function].append(events[event_id])
            for function, share in shares.items():
                await function(work, self._runtime, share)
            await complete(work, self._consumers, self.lane, tried)

    async def _apart(self, tenant_id: UUID, entry_ids: Sequence[UUID]) -> None:
        """Bisect a failed batch down to the event at fault."""
        if len(entry_ids) == 1:
            await self._alone(tenant_id, entry_ids[0])
            return
        middle = len(entry_ids) // 2
        for half in (entry_ids[:middle], entry_ids[middle:]):
            try:
                await self._together(tenant_id, [], half)
            except Exception as failure:  # its event is found below
                if is_away(failure):
                    raise
                await self._apart(tenant_id, half)

    async def _alone(self, tenant_id: UUID, entry_id: UUID) -> None:
        """One event, each of its consumers in a transaction of its own: one's failure is not the others'."""
        async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            found = await take_by_id(work, [entry_id])
        for entry in found:
            failed = [
                subscription.name
                for subscription in self._of(entry.event)
                if not await self._delivered(tenant_id, entry, subscription)
            ]
            async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
                if await take_by_id(work, [entry_id]):
                    await self._settle(work, entry, failed)

    async def _delivered(self, tenant_id: UUID, entry: QueuedEvent, subscription: Subscription) -> bool:
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                self._runtime.units_of_work.begin(
                    Actor.system(tenant_id), Origin(request_id=entry.event.id.hex)
                ) as work,
            ):
                if subscription.on_batch is not None and await claim(work, [(subscription.name, entry.event.id)]):
                    await subscription.on_batch(work, self._runtime, [entry.event])
        except Exception as failure:  # noqa: BLE001 - the entry stays: it is tried again later
            _log.error(
                "consumer_failed",
                tenant_id=str(tenant_id),
                request_id=entry.event.id.hex,
                consumer=subscription.name,
                exc_info=failure,
            )
            return False
        return True

    async def _settle(self, work: UnitOfWork, entry: QueuedEvent, failed: Sequence[str]) -> None:
        if not failed:
            await complete(work, self._consumers, self.lane, [entry])
        elif work.now - entry.event.occurred_at >= RETRY_LIFETIME:
            _log.error("event_abandoned", tenant_id=str(work.tenant_id), event_id=str(entry.event.id), consumers=failed)
            await complete(work, self._consumers, self.lane, [entry])
        else:
            await retry_later(work, entry)
            await enqueue_next_lane(work, self._consumers, self.lane, [entry])

    def _of(self, event: ReceivedEvent) -> Sequence[Subscription]:
        return self._consumers.of(event.topic, self.lane)
