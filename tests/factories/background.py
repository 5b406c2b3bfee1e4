"""Runs due background work in the test's own process, by the test's clock."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import ParamSpec
from uuid import UUID

from sqlalchemy import select

from app.platform.background import Consumers, ReceivedEvent, Subscription
from app.platform.background.consumers import claim
from app.platform.background.sweeps import Sweeper
from app.platform.background.worker import Worker
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.worker import all_consumers, all_sweeps

Given = ParamSpec("Given")


async def run_due_work(runtime: Runtime) -> None:
    """Handle events and sweep with every area's consumers until nothing is due at the clock's time any more.

    What a consumer raises is raised, after everybody had their turn.
    """
    failures: list[Exception] = []
    consumers = Consumers()
    for subscription in all_consumers():
        consumers.register(_watched(subscription, failures))
    worker, sweeper = Worker(runtime, consumers), Sweeper(runtime, all_sweeps())
    while await worker.run_once() + await sweeper.run_once():
        pass
    if failures:
        raise failures[0]


def _watched(subscription: Subscription, failures: list[Exception]) -> Subscription:
    if subscription.on_event is not None:
        return dataclasses.replace(subscription, on_event=_noted(subscription.on_event, failures))
    assert subscription.on_batch is not None
    return dataclasses.replace(subscription, on_batch=_noted(subscription.on_batch, failures))


def _noted(function: Callable[Given, Awaitable[None]], failures: list[Exception]) -> Callable[Given, Awaitable[None]]:
    async def call(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            await function(*given, **named)
        except Exception as failure:
            failures.append(failure)
            raise

    return call


async def deliver_event(runtime: Runtime, tenant_id: UUID, event_id: UUID, consumer: str) -> bool:
    """Deliver one event to one consumer, once more or for the first time; whether it was the first time."""
    (subscription,) = [each for each in all_consumers() if each.name == consumer]
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        row = (
            await work.session.execute(
                select(OutboxEvent.id, OutboxEvent.topic, OutboxEvent.payload, OutboxEvent.occurred_at).where(
                    OutboxEvent.id == event_id
                )
            )
        ).one()
        event = ReceivedEvent(*row)
        if subscription.on_batch is not None:
            if not await claim(work, [(consumer, event_id)]):
                return False
            await subscription.on_batch(work, runtime, [event])
            return True
    assert subscription.on_event is not None
    await subscription.on_event(runtime, tenant_id, event_id, event.payload)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        return bool(await claim(work, [(consumer, event_id)]))
