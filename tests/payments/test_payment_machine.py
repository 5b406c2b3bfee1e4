"""Money of two clients under every order of commands, credit notes meanwhile, each possibly sent twice."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.people.approvals import Verdict, decide
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.payments.refund_schemas import RefundLine, RefundPaid, RefundReason, RefundRequest, RefundVersion
from billing.payments.refund_states import REFUND, RefundMove
from billing.payments.schemas import (
    AllocationPart,
    LineBooking,
    LineSetAside,
    LineVersion,
    PaymentReversal,
    PaymentSharing,
)
from billing.payments.services import BankLines, Payments, Refunds
from billing.payments.services.refunds import REFUND_APPROVAL
from billing.payments.states import BANK_LINE, BankLineMove
from tests.factories.network import ClientCompany, Network
from tests.invoicing.billing_machine import BillingMachine, Command, Scene, chosen, play
from tests.payments.conftest import told_by_the_bank

AMOUNTS = st.sampled_from((1, 99, 100_00, 106_00, 334_99))
CHOICES = st.integers(0, 1_000)
SELDOM = st.sampled_from((False, False, True))
MOSTLY = st.sampled_from((True, True, False))


class PaymentMachine(BillingMachine):
    """Received, shared, taken back, reversed, given back: documents, ledger and payments say the same after each."""

    async def prepared(self) -> None:
        for client in self.clients:
            for amount in (106_00, 334_99):
                await self.invoiced([amount], client)
        for amount in (106_00, 212_00, 500_00):
            await self._told(amount)

    @rule(amount=AMOUNTS, second=st.sampled_from((0, 0, 53_00)), choice=CHOICES)
    def issue(self, amount: int, second: int, choice: int) -> None:
        amounts = [amount, second] if second else [amount]
        self.attempt(self.invoiced(amounts, self.clients[choice % 2]), expected=True)

    @rule(amount=st.sampled_from((1, 100_00, 106_00, 212_00, 500_00, -5_00)))
    def the_bank_tells(self, amount: int) -> None:
        self.attempt(self._told(amount))

    @rule(line=CHOICES, client=CHOICES, item=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def book(self, line: int, client: int, item: int, amount: int, *, twice: bool) -> None:
        row = chosen(self.records.bank_lines.values(), line, _waits)
        owner = self.clients[client % 2]
        own = (each for each in self.records.open_items.values() if each.client_id == owner.id)
        self._book(row, owner, chosen(own, item, _is_open), amount, twice=twice)

    @rule(kind=st.sampled_from(("book", "share", "take_back", "undo")), choice=CHOICES, amount=AMOUNTS)
    def go_on(self, kind: str, choice: int, amount: int) -> None:
        """Something that can be done: chance alone seldom comes far."""
        lively = choice * 4 + 1
        if kind == "book":
            line = chosen(self.records.bank_lines.values(), lively, _waits)
            most = line.amount if line is not None else 1
            item = chosen(self.records.open_items.values(), lively, _is_open)
            owner = next(client for client in self.clients if item is None or client.id == item.client_id)
            self._book(line, owner, item, min(amount, most, item.open or 1) if item else 1, twice=False)
        elif kind == "share":
            payment = self._payment(lively)
            left = payment.unallocated - self._held(payment) if payment is not None else 1
            self._share(payment, lively, min(amount, left) or 1)
        elif kind == "take_back":
            self._taken_back(lively, twice=False)
        else:
            self._undone(lively, twice=False)

    @rule(line=CHOICES)
    def accept_the_suggestion(self, line: int) -> None:
        row = chosen(self.records.bank_lines.values(), line, _waits)
        if row is not None:
            self.do(self.writer, lambda work: BankLines(work).accept(row.id, row.version))

    @rule()
    def accept_what_is_sure(self) -> None:
        self.do(self.writer, lambda work: BankLines(work).accept_sure(50), expected=True)

    @rule(line=CHOICES, up=st.booleans())
    def set_aside_or_take_up(self, line: int, *, up: bool) -> None:
        row = chosen(self.records.bank_lines.values(), line, _waits)
        if row is None:
            return
        if up:
            may = BANK_LINE.allows(BankLineMove.TAKE_UP, row.state)
            self.do(self.writer, lambda work: BankLines(work).take_up(row.id, LineVersion(row.version)), expected=may)
        else:
            may = BANK_LINE.allows(BankLineMove.SET_ASIDE, row.state)
            aside = LineSetAside(row.version, "利息")
            self.do(self.writer, lambda work: BankLines(work).set_aside(row.id, aside), expected=may)

    @rule(payment=CHOICES, item=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def share(self, payment: int, item: int, amount: int, *, twice: bool) -> None:
        self._share(self._payment(payment), item, amount, twice=twice)

    @rule(allocation=CHOICES, twice=SELDOM)
    def take_back(self, allocation: int, *, twice: bool) -> None:
        self._taken_back(allocation, twice=twice)

    @rule(payment=CHOICES, twice=SELDOM)
    def undo(self, payment: int, *, twice: bool) -> None:
        self._undone(payment, twice=twice)

    @rule(line=CHOICES)
    def the_bank_takes_back(self, line: int) -> None:
        row = chosen((each for each in self.records.bank_lines.values() if each.amount > 0), line, _is_booked)
        if row is None:
            return
        before = set(self.records.bank_lines)
        self.attempt(self._told(-row.amount), expected=True)
        (back,) = set(self.records.bank_lines) - before
        self.do(self.writer, lambda work: BankLines(work).take_back(back, LineVersion(1)))

    @rule(invoice=CHOICES, gross=st.sampled_from((None, 1, 50_00, 106_00)), approved=MOSTLY)
    def give_back(self, invoice: int, gross: int | None, *, approved: bool) -> None:
        row = chosen(self.records.invoices.values(), invoice)
        if row is not None:
            self.attempt(self.given_back(row.id, gross, approved=approved))

    @rule(payment=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def ask_for_a_refund(self, payment: int, amount: int, *, twice: bool) -> None:
        row = self._payment(payment)
        if row is not None:
            may = row.state == "received" and amount <= row.unallocated - self._held(row)
            wanted = RefundRequest(row.version, amount, "多付了")
            self._once(lambda work: Refunds(work).request(row.id, wanted), may=may, twice=twice)

    @rule(refund=CHOICES, kind=st.sampled_from(("approve", "approve", "decline", "withdraw")), twice=SELDOM)
    def decide_a_refund(self, refund: int, kind: str, *, twice: bool) -> None:
        row = chosen(self.records.refunds.values(), refund, lambda each: each.state == "requested")
        if row is None:
            return
        may = REFUND.allows(RefundMove(kind), row.state)
        actor = self.writer if kind == "withdraw" else self.owner
        for expected in (may, False) if twice else (may,):
            if kind == "withdraw":
                self.do(actor, lambda work: Refunds(work).withdraw(row.id, RefundVersion(row.version)), expected)
            else:
                self.do(
                    actor, lambda work: decide(work, REFUND_APPROVAL, row.id, Verdict(kind), reason="看过"), expected
                )

    @rule(refund=CHOICES, kind=st.sampled_from(("pay", "pay", "book_line", "fail")), twice=SELDOM)
    def end_a_refund(self, refund: int, kind: str, *, twice: bool) -> None:
        row = chosen(self.records.refunds.values(), refund, lambda each: each.state == "approved")
        if row is None:
            return
        command: Command
        may = row.state == "approved"
        if kind == "book_line":
            before = set(self.records.bank_lines)
            self.attempt(self._told(-row.amount), expected=True)
            (line,) = set(self.records.bank_lines) - before
            command = lambda work: Refunds(work).book_line(row.id, RefundLine(row.version, line))  # noqa: E731
        elif kind == "pay":
            command = lambda work: Refunds(work).pay(row.id, RefundPaid(row.version, self._today()))  # noqa: E731
        else:
            command = lambda work: Refunds(work).fail(row.id, RefundReason(row.version, "账号不对"))  # noqa: E731
        self._once(command, may=may, twice=twice)

    def _held(self, payment: Any) -> int:
        """What refunds hold of it."""
        own = (each for each in self.records.refunds.values() if each.payment_id == payment.id)
        return sum(each.amount for each in own if each.state in ("requested", "approved"))

    def _payment(self, choice: int) -> Any:
        return chosen(self.records.payments.values(), choice, lambda each: each.unallocated)

    def _book(self, row: Any, owner: ClientCompany, document: Any, amount: int, *, twice: bool) -> None:
        if row is None:
            return
        parts = (AllocationPart(document.id, min(amount, row.amount)),) if document and row.amount > 0 else ()
        fits = all(part.amount <= self.records.open_items[part.open_item_id].open for part in parts)
        may = BANK_LINE.allows(BankLineMove.BOOK, row.state) and row.amount > 0 and fits
        wanted = LineBooking(row.version, owner.id, parts)
        self._once(lambda work: BankLines(work).book(row.id, wanted), may=may, twice=twice)

    def _share(self, row: Any, item: int, amount: int, *, twice: bool = False) -> None:
        if row is None:
            return
        document = chosen(
            self.records.open_items.values(), item, lambda each: _is_open(each) and each.client_id == row.client_id
        )
        if document is None:
            return
        wanted = PaymentSharing(row.version, (AllocationPart(document.id, amount),))
        fits = amount <= document.open and amount <= row.unallocated - self._held(row)
        may = row.state == "received" and document.client_id == row.client_id and fits
        self._once(lambda work: Payments(work).share(row.id, wanted), may=may, twice=twice)

    def _taken_back(self, allocation: int, *, twice: bool) -> None:
        made = chosen(
            (each for each in self.records.allocations.values() if each.reverses_id is None),
            allocation,
            lambda each: each in self.records.present(),
        )
        if made is None:
            return
        there = made in self.records.present()
        for may in (there, False) if twice else (there,):
            self._once(self._take_back(made, self.records.payments[made.payment_id].version), may=may)

    def _take_back(self, made: Any, version: int) -> Command:
        return lambda work: Payments(work).take_back(made.payment_id, made.id, version)

    def _undone(self, payment: int, *, twice: bool) -> None:
        row = chosen(self.records.payments.values(), payment, lambda each: each.state == "received")
        if row is None:
            return
        wanted = PaymentReversal(row.version, "认领错了")
        stands = any(
            each.payment_id == row.id and each.state in ("requested", "approved", "paid")
            for each in self.records.refunds.values()
        )
        may = row.state == "received" and not stands
        self._once(lambda work: BankLines(work).undo(row.id, wanted), may=may, twice=twice)

    def _once(self, command: Command, *, may: bool, twice: bool = False) -> None:
        """Done where it may be done; the same command sent again does nothing."""
        self.do(self.writer, command, expected=may)
        if twice:
            self.do(self.writer, command, expected=False)

    async def _told(self, amount: int) -> UUID:
        return await told_by_the_bank(self.finance.units_of_work, self.finance.partner, amount, day=self._today())

    def _today(self) -> date:
        return self.scene.clock.now().date()


def _waits(line: Any) -> bool:
    return bool(line.state == "open" and line.amount > 0)


def _is_booked(line: Any) -> bool:
    return bool(line.state == "booked")


def _is_open(item: Any) -> bool:
    return bool(item.open > 0)


@pytest.mark.slow(60, "thirty companies, each with up to thirty commands that are checked")
async def test_documents_ledger_and_payments_agree_after_every_command(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    await play(PaymentMachine, Scene(runtime, network, clock, asyncio.get_running_loop()))
