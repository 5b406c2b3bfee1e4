"""Headquarters' roll-ups against its thresholds: who missed one gets a corrective action, once for each month."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.corrective_actions.models import QualityThreshold, ThresholdBreach
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.creation import (
    ActionTerms,
    MissedMonth,
    create_action,
    is_bad,
    lock_opening,
    ongoing_action,
    record_breach,
)
from tenants.corrective_actions.services.records import HUNDREDTHS
from tenants.partner_metrics import Grain, Measure, MeasuredMonth, beginning, measured_months, preceding


def missed_by(threshold: QualityThreshold, months: list[MeasuredMonth]) -> MeasuredMonth | None:
    """The last month, if all the months that the threshold looks at are bad and have cases enough."""
    if len(months) < threshold.months:
        return None
    for month in months[-threshold.months :]:
        if month.value is None or month.cases < threshold.fewest_cases:
            return None
        if not is_bad(round(month.value * HUNDREDTHS), threshold.comparison, threshold.limit_hundredths):
            return None
    return months[-1]


async def evaluate(work: UnitOfWork, engine: AsyncEngine) -> int:
    """Compare the last complete month with every active threshold; how many actions were opened.

    Runs in headquarters' tenant, every day: a month that turns bad by what arrives late is found too. `engine` is the
    network role's. A partner whose action for the same measure is still going on gets a line in it, not a second one.
    """
    month = preceding(Grain.MONTH, beginning(Grain.MONTH, records.today_of(work)))
    thresholds = await work.session.scalars(
        select(QualityThreshold).where(QualityThreshold.active).order_by(QualityThreshold.id)
    )
    opened = 0
    for threshold in thresholds.all():
        first = month
        for _ in range(threshold.months - 1):
            first = preceding(Grain.MONTH, first)
        measured = await measured_months(engine, Measure(threshold.measure), first, month)
        known = set(
            await work.session.scalars(
                select(ThresholdBreach.partner_id).where(
                    ThresholdBreach.threshold_id == threshold.id, ThresholdBreach.month == month
                )
            )
        )
        for partner in measured:
            last = missed_by(threshold, partner.months)
            if last is None or last.value is None or partner.id in known:
                continue
            missed = MissedMonth(partner.id, partner.name, month, round(last.value * HUNDREDTHS), last.cases)
            opened += await _answer_for(work, threshold, missed)
    return opened


async def _answer_for(work: UnitOfWork, threshold: QualityThreshold, missed: MissedMonth) -> bool:
    """Whether a new action was opened."""
    await lock_opening(work)
    going_on = await ongoing_action(work, missed.partner_id, threshold.measure, threshold.comparison)
    action = going_on or await create_action(work, missed, _terms(work, threshold))
    await record_breach(work, threshold.id, missed, action.id)
    if going_on is not None:
        value = f"{missed.value_hundredths / HUNDREDTHS:g}"
        records.add_line(work, going_on, "breached_again", f"{missed.month:%Y-%m} {value}")
        await records.publish_change(work, going_on, "breached_again")
    return going_on is None


def _terms(work: UnitOfWork, threshold: QualityThreshold) -> ActionTerms:
    due_on = records.today_of(work) + timedelta(days=threshold.due_days)
    return ActionTerms(
        measure=threshold.measure,
        comparison=threshold.comparison,
        limit_hundredths=threshold.limit_hundredths,
        fewest_cases=threshold.fewest_cases,
        months=threshold.months,
        due_on=due_on,
        recheck_on=due_on + timedelta(days=threshold.recheck_days),
        threshold_id=threshold.id,
    )
