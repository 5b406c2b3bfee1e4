"""Background work of promises: the sweep of what is due, and telling people of thresholds."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

import msgspec

from app.platform.background import Consumers, ReceivedEvent, Sweeps
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import areas
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises.events import ThresholdReached
from app.platform.promises.notices import AudienceOf, tell_people
from app.platform.promises.service import PromiseService

consumers = Consumers()
sweeps = Sweeps()


@sweeps.on(DueKind.PROMISE)
async def check_promises(runtime: Runtime, tenant_id: UUID, promise_ids: Sequence[UUID]) -> None:
    """Record breaches and thresholds that have come."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        await PromiseService(work).check(promise_ids)


@consumers.on_batch(ThresholdReached.topic, name="promises.notify_people")
async def notify_people(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Send notices to the people whom the records' areas name; too old events are skipped."""
    recent = [event for event in events if event.is_recent(work.now)]
    reached = [msgspec.convert(event.payload, ThresholdReached) for event in recent]
    await tell_people(work, reached, audiences(), public_url=runtime.settings.public_url)


@cache
def audiences() -> dict[str, AudienceOf]:
    """Kind of record → the function that its area declares for it."""
    return {kind: area.load(name) for area in areas() for kind, name in area.promises.items()}
