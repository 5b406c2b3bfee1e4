"""Corrective actions of the large network: thresholds of headquarters and the first partners' answers."""

from collections.abc import Sequence
from typing import Final

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from tenants.corrective_actions import (
    ActionService,
    Comparison,
    Plan,
    Progress,
    ThresholdCreate,
    ThresholdService,
    evaluate,
)
from tenants.partner_metrics import Measure

_THRESHOLDS: Final = (
    ThresholdCreate(measure=Measure.ARRIVAL, comparison=Comparison.BELOW, limit=75),
    ThresholdCreate(measure=Measure.SATISFACTION, comparison=Comparison.BELOW, limit=4.2),
    ThresholdCreate(measure=Measure.REOPENED, comparison=Comparison.ABOVE, limit=12),
)
_PLANS: Final = (
    Plan(cause="市区只有两名工程师，早高峰同时报修时来不及", planned_measures="每天早上多排一名工程师，值守软件园"),
    Plan(cause="新同事不熟悉打印机，修过又坏", planned_measures="由高级工程师带两周；换件前先测试"),
)
_PROGRESS: Final = Progress(text="已排好下月的班，两名工程师开始带教。")


async def run_corrective_actions(simulation: Simulation, administrator: Actor, partners: Sequence[Partner]) -> int:
    """Set thresholds and evaluate the last month; returns the number of opened actions.

    One partner plans its action, one has started, the others have not answered.
    """
    units_of_work = simulation.runtime.units_of_work
    async with units_of_work.begin(administrator) as work:
        for threshold in _THRESHOLDS:
            await ThresholdService(work).add(threshold)
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        opened = await evaluate(work, simulation.runtime.engine("network"))
    await simulation.run_due_work()
    plans = list(_PLANS)
    for partner in partners:
        if not plans:
            break
        async with units_of_work.begin(partner.owner) as work:
            service = ActionService(work)
            for action in (await service.going_on([partner.id]))[:1]:
                await service.plan(action.id, plans.pop())
                if not plans:
                    await service.start(action.id)
                    await service.report_progress(action.id, _PROGRESS)
        await simulation.run_due_work()
    return opened
