"""Background tasks of corrective actions: mirroring, reminders, the daily evaluation of thresholds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.platform.background import Consumers, DailyJob, Sweeps, consume
from app.platform.background.mirrors import follow_mirror, offering_job
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.corrective_actions.events import PartnerLetterWritten
from tenants.corrective_actions.models import CORRECTIVE_ACTIONS, CorrectiveAction
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.evaluation import evaluate
from tenants.corrective_actions.services.following import follow
from tenants.corrective_actions.services.letters import deliver_letter
from tenants.corrective_actions.services.notifying import remind

consumers = Consumers()
sweeps = Sweeps()
follow_mirror(consumers, CORRECTIVE_ACTIONS, name="corrective_actions.mirror", followed=follow)

EVALUATION_HOUR = 5


@consumers.on(PartnerLetterWritten.topic, name="corrective_actions.deliver_letter")
async def deliver_partner_letter(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Headquarters' words reach the partner; the proof is written last, because the letter stands in its tenant."""
    await deliver_letter(runtime, event_id, msgspec.convert(payload, PartnerLetterWritten))
    async with consume(runtime, tenant_id, event_id, "corrective_actions.deliver_letter"):
        pass


@sweeps.on(DueKind.CORRECTIVE_ACTION)
async def send_reminders(runtime: Runtime, tenant_id: UUID, action_ids: Sequence[UUID]) -> None:
    """Send reminders for due and re-check dates that have come, and schedule the next one."""
    for action_id in action_ids:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            action = await work.session.get(CorrectiveAction, (tenant_id, action_id), with_for_update=True)
            if action is not None:
                await remind(work, action, runtime.settings.public_url)
                await records.schedule_reminder(work, action)


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """The evaluation of the thresholds, whose roll-ups are read on the network role's connections; what has not ended
    is offered to the other side again."""

    async def look(work: UnitOfWork) -> None:
        await evaluate(work, runtime.engine("network"))

    return (
        DailyJob("corrective_actions.evaluate", EVALUATION_HOUR, look, headquarters_only=True),
        offering_job(CORRECTIVE_ACTIONS, name="corrective_actions.offer"),
    )
