"""Event consumers: which function handles which event in which lane, and the proof that it did so once.

An area makes one `Consumers()` in its `tasks.py` and exports it as `consumers`; `app.worker` gathers them. What is
quick and only needs the tenant's own rows is handled together, some hundred events in one transaction:

    @consumers.together("ticket.moved", name="network.record_move", lane=DueKind.OUTBOX_FIGURES)
    async def record(work: UnitOfWork, runtime: Runtime, events: Sequence[Heard]) -> None: ...

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
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from app.kernel.actor import Actor
from app.kernel.bulk import insert_new
from app.kernel.outbox import LANES, ConsumedEvent, DueKind
from app.kernel.runtime import Runtime
from app.kernel.work import Origin, UnitOfWork


class Heard(msgspec.Struct, frozen=True):
    """An event as its consumers get it."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    occurred_at: datetime


Consumer = Callable[[Runtime, UUID, UUID, dict[str, Any]], Awaitable[None]]
"""Gets the runtime, the tenant, the event's id and its payload. When it raises, the event is retried later."""

Together = Callable[[UnitOfWork, Runtime, Sequence[Heard]], Awaitable[None]]
"""Gets a unit of work of the platform in one tenant, which holds the proofs, and events in no promised order. It must
not commit nor use anything but the database. When it raises, the batch is bisected to find the event at fault."""

NAME_LENGTH: Final = 80
TOGETHER: Final = frozenset({DueKind.OUTBOX, DueKind.OUTBOX_FIGURES})
"""Lanes whose events are handled together. In the others each is handled alone."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One consumer of one topic. The name is the proof of consumption; one of the two functions is set, by the lane."""

    topic: str
    name: str
    lane: DueKind
    alone: Consumer | None = None
    together: Together | None = None


class Consumers:
    """Topics and their named consumers. A name is unique in the whole program."""

    def __init__(self) -> None:
        self._by_topic: dict[str, dict[DueKind, list[Listener]]] = {}

    def on(self, topic: str, *, name: str, lane: DueKind = DueKind.OUTBOX_ERRAND) -> Callable[[Consumer], Consumer]:
        """Decorate a consumer that handles one event of `topic` at a time."""

        def decorate(function: Consumer) -> Consumer:
            self.register(Listener(topic, name, lane, alone=function))
            return function

        return decorate

    def together(self, topic: str, *, name: str, lane: DueKind = DueKind.OUTBOX) -> Callable[[Together], Together]:
        """Decorate a consumer that handles many events of `topic` at once; several topics may share the function."""

        def decorate(function: Together) -> Together:
            self.register(Listener(topic, name, lane, together=function))
            return function

        return decorate

    def register(self, listener: Listener) -> None:
        """Have the listener's function called for every event of its topic.

        Raises:
            ValueError: the name is taken or too long, or the lane handles events in the other way.
        """
        if len(listener.name) > NAME_LENGTH:
            raise ValueError(f"consumer name is too long: {listener.name}")
        if any(listener.name == known.name for known in self):
            raise ValueError(f"two consumers are called {listener.name}")
        if listener.lane not in LANES or (listener.lane in TOGETHER) is not (listener.together is not None):
            raise ValueError(f"{listener.name} cannot work in the lane {listener.lane}")
        self._by_topic.setdefault(listener.topic, {}).setdefault(listener.lane, []).append(listener)

    def include(self, others: "Consumers") -> None:
        """Take over what an area registered."""
        for listener in others:
            self.register(listener)

    def __iter__(self) -> Iterator[Listener]:
        for lanes in self._by_topic.values():
            for listeners in lanes.values():
                yield from listeners

    def of(self, topic: str, lane: DueKind) -> Sequence[Listener]:
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
    async with runtime.works.begin(Actor.system(tenant_id), origin or Origin(request_id=event_id.hex)) as work:
        yield work if await claim(work, [(consumer, event_id)]) else None


async def claim(work: UnitOfWork, heard: Sequence[tuple[str, UUID]]) -> set[tuple[str, UUID]]:
    """Write the proofs that these consumers handle these events now; those that are not yet proved."""
    rows = {
        work.new_id(): {"consumer": consumer, "event_id": event_id, "consumed_at": work.now}
        for consumer, event_id in heard
    }
    new = await insert_new(
        work.session, ConsumedEvent, [{"id": id_, **row} for id_, row in rows.items()], key=("consumer", "event_id")
    )
    return {proof for id_, proof in zip(rows, heard, strict=True) if id_ in new}
