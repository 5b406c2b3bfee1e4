"""Headquarters' roll-ups against its thresholds: who missed one gets a corrective action, once for each month."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.kernel.counters import next_number
from app.kernel.work import UnitOfWork
from tenants.corrective_actions.lifecycle import ENDED, ActionState, Side
from tenants.corrective_actions.models import NUMBER_PREFIX, CorrectiveAction, QualityThreshold, ThresholdBreach
from tenants.corrective_actions.schemas import Comparison
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.records import HUNDREDTHS
from tenants.network import Grain, Measure, MeasuredMonth, beginning, measured_months, preceding

Months = dict[UUID, list[MeasuredMonth]]


class Missed(msgspec.Struct, frozen=True):
    """A partner's last month that missed a threshold."""

    partner_id: UUID
    partner_name: str
    value_hundredths: int
    cases: int


def is_bad(value_hundredths: int, comparison: str, limit_hundredths: int) -> bool:
    """Whether a value lies on the bad side of a limit; the limit itself is good."""
    if comparison == Comparison.BELOW:
        return value_hundredths < limit_hundredths
    return value_hundredths > limit_hundredths


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
    """Hold the last complete month against every active threshold; how many actions were opened.

    Runs in headquarters' tenant, every day: a month that turns bad by what arrives late is found too. `engine` is the
    network role's. A partner whose action for the same threshold is still going on gets a line in it, not a second one.
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
            missed = Missed(partner.id, partner.name, round(last.value * HUNDREDTHS), last.cases)
            opened += await _answer_for(work, threshold, month, missed)
    return opened


async def _answer_for(work: UnitOfWork, threshold: QualityThreshold, month: date, missed: Missed) -> bool:
    """Whether a new action was opened."""
    going_on = await work.session.scalar(
        select(CorrectiveAction)
        .where(
            CorrectiveAction.threshold_id == threshold.id,
            CorrectiveAction.partner_id == missed.partner_id,
            CorrectiveAction.state.not_in(ENDED),
        )
        .with_for_update()
    )
    action = going_on or await _open(work, threshold, month, missed)
    await work.session.execute(
        insert(ThresholdBreach)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            threshold_id=threshold.id,
            partner_id=missed.partner_id,
            month=month,
            value_hundredths=missed.value_hundredths,
            cases=missed.cases,
            action_id=action.id,
            found_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "threshold_id", "partner_id", "month"])
    )
    if going_on is not None:
        value = f"{missed.value_hundredths / HUNDREDTHS:g}"
        records.line(work, going_on, "breached_again", f"{month:%Y-%m} {value}")
        await records.changed(work, going_on, "breached_again")
    return going_on is None


async def _open(work: UnitOfWork, threshold: QualityThreshold, month: date, missed: Missed) -> CorrectiveAction:
    today = records.today_of(work)
    due_on = today + timedelta(days=threshold.due_days)
    action = CorrectiveAction(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        number=await next_number(work.session, work.actor, NUMBER_PREFIX, today),
        partner_id=missed.partner_id,
        partner_name=missed.partner_name,
        threshold_id=threshold.id,
        measure=threshold.measure,
        comparison=threshold.comparison,
        limit_hundredths=threshold.limit_hundredths,
        fewest_cases=threshold.fewest_cases,
        month=month,
        months=threshold.months,
        value_hundredths=missed.value_hundredths,
        cases=missed.cases,
        opened_at=work.now,
        state=ActionState.OPEN,
        revision=1,
        settled_by=Side.HEADQUARTERS,
        due_on=due_on,
        recheck_on=due_on + timedelta(days=threshold.recheck_days),
        round=1,
        hq_revision=0,
        partner_revision=0,
        owner_name="",
        cause="",
        planned_measures="",
    )
    work.session.add(action)
    await work.session.flush()
    records.line(work, action, "opened")
    await records.changed(work, action, "opened")
    return action
