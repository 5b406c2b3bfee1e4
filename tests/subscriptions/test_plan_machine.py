"""Days, choices, payments and their news in any order: what stands is what the facts say."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.worker import all_consumers
from billing.royalties import RoyaltyInvoices
from billing.royalties.models import RoyaltyPayment
from billing.royalties.schemas import PaymentTaking
from billing.subscriptions.services.progress import facts_of, locked_subscription, patience_of
from billing.subscriptions.standing import next_move
from billing.subscriptions.states import CLOSED
from tests.factories.background import run_due_work
from tests.subscriptions.conftest import PRICES, Plans

T = TypeVar("T")


class PlanMachine(RuleBasedStateMachine):
    """The company is read-only exactly while its plan is closed; bills, credit and invoices agree."""

    make: ClassVar[Callable[[], Awaitable[Plans]]]
    loop: ClassVar[asyncio.AbstractEventLoop]
    plans: Plans

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result()

    @initialize()
    def begin(self) -> None:
        async def made() -> Plans:
            return await type(self).make()

        self.plans = self.run(made())
        self.run(self.plans.choose("standard"))

    @rule(days=st.sampled_from((1, 3, 9, 16, 31)))
    def pass_days(self, days: int) -> None:
        self.run(self.plans.next_day(days))
        self.run(self._check())

    @rule(code=st.sampled_from(sorted(PRICES)))
    def choose(self, code: str) -> None:
        async def act() -> None:
            try:
                await self.plans.choose(code)
            except Conflict:
                return
            await self.plans.work()

        self.run(act())

    @rule(keep=st.booleans())
    def end(self, *, keep: bool) -> None:
        async def act() -> None:
            try:
                await self.plans.end(keep=keep)
            except Conflict:
                return

        self.run(act())

    @rule()
    def pay(self) -> None:
        async def act() -> None:
            if any(each.open for each in await self.plans.invoices()):
                await self.plans.pay()

        self.run(act())
        self.run(self._check())

    @rule()
    def take_a_payment_back(self) -> None:
        async def act() -> None:
            async with self.plans.begin(self.plans.by) as work:
                newest = await work.session.scalar(
                    select(RoyaltyPayment.id)
                    .where(RoyaltyPayment.reverses_id.is_(None))
                    .order_by(RoyaltyPayment.recorded_at.desc(), RoyaltyPayment.id.desc())
                    .limit(1)
                )
                if newest is None:
                    return
                try:
                    await RoyaltyInvoices(work).take_payment_back(newest, PaymentTaking("误记"))
                except (Conflict, Invalid):
                    return
            await self.plans.work()

        self.run(act())
        self.run(self._check())

    @rule(backwards=st.booleans())
    def hear_everything_again(self, *, backwards: bool) -> None:
        self.run(self._again(backwards=backwards))
        self.run(self._check())

    async def _again(self, *, backwards: bool) -> None:
        """All news of plans and invoices once more, handled as if for the first time."""
        before = await self.plans.current()
        for tenant_id in (self.plans.partner.id, HQ_TENANT_ID):
            async with self.plans.begin(Actor.system(tenant_id)) as work:
                events = (await work.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))).all()
            for event in reversed(events) if backwards else events:
                for listener in all_consumers():
                    named = listener.name.startswith(("subscriptions.", "royalties.mirror_invoice"))
                    if listener.topic == event.topic and named and listener.on_event is not None:
                        await listener.on_event(self.plans.runtime, tenant_id, new_id(), event.payload)
        await run_due_work(self.plans.runtime)
        after = await self.plans.current()
        assert (after.state, after.bills, after.credit) == (before.state, before.bills, before.credit)

    async def _check(self) -> None:
        plans = self.plans
        async with plans.begin(plans.partner.system) as work:
            row = await locked_subscription(work)
            assert row is not None
            assert next_move(await facts_of(work, row), plans.today, await patience_of(work, row)) is None
            closed = row.state in CLOSED
        assert await plans.partner_state() == ("suspended" if closed else "active")
        await plans.nothing_is_wrong()


@pytest.mark.slow(60, "eight partners, each with up to twenty commands and their news")
async def test_a_plan_stands_where_its_days_and_payments_say(plans_of: Callable[[], Awaitable[Plans]]) -> None:
    PlanMachine.make = staticmethod(plans_of)
    PlanMachine.loop = asyncio.get_running_loop()
    effort = settings(
        max_examples=8,
        stateful_step_count=18,
        deadline=None,
        phases=(Phase.generate,),  # a shorter story of the same fault takes minutes of the database to find
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, PlanMachine, settings=effort)
