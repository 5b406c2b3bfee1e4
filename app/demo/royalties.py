"""Royalties in the demo: rates by kind and level, one of which changes inside a month; months stated, disputed,
corrected, invoiced and paid, and the last one waiting."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.demo.ticket_simulation import TicketSimulation
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import platform_day
from billing.money import Money
from billing.royalties import (
    Agreement,
    Basis,
    Correction,
    Dispute,
    PaymentRecord,
    RateCreate,
    RoyaltyInvoices,
    RoyaltyRates,
    RoyaltyRuns,
    RoyaltyStatements,
    RuleCreate,
    RunStart,
)
from billing.royalties.models import RoyaltyInvoice, RoyaltyStatement
from tenants.company_time import company_day

STATED_AFTER: Final = timedelta(days=3)
RATES: Final = (("6", "", 0), ("5", "", 4), ("4.5", "", 5), ("2", "part", 0))
"""Percent, kind of charge, star level."""
CHANGE_ON: Final = 16
"""The day of the second month from which work costs half a percent less."""
DISPUTED: Final = "驻场加班有一部分是总部活动,按约定不计入。"
CORRECTED: Final = "核对无误,从本月减去。"
REDUCTION: Final = Decimal(-120)


class RoyaltySimulation:
    """What headquarters states, and what partners answer: the first agrees and pays, the second disputes."""

    def __init__(self, simulation: Simulation, administrator: Actor, partners: Sequence[Partner]) -> None:
        self._simulation = simulation
        self._administrator = administrator
        self._partners = partners
        self._begin = simulation.runtime.units_of_work.begin
        self._payments = 0

    async def set_terms(self, first_day: date) -> None:
        """Rates and the rule, from the first month on."""
        month = first_day.replace(day=1)
        changed = (month + timedelta(days=45)).replace(day=CHANGE_ON)
        async with self._begin(self._administrator) as work:
            rates = RoyaltyRates(work)
            await rates.add_rule(
                RuleCreate(
                    effective_from=month,
                    basis=Basis.PAID,
                    minimum_fee=Decimal(500),
                    tax="vat_6",
                    seller_title="萤火信息技术服务(北京)有限公司",
                    seller_tax_number="91110108MA01YH0001",
                    bank_name="招商银行北京中关村支行",
                    bank_account="1109 0772 6610 501",
                )
            )
            for percent, category, level in RATES:
                await rates.add(
                    RateCreate(percent=Decimal(percent), effective_from=month, category=category, star_level=level)
                )
            await rates.add(
                RateCreate(percent=Decimal("4.5"), effective_from=changed, category="service_fee", star_level=4)
            )

    def schedule(self, daily: TicketSimulation, months: Sequence[datetime], until: datetime) -> None:
        """Each month is stated some days after it, the last of them without an answer yet."""
        moments = [first + STATED_AFTER for first in months if first + STATED_AFTER <= until]
        for moment in moments:
            daily.at(moment, partial(self.state_month, last=moment == moments[-1]))

    async def state_month(self, *, last: bool) -> None:
        """State the month before; partners pay what the months before it came to, and answer."""
        await self._pay()
        today = platform_day(self._simulation.clock.now())
        month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        async with self._begin(self._administrator) as work:
            await RoyaltyRuns(work).start(RunStart(month))
        await self._simulation.run_due_work()
        for place, partner in enumerate(self._partners):
            if (statement_id := await self._statement_of(partner, month)) is None:
                continue
            if place == 1:
                await self._dispute(partner, statement_id)
                if last:
                    continue
                await self._correct(statement_id)
            if not last:
                await self._agree_and_invoice(partner, statement_id)

    async def _statement_of(self, partner: Partner, month: date) -> UUID | None:
        async with self._begin(partner.owner) as work:
            return await work.session.scalar(select(RoyaltyStatement.id).where(RoyaltyStatement.month == month))

    async def _dispute(self, partner: Partner, statement_id: UUID) -> None:
        async with self._begin(partner.owner) as work:
            statements = RoyaltyStatements(work)
            version = (await statements.get(statement_id)).version
            await statements.dispute(statement_id, Dispute(version, DISPUTED))
        await self._simulation.run_due_work()

    async def _correct(self, statement_id: UUID) -> None:
        engine = self._simulation.runtime.engine("network")
        async with self._begin(self._administrator) as work:
            statements = RoyaltyStatements(work)
            version = (await statements.get(statement_id)).version
            await statements.correct(statement_id, Correction(version, CORRECTED, REDUCTION), engine)
        await self._simulation.run_due_work()

    async def _agree_and_invoice(self, partner: Partner, statement_id: UUID) -> None:
        async with self._begin(partner.owner) as work:
            statements = RoyaltyStatements(work)
            version = (await statements.get(statement_id)).version
            await statements.agree(statement_id, Agreement(version))
        await self._simulation.run_due_work()
        async with self._begin(self._administrator) as work:
            statement = await RoyaltyStatements(work).get(statement_id)
            if "invoice" in statement.moves:
                await RoyaltyInvoices(work).issue(statement_id, statement.version)
        await self._simulation.run_due_work()

    async def _pay(self) -> None:
        """The first partner pays all that is open, the others half of it."""
        async with self._begin(self._administrator) as work:
            today = await company_day(work)
            open_ = await work.session.execute(
                select(RoyaltyInvoice.id, RoyaltyInvoice.partner_id, RoyaltyInvoice.open, RoyaltyInvoice.currency)
                .where(RoyaltyInvoice.open > 1, RoyaltyInvoice.statement_id.is_not(None))
                .order_by(RoyaltyInvoice.number)
            )
            for invoice_id, partner_id, amount, currency in open_.all():
                self._payments += 1
                paid = amount if partner_id == self._partners[0].id else amount // 2
                await RoyaltyInvoices(work).record_payment(
                    invoice_id,
                    PaymentRecord(today, Money(paid, currency).value, f"CMB{today:%Y%m%d}{self._payments:04d}"),
                )
        await self._simulation.run_due_work()
