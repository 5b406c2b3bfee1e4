"""The partner's own plan: begin, look, change, end."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.periods import Period
from billing.subscriptions.errors import PaymentOverdue, PlanChosen, PlanTooSmall
from billing.subscriptions.models import PlanBill, PlanSubscription, PlanSubscriptionStep, PlanVersion
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.reckoning import Bill, BillLine, beyond_the_plan, change, close
from billing.subscriptions.schemas import (
    PlanBillView,
    PlanChoice,
    PlanOffer,
    PlanUsageView,
    PlanVersionView,
    SubscriptionStepView,
    SubscriptionView,
)
from billing.subscriptions.services.catalogue import PlanCatalogue, fits, price_of, sold_plan, version_of
from billing.subscriptions.services.progress import (
    begin_period,
    bill,
    locked_subscription,
    oldest_due,
    patience_of,
    step,
    trial_end,
    uncounted_lines,
)
from billing.subscriptions.services.usage import count_usage, highest_usage, usage_now
from billing.subscriptions.standing import read_only_from
from billing.subscriptions.states import SUBSCRIPTION, UNPAID, SubscriptionMove, SubscriptionState
from tenants.company_time import company_day

SHOWN = 24


class PlanSubscriptions:
    """The plan of the actor's company.

    Raises:
        Forbidden: without `plan:read`.
        NotFound: headquarters buys no plan.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PlanPermission.PLAN_READ)
        if work.tenant_id == HQ_TENANT_ID:
            raise NotFound
        self._work = work

    async def current(self) -> SubscriptionView | None:
        """The plan with usage, steps and bills; None before one was chosen."""
        row = await self._work.session.get(PlanSubscription, (self._work.tenant_id, self._work.tenant_id))
        return await self._view(row) if row is not None else None

    async def offers(self) -> list[PlanOffer]:
        """What is sold today, and what changing to it would ask for at once."""
        work, found = self._work, []
        used, today = await usage_now(work), await company_day(work)
        row = await work.session.get(PlanSubscription, (work.tenant_id, work.tenant_id))
        own = await version_of(work, row.version_id) if row is not None else None
        for offered in await PlanCatalogue(work).on_sale():
            version = await version_of(work, offered.id)
            asked: Bill = Bill((), 0, 0)
            if row is not None and own is not None and row.state == SubscriptionState.ACTIVE:
                asked = close(await self._change_lines(row, own, version, today), row.credit)
            found.append(
                PlanOffer(
                    plan=offered,
                    current=row is not None and row.plan_code == offered.code and row.state != SubscriptionState.ENDED,
                    too_small=own is not None and version.price < own.price and not fits(version, *used),
                    lines=list(asked.lines),
                    net=asked.net,
                    credit=asked.credit,
                )
            )
        return found

    async def start(self, code: str) -> SubscriptionView:
        """Begin a trial, unless there is a plan already.

        Raises:
            PlanNotSold
        """
        work, today = self._work, await company_day(self._work)
        work.require_writable()
        version = await sold_plan(work, code, today)
        used, until = await count_usage(work), trial_end(today, version)
        made = await work.session.scalar(
            insert(PlanSubscription)
            .values(
                tenant_id=work.tenant_id,
                id=work.tenant_id,
                plan_code=code,
                version_id=version.id,
                state=SubscriptionState.TRIAL,
                anchor=until,
                period_start=today,
                period_end=until,
                counted_from=today,
                ending=False,
                currency=version.currency,
                credit=0,
                engineers=used.engineers,
                devices=used.devices,
                started_at=work.now,
                changed_at=work.now,
                version=1,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
            .returning(PlanSubscription.id)
        )
        row = await self._locked()
        if made is not None:
            await step(work, row, "start")
        return await self._view(row)

    async def choose(self, wanted: PlanChoice) -> SubscriptionView:
        """Have this plan from today on. The first one begins with a trial, one that has ended begins anew; inside a
        period the rest of both is reckoned by days. A cheaper one has to include what is used.

        Raises:
            Forbidden: without `plan:order`.
            StaleVersion, PlanNotSold, PlanChosen, PlanTooSmall, PaymentOverdue
        """
        work = self._work
        work.actor.require(PlanPermission.PLAN_ORDER)
        row = await locked_subscription(work)
        if row is None:
            return await self.start(wanted.code)
        if row.version != wanted.version:
            raise StaleVersion
        today = await company_day(work)
        version, own = await sold_plan(work, wanted.code, today), await version_of(work, row.version_id)
        used = await count_usage(work)
        if row.state in UNPAID:
            raise PaymentOverdue
        if row.state != SubscriptionState.ENDED and row.plan_code == wanted.code:
            raise PlanChosen
        if version.price < own.price and not fits(version, *used):
            raise PlanTooSmall(
                engineers=used.engineers,
                devices=used.devices,
                included_engineers=version.included_engineers,
                included_devices=version.included_devices,
            )
        if row.state == SubscriptionState.ENDED:
            await self._restart(row, version, today)
        else:
            await self._change(row, own, version, today)
        return await self._view(row)

    async def end(self, version: int, *, keep: bool = False) -> SubscriptionView:
        """Let the plan end with its period; or, `keep`, have it go on after all.

        Raises:
            Forbidden: without `plan:order`.
            NotFound, StaleVersion, SubscriptionMoveRefused
        """
        work = self._work
        work.actor.require(PlanPermission.PLAN_ORDER)
        row = await self._locked()
        if row.version != version:
            raise StaleVersion
        SUBSCRIPTION.require(SubscriptionMove.END, row.state)
        if row.ending != (not keep):
            row.ending = not keep
            await step(work, row, "keep" if keep else "cancel")
        return await self._view(row)

    async def _restart(self, row: PlanSubscription, version: PlanVersion, today: date) -> None:
        SUBSCRIPTION.require(SubscriptionMove.RESTART, row.state)
        row.plan_code, row.version_id, row.ending, row.anchor = version.code, version.id, False, today
        await begin_period(self._work, row, today)
        await step(self._work, row, SubscriptionMove.RESTART, SubscriptionState.ACTIVE)

    async def _change(self, row: PlanSubscription, own: PlanVersion, version: PlanVersion, today: date) -> None:
        SUBSCRIPTION.require(SubscriptionMove.CHANGE, row.state)
        lines = [] if row.state == SubscriptionState.TRIAL else await self._change_lines(row, own, version, today)
        row.plan_code, row.version_id = version.code, version.id
        row.counted_from = max(row.counted_from, today)
        await bill(self._work, row, f"change:{row.version}", today, lines)
        await step(self._work, row, SubscriptionMove.CHANGE)

    async def _change_lines(
        self, row: PlanSubscription, own: PlanVersion, version: PlanVersion, today: date
    ) -> list[BillLine]:
        """What a change today comes to; nothing where the period is over, and only the daily step is missing."""
        if today >= row.period_end or own.code == version.code:
            return []
        whole = Period(row.period_start, row.period_end)
        return [
            *await uncounted_lines(self._work, row, today),
            *change(price_of(own), price_of(version), whole, today),
        ]

    async def _locked(self) -> PlanSubscription:
        row = await locked_subscription(self._work)
        if row is None:
            raise NotFound
        return row

    async def _view(self, row: PlanSubscription) -> SubscriptionView:
        work = self._work
        version, due = await version_of(work, row.version_id), await oldest_due(work)
        overdue = due is not None and due < await company_day(work)
        return view_of(
            SubscriptionView,
            row,
            plan=view_of(PlanVersionView, version),
            usage=await self._usage(row, version),
            oldest_due=due,
            read_only_from=read_only_from(due, await patience_of(work, row)) if due and overdue else None,
            steps=await self._steps(row.id),
            bills=await self._bills(row.id),
        )

    async def _usage(self, row: PlanSubscription, version: PlanVersion) -> PlanUsageView:
        used, whole = await usage_now(self._work), Period(row.period_start, row.period_end)
        lines: list[BillLine] = []
        highest = used
        if row.counted_from < row.period_end:
            part = Period(row.counted_from, row.period_end)
            counted = await highest_usage(self._work, part)
            highest = type(used)(max(used.engineers, counted.engineers), max(used.devices, counted.devices))
            if row.state not in (SubscriptionState.TRIAL, SubscriptionState.ENDED):
                lines = beyond_the_plan(price_of(version), highest, whole, part)
        return PlanUsageView(
            engineers=used.engineers,
            devices=used.devices,
            highest_engineers=highest.engineers,
            highest_devices=highest.devices,
            lines=lines,
            expected=sum(line.amount for line in lines),
        )

    async def _steps(self, subscription_id: UUID) -> list[SubscriptionStepView]:
        rows = await self._work.session.scalars(
            select(PlanSubscriptionStep)
            .where(PlanSubscriptionStep.subscription_id == subscription_id)
            .order_by(PlanSubscriptionStep.occurred_at.desc(), PlanSubscriptionStep.id.desc())
            .limit(SHOWN)
        )
        return [view_of(SubscriptionStepView, each) for each in rows]

    async def _bills(self, subscription_id: UUID) -> list[PlanBillView]:
        rows = await self._work.session.scalars(
            select(PlanBill)
            .where(PlanBill.subscription_id == subscription_id)
            .order_by(PlanBill.made_at.desc(), PlanBill.id.desc())
            .limit(SHOWN)
        )
        return [
            view_of(PlanBillView, each, lines=msgspec.convert(each.lines, list[BillLine], strict=False))
            for each in rows
        ]
