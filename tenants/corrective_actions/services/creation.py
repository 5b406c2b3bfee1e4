"""Creating a corrective action, for a missed threshold or by headquarters' staff."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.background.mirrors import MirrorSide
from app.platform.kernel.counters import next_number
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.corrective_actions.lifecycle import ENDED, ActionState
from tenants.corrective_actions.models import NUMBER_PREFIX, CorrectiveAction, ThresholdBreach
from tenants.corrective_actions.schemas import Comparison
from tenants.corrective_actions.services import records
from tenants.models import TenantProfile


class MissedMonth(msgspec.Struct, frozen=True):
    """A partner's month on the bad side of the limit."""

    partner_id: UUID
    partner_name: str
    month: date
    value_hundredths: int
    cases: int


class ActionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Limit and dates of an action."""

    measure: str
    comparison: str
    limit_hundredths: int
    fewest_cases: int
    months: int
    due_on: date
    recheck_on: date
    threshold_id: UUID | None


def is_bad(value_hundredths: int, comparison: str, limit_hundredths: int) -> bool:
    """Whether a value lies on the bad side of a limit; the limit itself is good."""
    if comparison == Comparison.BELOW:
        return value_hundredths < limit_hundredths
    return value_hundredths > limit_hundredths


async def lock_opening(work: UnitOfWork) -> None:
    """Lock that serialises the opening of actions; the next transaction then sees this one."""
    await work.session.execute(select(TenantProfile.id).with_for_update())


async def ongoing_action(work: UnitOfWork, partner_id: UUID, measure: str, comparison: str) -> CorrectiveAction | None:
    """The partner's action about the same measure that has not ended."""
    found: CorrectiveAction | None = await work.session.scalar(
        select(CorrectiveAction)
        .where(
            CorrectiveAction.partner_id == partner_id,
            CorrectiveAction.measure == measure,
            CorrectiveAction.comparison == comparison,
            CorrectiveAction.state.not_in(ENDED),
        )
        .order_by(CorrectiveAction.id)
        .limit(1)
        .with_for_update()
    )
    return found


async def record_breach(work: UnitOfWork, threshold_id: UUID, missed: MissedMonth, action_id: UUID) -> None:
    """Record the missed month of a threshold with the action that covers it."""
    await work.session.execute(
        insert(ThresholdBreach)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            threshold_id=threshold_id,
            partner_id=missed.partner_id,
            month=missed.month,
            value_hundredths=missed.value_hundredths,
            cases=missed.cases,
            action_id=action_id,
            found_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "threshold_id", "partner_id", "month"])
    )


async def create_action(work: UnitOfWork, missed: MissedMonth, terms: ActionTerms, words: str = "") -> CorrectiveAction:
    """Open an action; `words` are headquarters' own to the partner."""
    action = CorrectiveAction(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        number=await next_number(work.session, work.actor, NUMBER_PREFIX, records.today_of(work)),
        partner_id=missed.partner_id,
        partner_name=missed.partner_name,
        threshold_id=terms.threshold_id,
        measure=terms.measure,
        comparison=terms.comparison,
        limit_hundredths=terms.limit_hundredths,
        fewest_cases=terms.fewest_cases,
        month=missed.month,
        months=terms.months,
        value_hundredths=missed.value_hundredths,
        cases=missed.cases,
        opened_at=work.now,
        state=ActionState.OPEN,
        state_revision=1,
        settled_by=MirrorSide.OWNER,
        due_on=terms.due_on,
        recheck_on=terms.recheck_on,
        round=1,
        owner_revision=0,
        other_revision=0,
        owner_name="",
        cause="",
        planned_measures="",
    )
    work.session.add(action)
    await work.session.flush()
    records.add_line(work, action, "opened", words)
    await records.publish_change(work, action, "opened")
    return action
