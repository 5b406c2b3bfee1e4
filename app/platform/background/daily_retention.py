"""Deletion of what is old enough, by the rules that the areas declare.

Once a day an event is published in every tenant; workers then apply the rules in small steps.
"""

from functools import cache
from typing import Any, ClassVar, Final
from uuid import UUID

from app.platform.background.consumers import Consumers
from app.platform.background.daily_jobs import DailyJob
from app.platform.kernel.areas import areas, declared
from app.platform.kernel.logs import log
from app.platform.kernel.outbox import DueKind, Event
from app.platform.kernel.retention import RetentionRule, delete_expired
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

consumers = Consumers()
_log: Final = log(__name__)


class DayPassed(Event, frozen=True):
    """The daily retention is to run in this tenant."""

    topic: ClassVar[str] = "retention.day_passed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG


@cache
def retention_rules() -> tuple[RetentionRule, ...]:
    """The rules of all areas."""
    return tuple(rule for rules in declared("retention") for rule in rules)


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day."""
    return (DailyJob("retention.begin", 3, begin),)


async def begin(work: UnitOfWork) -> None:
    """The daily job: a worker does the rest."""
    work.publish(DayPassed())


@consumers.on(DayPassed.topic, name="retention.forget", lane=DueKind.OUTBOX_LONG)
async def delete_what_expired(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Carry out every rule in one tenant. When it is cut off, the next try goes on with what is left."""
    gone = {rule.model.__tablename__: await delete_expired(runtime, tenant_id, rule) for rule in retention_rules()}
    for area in areas():
        for what, name in area.clean_up.items():
            gone[what] = await area.load(name)(runtime, tenant_id)
    _log.info("forgotten", **{name.replace(" ", "_"): count for name, count in gone.items() if count})
