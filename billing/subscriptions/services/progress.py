"""What the days and invoices make of a subscription: its steps and bills, in the partner's tenant."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from sqlalchemy import func, select

from app.platform.kernel.live_updates import Change
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.periods import Cycle, Period, whole_period
from billing.royalties.models import RoyaltyInvoice
from billing.subscriptions.events import PlanBilled, PlanReminded, SubscriptionStepped
from billing.subscriptions.models import PlanBill, PlanSubscription, PlanSubscriptionStep, PlanVersion
from billing.subscriptions.reckoning import BillLine, beyond_the_plan, close, fee
from billing.subscriptions.services.catalogue import fits, plan_on, price_of, version_of
from billing.subscriptions.services.usage import count_usage, highest_usage
from billing.subscriptions.standing import Facts, Patience, next_move
from billing.subscriptions.states import SUBSCRIPTION, SubscriptionMove, SubscriptionState
from tenants.company_time import company_day

RECORD: Final = "plan_subscription"
TRIAL_REMINDERS: Final = (7, 1)
"""Days before the trial's end on which people are told of it."""
TRIAL_ENDING: Final = "trial_ending"
OVER_PLAN: Final = "over_plan"


async def locked_subscription(work: UnitOfWork) -> PlanSubscription | None:
    """The company's own, locked."""
    return await work.session.get(
        PlanSubscription, (work.tenant_id, work.tenant_id), with_for_update=True, populate_existing=True
    )


async def advance(work: UnitOfWork) -> None:
    """Take every step that is due today. Doing it again changes nothing."""
    row = await locked_subscription(work)
    if row is None:
        return
    today = await company_day(work)
    while (move := next_move(await facts_of(work, row), today, await patience_of(work, row))) is not None:
        await _take(work, row, move, today)


async def count_and_remind(work: UnitOfWork) -> None:
    """Once a day: count what is used, and tell in time what will cost something."""
    row = await locked_subscription(work)
    if row is None:
        return
    used = await count_usage(work)
    row.engineers, row.devices = used
    today = await company_day(work)
    if row.state == SubscriptionState.TRIAL:
        if (row.period_end - today).days in TRIAL_REMINDERS:
            work.publish(PlanReminded(kind=TRIAL_ENDING, reference=f"{row.period_end}:{(row.period_end - today).days}"))
    elif not fits(await version_of(work, row.version_id), used.engineers, used.devices):
        work.publish(PlanReminded(kind=OVER_PLAN, reference=f"{row.period_start}:{row.plan_code}"))


async def facts_of(work: UnitOfWork, row: PlanSubscription) -> Facts:
    """What the next step follows from."""
    return Facts(row.state, row.period_end, row.ending, await oldest_due(work))


async def oldest_due(work: UnitOfWork) -> date | None:
    """The due day of the oldest open invoice for the plan."""
    return await work.session.scalar(
        select(func.min(RoyaltyInvoice.due_on)).where(RoyaltyInvoice.bill_id.is_not(None), RoyaltyInvoice.open > 0)
    )


async def patience_of(work: UnitOfWork, row: PlanSubscription) -> Patience:
    """As it was sold."""
    version = await version_of(work, row.version_id)
    return Patience(version.past_due_days, version.grace_days)


async def step(work: UnitOfWork, row: PlanSubscription, kind: str, state: SubscriptionState | None = None) -> None:
    """Write down what happened, and tell; `state` is the one that follows."""
    if state is not None:
        row.state = state
    row.changed_at, row.version = work.now, row.version + 1
    made = PlanSubscriptionStep(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        subscription_id=row.id,
        occurred_at=work.now,
        kind=kind,
        state=row.state,
        plan_code=row.plan_code,
        actor_name=work.actor.display_name,
    )
    await work.session.flush()
    work.session.add(made)
    work.publish(SubscriptionStepped(step_id=made.id, kind=kind))
    work.audit("plan_subscription.changed", RECORD, row.id, kind=kind, state=row.state, plan=row.plan_code)
    work.announce(Change(kind=RECORD, id=row.id))
    await work.session.flush()


async def bill(work: UnitOfWork, row: PlanSubscription, occasion: str, day: date, lines: Sequence[BillLine]) -> None:
    """Ask for what the lines come to; what is in the partner's favour becomes credit."""
    if not lines:
        return
    made = close(lines, row.credit)
    row.credit = made.credit
    record = PlanBill(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        subscription_id=row.id,
        occasion=occasion,
        day=day,
        currency=row.currency,
        lines=msgspec.to_builtins(made.lines),
        net=made.net,
        credit=made.credit,
        made_at=work.now,
    )
    work.session.add(record)
    if made.net:
        work.publish(PlanBilled(bill_id=record.id))
    await work.session.flush()


async def begin_period(work: UnitOfWork, row: PlanSubscription, start: date, lines: Sequence[BillLine] = ()) -> None:
    """The period that holds `start`, at the price of that day, billed in advance together with `lines`."""
    version: PlanVersion = await plan_on(work, row.plan_code, start) or await version_of(work, row.version_id)
    period = whole_period(row.anchor, Cycle.MONTH, start)
    row.version_id, row.currency = version.id, version.currency
    row.period_start, row.period_end, row.counted_from = period.start, period.end, period.start
    await bill(work, row, f"period:{period.start}", period.start, [*lines, fee(price_of(version), period)])


async def uncounted_lines(work: UnitOfWork, row: PlanSubscription, until: date) -> list[BillLine]:
    """What the days up to `until` that are still to be billed have used beyond the plan; a trial uses for nothing."""
    if row.state == SubscriptionState.TRIAL or until <= row.counted_from:
        return []
    part = Period(row.counted_from, until)
    used = await highest_usage(work, part)
    price = price_of(await version_of(work, row.version_id))
    return beyond_the_plan(price, used, Period(row.period_start, row.period_end), part)


async def _take(work: UnitOfWork, row: PlanSubscription, move: SubscriptionMove, today: date) -> None:
    SUBSCRIPTION.require(move, row.state)
    before, ends = row.state, SUBSCRIPTION.moves[move].ends
    if move is SubscriptionMove.CONVERT:
        row.anchor = row.period_end
        await begin_period(work, row, row.period_end)
    elif move is SubscriptionMove.RENEW:
        await begin_period(work, row, row.period_end, await uncounted_lines(work, row, row.period_end))
    elif move is SubscriptionMove.END:
        await bill(work, row, f"end:{row.period_end}", row.period_end, await uncounted_lines(work, row, row.period_end))
    elif before == SubscriptionState.READ_ONLY and today >= row.period_end:
        # Nobody pays for the time in which nothing could be done: a new period begins with the payment.
        row.anchor = today
        await begin_period(work, row, today, await uncounted_lines(work, row, row.period_end))
    await step(work, row, move, SubscriptionState(before) if len(ends) > 1 else SUBSCRIPTION.moves[move].end)


def trial_end(today: date, version: PlanVersion) -> date:
    """The first day that costs something."""
    return today + timedelta(days=max(version.trial_days, 1))
