"""Invoices, payments, credit notes and months in any order: a partner is asked for what its invoices owe."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.people.approvals import Verdict, decide
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.invoicing.models import Invoice, OpenItem
from billing.invoicing.schemas import CreditNoteRequestCreate, LineCredit
from billing.invoicing.services.credit_notes import CREDIT_NOTE_APPROVAL, CreditNotes
from billing.payments import AllocationPart, BankLines, LineBooking
from billing.payments.models import Payment
from billing.payments.services import Payments
from billing.periods import months_after
from billing.royalties import (
    PENDING,
    Agreement,
    Answer,
    Basis,
    Correction,
    Dispute,
    PaymentRecord,
    RoyaltyInvoices,
    RoyaltyStatements,
    StatementState,
    verify_royalties,
)
from billing.royalties.commands import HEADQUARTERS as HEADQUARTERS_NAME
from billing.royalties.models import RoyaltyInvoice, RoyaltyStatement
from tests.factories.network import Network
from tests.invoicing.conftest import Item, company_that_invoices
from tests.payments.conftest import told_by_the_bank
from tests.royalties.conftest import HEADQUARTERS, TABLES, Royalties, listed

T = TypeVar("T")
JANUARY = date(2026, 1, 1)
LAST_MONTH = date(2026, 10, 1)
AMOUNTS = st.sampled_from((1, 99, 106_00, 334_99, 5_000_00))
CHOICES = st.integers(0, 1_000)
ENOUGH = 10_000_000_00
"""Of revenue, to take up whatever was carried on."""


class RoyaltyMachine(RuleBasedStateMachine):
    """Nothing that was stated, invoiced or paid disagrees with the rest after any command."""

    make: ClassVar[Callable[[], Awaitable[Royalties]]]
    loop: ClassVar[asyncio.AbstractEventLoop]
    royalties: Royalties

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    @initialize(basis=st.sampled_from(list(Basis)), minimum=st.sampled_from(("0", "0", "20")))
    def begin(self, basis: Basis, minimum: str) -> None:
        self.run(self._begin(basis, minimum))

    async def _begin(self, basis: Basis, minimum: str) -> None:
        self.royalties = await type(self).make()
        self.month = JANUARY
        other = Basis.POSTED if basis is Basis.PAID else Basis.PAID
        await self.royalties.rule(basis, minimum, since=JANUARY)
        await self.royalties.rule(other, minimum, since=date(2026, 3, 1))
        await self.royalties.rate("5", since=JANUARY)
        await self.royalties.rate("3", since=date(2026, 2, 14), category="part")
        await self.royalties.rate("4", since=date(2026, 1, 20), category="service_fee", level=3)

    @rule(amount=AMOUNTS, parts=st.sampled_from((0, 53_00, -20_00)))
    def issue(self, amount: int, parts: int) -> None:
        self.run(self._issue(max(amount, -parts), parts))

    async def _issue(self, amount: int, parts: int = 0) -> None:
        items = [
            Item(amount, day=self.today),
            *([Item(parts, "内存条", category="part", day=self.today)] if parts else []),
        ]
        finance = self.royalties.finance
        await finance.issue(await finance.draft(items))

    @rule(choice=CHOICES, share=st.sampled_from((1, 2, 3)))
    def pay(self, choice: int, share: int) -> None:
        self.run(self._pay(choice, share))

    async def _pay(self, choice: int, share: int) -> None:
        finance = self.royalties.finance
        async with self.royalties.units_of_work.begin(finance.writer) as work:
            items = (await work.session.scalars(select(OpenItem).where(OpenItem.open > 0).order_by(OpenItem.id))).all()
        if not items:
            return
        item = items[choice % len(items)]
        amount = max(item.open // share, 1)
        line_id = await told_by_the_bank(self.royalties.units_of_work, finance.partner, amount, day=self.today)
        async with self.royalties.units_of_work.begin(finance.writer) as work:
            booking = LineBooking(1, finance.client.id, (AllocationPart(item.id, amount),))
            await BankLines(work).book(line_id, booking)

    @rule(choice=CHOICES)
    def take_a_payment_back(self, choice: int) -> None:
        self.run(self._take_back(choice))

    async def _take_back(self, choice: int) -> None:
        async with self.royalties.units_of_work.begin(self.royalties.finance.writer) as work:
            found = select(Payment.id).where(Payment.state == "received").order_by(Payment.id)
            ids = (await work.session.scalars(found)).all()
            if ids:
                await Payments(work).reverse(ids[choice % len(ids)], "认领错了")

    @rule(choice=CHOICES, whole=st.booleans())
    def give_back(self, choice: int, *, whole: bool) -> None:
        self.run(self._give_back(choice, whole=whole))

    async def _give_back(self, choice: int, *, whole: bool) -> None:
        finance = self.royalties.finance
        async with self.royalties.units_of_work.begin(finance.writer) as work:
            ids = (await work.session.scalars(select(Invoice.id).order_by(Invoice.id))).all()
            notes = CreditNotes(work)
            lines = await notes.lines_left(ids[choice % len(ids)]) if ids else []
            left = [line for line in lines if line.left > 0]
            if not left or len(left) < len([line for line in lines if line.left]):
                return
            parts = () if whole else (LineCredit(left[0].id, max(left[0].left // 2, 1)),)
            asked = await notes.request(ids[choice % len(ids)], CreditNoteRequestCreate("多算了", parts))
        async with self.royalties.units_of_work.begin(finance.partner.owner) as work:
            await decide(work, CREDIT_NOTE_APPROVAL, asked.id, Verdict.APPROVE, reason="")

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        until = datetime(self.month.year, self.month.month, 28, 1, tzinfo=UTC)
        self.royalties.clock.set(min(self.royalties.clock.now() + timedelta(days=days), until))

    @rule()
    def a_month_ends(self) -> None:
        if self.month < LAST_MONTH:
            self.run(self._state())
            self.run(self._check(pending=True))

    async def _state(self) -> None:
        await self.royalties.follow()
        ended, self.month = self.month, months_after(self.month, 1)
        self.royalties.clock.set(datetime(self.month.year, self.month.month, 2, 1, tzinfo=UTC))
        await self.royalties.state(ended)

    @rule(choice=CHOICES, answer=st.sampled_from(("agree", "correct", "uphold")), amount=st.sampled_from((0, -7, 3)))
    def answer(self, choice: int, answer: str, amount: int) -> None:
        self.run(self._answer(choice, answer, amount))
        self.run(self._check(pending=True))

    async def _answer(self, choice: int, answer: str, amount: int) -> None:
        units_of_work, writer = self.royalties.units_of_work, self.royalties.finance.writer
        await self.royalties.follow()
        async with units_of_work.begin(writer) as work:
            waiting = select(RoyaltyStatement.id).where(RoyaltyStatement.state == StatementState.PROPOSED)
            ids = (await work.session.scalars(waiting.order_by(RoyaltyStatement.id))).all()
            if not ids:
                return
            statements = RoyaltyStatements(work)
            statement_id = ids[choice % len(ids)]
            version = (await statements.get(statement_id)).version
            if answer == "agree":
                await statements.agree(statement_id, Agreement(version))
            else:
                await statements.dispute(statement_id, Dispute(version, "不对"))
        await self.royalties.mirror()
        async with units_of_work.begin(self.royalties.by) as work:
            statements = RoyaltyStatements(work)
            version = (await statements.get(statement_id)).version
            if answer == "correct":
                correction = Correction(version, "商定", Decimal(amount))
                await statements.correct(statement_id, correction, self.royalties.engine)
            elif answer == "uphold":
                await statements.uphold(statement_id, Answer(version, "按合同"))
        await self.royalties.mirror()

    @rule(half=st.booleans())
    def invoice_and_be_paid(self, *, half: bool) -> None:
        self.run(self._invoice(half=half))
        self.run(self._check(pending=True))

    async def _invoice(self, *, half: bool) -> None:
        async with self.royalties.units_of_work.begin(self.royalties.by) as work:
            agreed = select(RoyaltyStatement).where(RoyaltyStatement.state == StatementState.AGREED)
            for row in (await work.session.scalars(agreed.order_by(RoyaltyStatement.id))).all():
                version = row.state_revision + row.owner_revision + row.other_revision
                await RoyaltyInvoices(work).issue(row.id, version)
            for invoice in (await work.session.scalars(select(RoyaltyInvoice).where(RoyaltyInvoice.open > 1))).all():
                amount = Decimal(invoice.open // (2 if half else 1)) / 100
                reference = f"{invoice.number}-{invoice.open}"
                await RoyaltyInvoices(work).record_payment(invoice.id, PaymentRecord(self.today, amount, reference))
        await self.royalties.mirror()

    def teardown(self) -> None:
        if hasattr(self, "royalties"):
            self.run(self._end())

    async def _end(self) -> None:
        """Whatever was carried on is taken up by a good month."""
        await self._issue(ENOUGH)
        async with self.royalties.units_of_work.begin(self.royalties.finance.writer) as work:
            open_ = await work.session.scalar(select(func.count(OpenItem.id)).where(OpenItem.open > 0)) or 1
        await self._pay(open_ - 1, 1)
        await self._state()
        await self._check(pending=False)
        async with self.royalties.units_of_work.begin(HEADQUARTERS) as work:
            ours = (await work.session.scalars(select(RoyaltyStatement).order_by(RoyaltyStatement.id))).all()
            at_headquarters = {row.id: (row.state, row.amount, row.lines, row.edition) for row in ours}
        async with self.royalties.units_of_work.begin(self.royalties.finance.partner.system) as work:
            theirs = (await work.session.scalars(select(RoyaltyStatement).order_by(RoyaltyStatement.id))).all()
            assert {row.id: (row.state, row.amount, row.lines, row.edition) for row in theirs} == at_headquarters

    async def _check(self, *, pending: bool) -> None:
        found = await verify_royalties(self.royalties.runtime)
        wrong = [each for each in found[HEADQUARTERS_NAME] if each.check != PENDING or not pending]
        assert wrong == []
        if not pending:
            assert found[self.royalties.finance.partner.slug] == []

    @property
    def today(self) -> date:
        return self.royalties.clock.now().date()


@pytest.mark.slow(40, "twelve partners, each with up to twenty-five commands")
async def test_in_the_end_a_partner_was_asked_for_what_its_invoices_owe(
    runtime: Runtime, network: Network, clock: SettableClock, superuser: asyncpg.Connection
) -> None:
    async def make() -> Royalties:
        await superuser.execute(f"TRUNCATE {TABLES}")
        await superuser.execute("DELETE FROM partner")
        clock.set(datetime(2026, 1, 5, 1, tzinfo=UTC))
        finance = await company_that_invoices(runtime, network)
        await listed(runtime, finance)
        by = await network.member(HEADQUARTERS.tenant_id, "总部财务", ["hq_finance"])
        return Royalties(runtime, network, finance, clock, by)

    RoyaltyMachine.make = staticmethod(make)
    RoyaltyMachine.loop = asyncio.get_running_loop()
    effort = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        phases=(Phase.generate,),  # a shorter story of the same fault takes minutes of the database to find
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, RoyaltyMachine, settings=effort)
