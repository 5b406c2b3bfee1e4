"""Partners' plans in the demo: each has one; the first has changed to a larger one, the second has not paid in time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from sqlalchemy import select

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.demo.ticket_simulation import TicketSimulation
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import platform_day
from billing.money import Money
from billing.royalties import PaymentRecord, RoyaltyInvoices
from billing.royalties.models import RoyaltyInvoice
from billing.subscriptions import PlanCatalogue, PlanChoice, PlanSubscriptions, PlanVersionCreate, pass_day

PRICES: Final = (("starter", 299, 5, 500), ("standard", 999, 20, 3_000), ("large", 2_999, 100, 20_000))
"""Code, yuan of a month, engineers and devices included."""
CHANGED_AFTER: Final = 50
"""Days after which the first partner takes a larger plan."""
LATE: Final = 21
"""Days before the end of the demo since which the second partner has paid nothing that was due."""


class PlanSimulation:
    """What headquarters sells, and what partners choose and pay."""

    def __init__(self, simulation: Simulation, administrator: Actor, partners: Sequence[Partner]) -> None:
        self._simulation = simulation
        self._administrator = administrator
        self._partners = partners
        self._begin = simulation.runtime.units_of_work.begin
        self._payments = 0

    def schedule(self, daily: TicketSimulation, first_day: datetime, until: datetime) -> None:
        """Plans are chosen on the first day; every morning what is due happens, and most is paid."""
        begin = first_day.astimezone(UTC)
        daily.at(begin, self.choose_plans)
        for number in range(1, (until - first_day).days + 1):
            daily.at(begin + timedelta(days=number), partial(self.pass_morning, platform_day(until)))
        if (changed := begin + timedelta(days=CHANGED_AFTER)) < until:
            daily.at(changed + timedelta(hours=1), partial(self._choose, self._partners[0], "standard"))

    async def choose_plans(self) -> None:
        """Headquarters sets prices; the first partner begins small."""
        async with self._begin(self._administrator) as work:
            for code, price, engineers, devices in PRICES:
                await PlanCatalogue(work).publish(
                    PlanVersionCreate(
                        code=code,
                        effective_from=platform_day(work.now),
                        price=Decimal(price),
                        included_engineers=engineers,
                        included_devices=devices,
                        engineer_price=Decimal(49),
                        device_price=Decimal("0.5"),
                    )
                )
        for place, owner in enumerate(self._partners):
            await self._choose(owner, "standard" if place else "starter")

    async def pass_morning(self, last_day: date) -> None:
        """The day's step of every partner, and what headquarters received."""
        for each in self._partners:
            async with self._begin(Actor.system(each.id)) as work:
                await pass_day(work)
        await self._simulation.run_due_work()
        await self._pay(last_day)

    async def _choose(self, owner: Partner, code: str) -> None:
        async with self._begin(owner.owner) as work:
            service = PlanSubscriptions(work)
            plan = await service.current()
            await service.choose(PlanChoice(code, plan.version if plan else 0))
        await self._simulation.run_due_work()

    async def _pay(self, last_day: date) -> None:
        """Everybody pays two days before it is due; the second partner not any more."""
        today = platform_day(self._simulation.clock.now())
        async with self._begin(self._administrator) as work:
            due = await work.session.scalars(
                select(RoyaltyInvoice)
                .where(
                    RoyaltyInvoice.bill_id.is_not(None),
                    RoyaltyInvoice.open > 0,
                    RoyaltyInvoice.due_on <= today + timedelta(days=2),
                )
                .order_by(RoyaltyInvoice.number)
            )
            for invoice in due.all():
                stops = len(self._partners) > 1 and invoice.partner_id == self._partners[1].id
                if stops and invoice.due_on >= last_day - timedelta(days=LATE):
                    continue
                self._payments += 1
                amount = Money(invoice.open, invoice.currency).value
                await RoyaltyInvoices(work).record_payment(
                    invoice.id, PaymentRecord(today, amount, f"CMB{today:%Y%m%d}T{self._payments:04d}")
                )
        await self._simulation.run_due_work()
