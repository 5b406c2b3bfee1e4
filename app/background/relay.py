"""The outbox relay: hands committed events to the broker, again and again until every consumer has proved its work.

Redis is only the messenger. A due entry stays until all consumers of its event have a `consumed_event` row, so a lost
broker, a killed worker or a consumer that failed costs a delay and nothing else. Events leave in no promised order.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

from app.background.consumers import Consumers
from app.background.due import due_tenants
from app.kernel.actor import Actor
from app.kernel.logs import log
from app.kernel.outbox import ConsumedEvent, DueEntry, DueKind, OutboxEvent
from app.kernel.runtime import Runtime
from app.kernel.work import UnitOfWork

BATCH: Final = 200
"""Events claimed in one transaction: short enough that nobody waits for it."""

FIRST_PATIENCE: Final = timedelta(minutes=1)
LONGEST_PATIENCE: Final = timedelta(hours=1)
LIFETIME: Final = timedelta(days=7)
"""How long an event is delivered again and again before somebody must look at it."""

Delivery = tuple[UUID, UUID, str]
"""Tenant, event, consumer."""

Send = Callable[[Sequence[Delivery]], Awaitable[None]]
"""Puts deliveries into the broker; raises when the broker does not take them."""

_log: Final = log(__name__)


class Relay:
    """Any number of relays may run: they skip what another has claimed."""

    def __init__(self, runtime: Runtime, consumers: Consumers, send: Send) -> None:
        self._runtime = runtime
        self._consumers = consumers
        self._send = send

    async def run_once(self) -> int:
        """Hand over what is due in every tenant; returns how many events were looked at.

        A tenant whose turn fails does not keep the others from theirs.

        Raises:
            ExceptionGroup: the failures of this round, after every tenant had its turn.
        """
        looked_at, failures = 0, []
        for tenant_id, _ in await due_tenants(self._runtime, [DueKind.OUTBOX]):
            try:
                looked_at += await self._relay_tenant(tenant_id)
            except Exception as failure:  # noqa: BLE001 - raised below, together with the other tenants'
                failures.append(failure)
        if failures:
            raise ExceptionGroup("some tenants' events were not relayed", failures)
        return looked_at

    async def _relay_tenant(self, tenant_id: UUID) -> int:
        async with self._runtime.works.begin(Actor.system(tenant_id)) as work:
            entries = await _claim(work)
            if not entries:
                return 0
            events = (
                await work.session.execute(
                    select(OutboxEvent.id, OutboxEvent.topic, OutboxEvent.occurred_at).where(
                        OutboxEvent.id.in_(list(entries.values()))
                    )
                )
            ).all()
            consumed = await _consumed(work, [event.id for event in events])
            due_again: dict[datetime, list[UUID]] = defaultdict(list)
            deliveries: list[Delivery] = []
            for event in events:
                waiting = [name for name in self._consumers.names(event.topic) if name not in consumed[event.id]]
                if waiting and work.now - event.occurred_at >= LIFETIME:
                    _log.error("event_abandoned", tenant_id=str(tenant_id), event_id=str(event.id), consumers=waiting)
                elif waiting:
                    due_again[_next_turn(event.occurred_at, work.now)].append(event.id)
                    deliveries += [(tenant_id, event.id, name) for name in waiting]
            await _postpone(work, due_again)
            kept = {event_id for event_ids in due_again.values() for event_id in event_ids}
            finished = [entry_id for entry_id, event_id in entries.items() if event_id not in kept]
            await work.session.execute(delete(DueEntry).where(DueEntry.id.in_(finished)))
            await work.session.execute(
                update(OutboxEvent)
                .where(OutboxEvent.id.in_(list(entries.values())), OutboxEvent.relayed_at.is_(None))
                .values(relayed_at=work.now)
            )
            # Last, so that a broker that refuses rolls everything back: the events stay due.
            if deliveries:
                await self._send(deliveries)
            return len(entries)


async def _claim(work: UnitOfWork) -> dict[UUID, UUID]:
    """Due entries and their events, locked until the transaction ends; what another relay holds is left out."""
    rows = await work.session.execute(
        select(DueEntry.id, DueEntry.subject_id)
        .where(DueEntry.kind == DueKind.OUTBOX, DueEntry.due_at <= work.now)
        .order_by(DueEntry.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return dict(rows.all())


async def _consumed(work: UnitOfWork, event_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = await work.session.execute(
        select(ConsumedEvent.event_id, ConsumedEvent.consumer).where(ConsumedEvent.event_id.in_(event_ids))
    )
    for event_id, consumer in rows:
        found[event_id].add(consumer)
    return found


async def _postpone(work: UnitOfWork, due_again: dict[datetime, list[UUID]]) -> None:
    for due_at, event_ids in due_again.items():
        await work.session.execute(
            update(DueEntry)
            .where(DueEntry.kind == DueKind.OUTBOX, DueEntry.subject_id.in_(event_ids))
            .values(due_at=due_at)
        )


def _next_turn(occurred_at: datetime, now: datetime) -> datetime:
    """When to look at an event again: the wait doubles with its age, in whole seconds so that updates are few."""
    patience = min(max(now - occurred_at, FIRST_PATIENCE), LONGEST_PATIENCE)
    return (now + patience).replace(microsecond=0)
