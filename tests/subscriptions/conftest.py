"""Headquarters that sells plans, and a partner that has one; days pass with all their work."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.royalties import Basis, PaymentRecord, RoyaltyInvoices, RoyaltyInvoiceView, RoyaltyRates, RuleCreate
from billing.royalties.models import RoyaltyInvoice
from billing.subscriptions import (
    PlanCatalogue,
    PlanChoice,
    PlanSubscriptions,
    PlanVersionCreate,
    SubscriptionView,
    pass_day,
    verify_plans,
)
from tenants.partners.models import Partner
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany

TODAY = START.date()
TABLES = (
    "royalty_payment, royalty_invoice, royalty_charge, royalty_statement_step, royalty_statement, royalty_run, "
    "royalty_rule, royalty_rate, plan_bill, plan_usage, plan_subscription_step, plan_subscription, plan_version"
)
PRICES = {"starter": ("300", 3, 2), "standard": ("900", 10, 100), "large": ("2000", 50, 1000)}
"""Code → yuan of a month, engineers and devices included."""


class Plans:
    """Headquarters' finance, one partner, and the days."""

    def __init__(
        self, runtime: Runtime, network: Network, clock: SettableClock, partner: PartnerCompany, by: Actor
    ) -> None:
        self.runtime, self.network, self.clock, self.partner, self.by = runtime, network, clock, partner, by
        self.begin = runtime.units_of_work.begin
        self.payments = 0

    @property
    def today(self) -> date:
        return self.clock.now().date()

    async def sell(self, code: str, since: date = TODAY, *, price: str | None = None, trial: int = 14) -> None:
        usual, engineers, devices = PRICES[code]
        async with self.begin(self.by) as work:
            await PlanCatalogue(work).publish(
                PlanVersionCreate(
                    code=code,
                    effective_from=since,
                    price=Decimal(price or usual),
                    included_engineers=engineers,
                    included_devices=devices,
                    engineer_price=Decimal(60),
                    device_price=Decimal(3),
                    trial_days=trial,
                )
            )

    async def choose(self, code: str) -> SubscriptionView:
        async with self.begin(self.partner.owner) as work:
            service = PlanSubscriptions(work)
            found = await service.current()
            return await service.choose(PlanChoice(code, found.version if found else 0))

    async def current(self) -> SubscriptionView:
        async with self.begin(self.partner.owner) as work:
            found = await PlanSubscriptions(work).current()
        assert found is not None
        return found

    async def state(self) -> str:
        return (await self.current()).state

    async def end(self, *, keep: bool = False) -> SubscriptionView:
        async with self.begin(self.partner.owner) as work:
            service = PlanSubscriptions(work)
            found = await service.current()
            assert found is not None
            return await service.end(found.version, keep=keep)

    async def work(self) -> None:
        await run_due_work(self.runtime)

    async def until(self, day: date) -> None:
        """Every morning until the day, with what follows."""
        while self.today < day:
            await self.next_day()

    async def next_day(self, days: int = 1) -> None:
        """The morning some days later: the job of the days between did not run."""
        self.clock.set(datetime.combine(self.today + timedelta(days=days), time(1, 30), UTC))
        async with self.begin(self.partner.system) as work:
            await pass_day(work)
        await self.work()

    async def invoices(self, *, own: bool = False) -> list[RoyaltyInvoiceView]:
        """The oldest first, as headquarters or the partner has them."""
        async with self.begin(self.partner.owner if own else self.by) as work:
            ids = await work.session.scalars(
                select(RoyaltyInvoice.id)
                .where(RoyaltyInvoice.partner_id == self.partner.id, RoyaltyInvoice.bill_id.is_not(None))
                .order_by(RoyaltyInvoice.issued_at, RoyaltyInvoice.number)
            )
            return [await RoyaltyInvoices(work).get(each) for each in ids.all()]

    async def pay(self, invoice_id: UUID | None = None) -> UUID:
        """Pay one invoice, or the oldest open one; returns the payment."""
        for each in await self.invoices():
            if each.open and invoice_id in (None, each.id):
                self.payments += 1
                amount = Decimal(each.open) / 100
                async with self.begin(self.by) as work:
                    made = await RoyaltyInvoices(work).record_payment(
                        each.id, PaymentRecord(self.today, amount, f"P-{self.partner.slug}-{self.payments}")
                    )
                await self.work()
                return made.payments[-1].id
        raise AssertionError("nothing is open")

    async def partner_state(self) -> str:
        async with self.begin(Actor.system(HQ_TENANT_ID)) as work:
            state = await work.session.scalar(select(Partner.state).where(Partner.id == self.partner.id))
        assert state is not None
        return state

    async def nothing_is_wrong(self) -> None:
        assert (await verify_plans(self.runtime))[self.partner.slug] == []


@pytest.fixture
def plans_of(
    runtime: Runtime, network: Network, clock: SettableClock, superuser: asyncpg.Connection
) -> Callable[[], Awaitable[Plans]]:
    """Makes headquarters with the rule of its invoices and three plans, and a new partner."""

    async def make() -> Plans:
        await superuser.execute(f"TRUNCATE {TABLES}")
        clock.set(START)
        partner = await network.partner()
        by = await network.member(HQ_TENANT_ID, "总部财务", ["hq_finance"])
        async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            work.session.add(
                Partner(
                    tenant_id=HQ_TENANT_ID,
                    id=partner.id,
                    slug=partner.slug,
                    name=partner.name,
                    credit_code=f"P{partner.id.hex[-17:]}".upper(),
                    state="active",
                    star_level=3,
                    city_code="350200",
                    authorised_at=datetime(2026, 1, 5, 2, tzinfo=UTC),
                )
            )
        plans = Plans(runtime, network, clock, partner, by)
        async with plans.begin(by) as work:
            await RoyaltyRates(work).add_rule(
                RuleCreate(
                    effective_from=TODAY.replace(day=1),
                    basis=Basis.PAID,
                    minimum_fee=Decimal(0),
                    tax="vat_6",
                    seller_title="萤火总部",
                    bank_name="中国银行",
                    bank_account="6228 0001",
                    payment_days=10,
                )
            )
        for code in PRICES:
            await plans.sell(code)
        return plans

    return make


@pytest.fixture
async def plans(plans_of: Callable[[], Awaitable[Plans]]) -> Plans:
    return await plans_of()
