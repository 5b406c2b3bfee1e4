"""Event consumers: which function handles which event in which lane, and the proof that it did so once.

An area makes one `Consumers()` in its `tasks.py` and exports it as `consumers`; `app.worker` gathers them. What is
quick and only needs the tenant's own rows is handled together, some hundred events in one transaction:

    @consumers.on_batch("ticket.moved", name="partner_metrics.record_move", lane=DueKind.OUTBOX_FIGURES)
    async def record(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None: ...

What speaks to other servers, stands in another tenant or takes long is handled alone, outside any transaction:

    @consumers.on("member.joined", name="engineers.follow_joined")
    async def member_joined(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
        async with consume(runtime, tenant_id, event_id, "engineers.follow_joined") as work:
            if work is None:
                return
            ...

Events are delivered at least once, in no guaranteed order; the proof of consumption is written in the transaction of
the effect, so the effect happens once.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import LANES, ConsumedEvent, DueKind
from app.platform.kernel.performance import insert_missing
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import Origin, UnitOfWork

NOTICE_WINDOW: Final = timedelta(days=1)
"""For how long after it happened people are told of an event."""


class ReceivedEvent(msgspec.Struct, frozen=True):
    """An event as its consumers get it."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    occurred_at: datetime

    def is_recent(self, now: datetime) -> bool:
        """Whether people may still be told of it: after a replay or a long outage they must not be flooded."""
        return now - self.occurred_at <= NOTICE_WINDOW


Consumer = Callable[[Runtime, UUID, UUID, dict[str, Any]], Awaitable[None]]
"""Gets the runtime, the tenant, the event's id and its payload. When it raises, the event is retried later."""

BatchConsumer = Callable[[UnitOfWork, Runtime, Sequence[ReceivedEvent]], Awaitable[None]]
"""Gets a unit of work of the platform in one tenant, which holds the proofs, and events in no promised order. It must
not commit nor use anything but the database. When it raises, the batch is bisected to find the event at fault."""

NAME_LENGTH: Final = 80
BATCH_LANES: Final = frozenset({DueKind.OUTBOX, DueKind.OUTBOX_FIGURES})
"""Lanes whose events are handled together. In the others each is handled alone."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer of one topic. The name is the proof of consumption; one of the two functions is set, by the lane."""

    topic: str
    name: str
    lane: DueKind
    on_event: Consumer | None = None
    on_batch: BatchConsumer | None = None


class Consumers:
    """Topics and their named consumers. A name is unique in the whole program."""

    def __init__(self) -> None:
        self._by_topic: dict[str, dict[DueKind, list[Subscription]]] = {}

    def on(self, topic: str, *, name: str, lane: DueKind = DueKind.OUTBOX_FOLLOW_UP) -> Callable[[Consumer], Consumer]:
        """Decorate a consumer that handles one event of `topic` at a time."""

        def decorate(function: Consumer) -> Consumer:
            self.register(Subscription(topic, name, lane, on_event=function))
            return function

        return decorate

    def on_batch(
        self, topic: str, *, name: str, lane: DueKind = DueKind.OUTBOX
    ) -> Callable[[BatchConsumer], BatchConsumer]:
        """Decorate a consumer that handles many events of `topic` at once; several topics may share the function."""

        def decorate(function: BatchConsumer) -> BatchConsumer:
            self.register(Subscription(topic, name, lane, on_batch=function))
            return function

        return decorate

    def register(self, subscription: Subscription) -> None:
        """Have the listener's function called for every event of its topic.

        Raises:
            ValueError: the name is taken or too long, or the lane handles events in the other way.
        """
        if len(subscription.name) > NAME_LENGTH:
            raise ValueError(f"consumer name is too long: {subscription.name}")
        if any(subscription.name == known.name for known in self):
            raise ValueError(f"two consumers are called {subscription.name}")
        if subscription.lane not in LANES or (subscription.lane in BATCH_LANES) is not (
            subscription.on_batch is not None
        ):
            raise ValueError(f"{subscription.name} cannot work in the lane {subscription.lane}")
        self._by_topic.setdefault(subscription.topic, {}).setdefault(subscription.lane, []).append(subscription)

    def include(self, others: "Consumers") -> None:
        """Take over what an area registered."""
        for subscription in others:
            self.register(subscription)

    def __iter__(self) -> Iterator[Subscription]:
        for lanes in self._by_topic.values():
            for listeners in lanes.values():
                yield from listeners

    def of(self, topic: str, lane: DueKind) -> Sequence[Subscription]:
        """Who listens to `topic` in `lane`."""
        return self._by_topic.get(topic, {}).get(lane, ())

    def next_lane(self, topic: str, after: DueKind) -> DueKind | None:
        """The next lane, less urgent than `after`, in which somebody listens to `topic`."""
        listening = self._by_topic.get(topic, {})
        return next((lane for lane in LANES[LANES.index(after) + 1 :] if lane in listening), None)


@asynccontextmanager
async def consume(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, consumer: str, origin: Origin | None = None
) -> AsyncIterator[UnitOfWork | None]:
    """A unit of work of the platform in `tenant_id`, holding the proof that `consumer` handled the event.

    Yields None when it was handled before. A second delivery at the same moment waits for the first: it goes on only
    if the first rolled back.
    """
    async with runtime.units_of_work.begin(Actor.system(tenant_id), origin or Origin(request_id=event_id.hex)) as work:
        yield work if await claim(work, [(consumer, event_id)]) else None


async def claim(work: UnitOfWork, heard: Sequence[tuple[str, UUID]]) -> set[tuple[str, UUID]]:
    """Write the proofs that these consumers handle these events now; those that are not yet proved."""
    rows = {
        work.new_id(): {"consumer": consumer, "event_id": event_id, "consumed_at": work.now}
        for consumer, event_id in heard
    }
    new = await insert_missing(
        work.session, ConsumedEvent, [{"id": id_, **row} for id_, row in rows.items()], key=("consumer", "event_id")
    )
    return {proof for id_, proof in zip(rows, heard, strict=True) if id_ in new}
