"""Who listens to which event, and the proof that each has heard it once.

An area makes one `Consumers()` in its `tasks.py` and exports it as `consumers`; `app.worker` gathers them:

    consumers = Consumers()

    @consumers.on("tickets.reported", name="sla.start_clocks")
    async def start_clocks(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
        async with consume(runtime, tenant_id, event_id, "sla.start_clocks") as work:
            if work is None:
                return
            ...

Deliveries are at least once and in no promised order; `consume` makes their effect exactly once.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.actor import Actor
from app.kernel.outbox import ConsumedEvent, OutboxEvent
from app.kernel.runtime import Runtime
from app.kernel.work import Origin, UnitOfWork

Consumer = Callable[[Runtime, UUID, UUID, dict[str, Any]], Awaitable[None]]
"""Gets the runtime, the tenant, the event's id and its payload. Raising means: deliver it again later."""

NAME_LENGTH = 80


class ForgedTask(Exception):
    """A task names an event that its tenant does not have, or a consumer that does not listen to it."""


class Consumers:
    """Topics and their named consumers. A name is unique in the whole program: it is the proof of consumption."""

    def __init__(self) -> None:
        self._by_topic: dict[str, dict[str, Consumer]] = {}

    def on(self, topic: str, *, name: str) -> Callable[[Consumer], Consumer]:
        """Decorate a consumer of `topic`."""

        def decorate(function: Consumer) -> Consumer:
            self.register(topic, name, function)
            return function

        return decorate

    def register(self, topic: str, name: str, function: Consumer) -> None:
        """Have `function` called for every event of `topic`.

        Raises:
            ValueError: the name is taken or too long.
        """
        if len(name) > NAME_LENGTH:
            raise ValueError(f"consumer name is too long: {name}")
        if any(name == known for _, known, _ in self):
            raise ValueError(f"two consumers are called {name}")
        self._by_topic.setdefault(topic, {})[name] = function

    def include(self, others: "Consumers") -> None:
        """Take over what an area registered."""
        for topic, name, function in others:
            self.register(topic, name, function)

    def __iter__(self) -> Iterator[tuple[str, str, Consumer]]:
        for topic, named in self._by_topic.items():
            for name, function in named.items():
                yield topic, name, function

    def names(self, topic: str) -> tuple[str, ...]:
        """The names of those who listen to `topic`."""
        return tuple(self._by_topic.get(topic, ()))

    def find(self, topic: str, name: str) -> Consumer | None:
        """The consumer `name` of `topic`."""
        return self._by_topic.get(topic, {}).get(name)


@asynccontextmanager
async def consume(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, consumer: str, origin: Origin | None = None
) -> AsyncIterator[UnitOfWork | None]:
    """A unit of work of the platform in `tenant_id`, holding the proof that `consumer` handled the event.

    Yields None when it was handled before. A second delivery at the same moment waits for the first: it goes on only
    if the first rolled back.
    """
    async with runtime.works.begin(Actor.system(tenant_id), origin or Origin(request_id=event_id.hex)) as work:
        yield work if await _claim(work, event_id, consumer) else None


async def handle(runtime: Runtime, consumers: Consumers, tenant_id: UUID, event_id: UUID, consumer: str) -> bool:
    """Run one consumer on one event, unless it did so before; what a task says is checked against the event's row.

    A consumer that wrote no proof itself (it changes nothing in the database) is written down here, after it returned.

    Raises:
        ForgedTask: the tenant has no such event, or the event has no such consumer.
        Exception: whatever the consumer raised; the relay delivers the event again.
    """
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        event = (
            await work.session.execute(select(OutboxEvent.topic, OutboxEvent.payload).where(OutboxEvent.id == event_id))
        ).first()
        done = await work.session.scalar(
            select(ConsumedEvent.id).where(ConsumedEvent.event_id == event_id, ConsumedEvent.consumer == consumer)
        )
    if event is None:
        raise ForgedTask(f"no event {event_id} in tenant {tenant_id}")
    function = consumers.find(event.topic, consumer)
    if function is None:
        raise ForgedTask(f"{consumer} does not listen to {event.topic}")
    if done is not None:
        return False
    await function(runtime, tenant_id, event_id, event.payload)
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        await _claim(work, event_id, consumer)
    return True


async def _claim(work: UnitOfWork, event_id: UUID, consumer: str) -> bool:
    claimed = await work.session.scalar(
        insert(ConsumedEvent)
        .values(tenant_id=work.tenant_id, id=work.new_id(), consumer=consumer, event_id=event_id, consumed_at=work.now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "consumer", "event_id"])
        .returning(ConsumedEvent.id)
    )
    return claimed is not None
