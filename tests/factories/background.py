"""Runs due background work in the test's own process, by the test's clock."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import ParamSpec
from uuid import UUID

from sqlalchemy import select

from app.background import Consumers, Heard, Listener
from app.background.consumers import claim
from app.background.sweeps import Sweeper
from app.background.worker import Worker
from app.kernel.actor import Actor
from app.kernel.outbox import OutboxEvent
from app.kernel.runtime import Runtime
from app.worker import all_consumers, all_sweeps

Given = ParamSpec("Given")


async def settle(runtime: Runtime) -> None:
    """Handle events and sweep with every area's consumers until nothing is due at the clock's time any more.

    What a consumer raises is raised, after everybody had their turn.
    """
    failures: list[Exception] = []
    consumers = Consumers()
    for listener in all_consumers():
        consumers.register(_watched(listener, failures))
    worker, sweeper = Worker(runtime, consumers), Sweeper(runtime, all_sweeps())
    while await worker.run_once() + await sweeper.run_once():
        pass
    if failures:
        raise failures[0]


def _watched(listener: Listener, failures: list[Exception]) -> Listener:
    if listener.alone is not None:
        return dataclasses.replace(listener, alone=_noted(listener.alone, failures))
    assert listener.together is not None
    return dataclasses.replace(listener, together=_noted(listener.together, failures))


def _noted(function: Callable[Given, Awaitable[None]], failures: list[Exception]) -> Callable[Given, Awaitable[None]]:
    async def call(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            await function(*given, **named)
        except Exception as failure:
            failures.append(failure)
            raise

    return call


async def hear(runtime: Runtime, tenant_id: UUID, event_id: UUID, consumer: str) -> bool:
    """Deliver one event to one consumer, once more or for the first time; whether it was the first time."""
    (listener,) = [each for each in all_consumers() if each.name == consumer]
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        row = (
            await work.session.execute(
                select(OutboxEvent.id, OutboxEvent.topic, OutboxEvent.payload, OutboxEvent.occurred_at).where(
                    OutboxEvent.id == event_id
                )
            )
        ).one()
        event = Heard(*row)
        if listener.together is not None:
            if not await claim(work, [(consumer, event_id)]):
                return False
            await listener.together(work, runtime, [event])
            return True
    assert listener.alone is not None
    await listener.alone(runtime, tenant_id, event_id, event.payload)
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        return bool(await claim(work, [(consumer, event_id)]))
