"""Money of two clients under every order of commands, credit notes meanwhile, each possibly sent twice."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.payments.refund_schemas import RefundLine, RefundPaid, RefundReason
from billing.payments.schemas import (
    AllocationPart,
    LineBooking,
    LineSetAside,
    LineVersion,
    PaymentReversal,
)
from billing.payments.services import BankLines, Refunds
from billing.payments.states import BANK_LINE, BankLineMove
from tests.factories.network import ClientCompany, Network
from tests.invoicing.billing_machine import Command, Scene, chosen, play
from tests.payments.conftest import told_by_the_bank
from tests.payments.money_machine import AMOUNTS, CHOICES, SELDOM, MoneyMachine, is_open
from tests.payments.online_machine import OnlineMachine


class PaymentMachine(MoneyMachine):
    """Received, shared, taken back, reversed, given back: documents, ledger and payments say the same after each."""

    async def prepared(self) -> None:
        for client in self.clients:
            for amount in (106_00, 334_99):
                await self.invoiced([amount], client)
        for amount in (106_00, 212_00, 500_00):
            await self._bank_tells(amount)

    @rule(amount=st.sampled_from((1, 100_00, 106_00, 212_00, 500_00, -5_00)))
    def the_bank_tells(self, amount: int) -> None:
        self.attempt(self._bank_tells(amount))

    @rule(line=CHOICES, client=CHOICES, item=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def book(self, line: int, client: int, item: int, amount: int, *, twice: bool) -> None:
        row = chosen(self.records.bank_lines.values(), line, _waits)
        owner = self.clients[client % 2]
        own = (each for each in self.records.open_items.values() if each.client_id == owner.id)
        self._book(row, owner, chosen(own, item, is_open), amount, twice=twice)

    @rule(kind=st.sampled_from(("book", "share", "take_back", "undo")), choice=CHOICES, amount=AMOUNTS)
    def go_on(self, kind: str, choice: int, amount: int) -> None:
        """Something that can be done: chance alone seldom comes far."""
        lively = choice * 4 + 1
        if kind == "book":
            line = chosen(self.records.bank_lines.values(), lively, _waits)
            most = line.amount if line is not None else 1
            item = chosen(self.records.open_items.values(), lively, is_open)
            owner = next(client for client in self.clients if item is None or client.id == item.client_id)
            self._book(line, owner, item, min(amount, most, item.open or 1) if item else 1, twice=False)
        elif kind == "share":
            payment = self._payment(lively)
            left = payment.unallocated - self.records.held(payment.id) if payment is not None else 1
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

    @rule(payment=CHOICES, twice=SELDOM)
    def undo(self, payment: int, *, twice: bool) -> None:
        self._undone(payment, twice=twice)

    @rule(line=CHOICES)
    def the_bank_takes_back(self, line: int) -> None:
        row = chosen((each for each in self.records.bank_lines.values() if each.amount > 0), line, _is_booked)
        if row is None:
            return
        before = set(self.records.bank_lines)
        self.attempt(self._bank_tells(-row.amount), expected=True)
        (back,) = set(self.records.bank_lines) - before
        self.do(self.writer, lambda work: BankLines(work).take_back(back, LineVersion(1)))

    @rule(refund=CHOICES, kind=st.sampled_from(("pay", "pay", "book_line", "fail")), twice=SELDOM)
    def end_a_refund(self, refund: int, kind: str, *, twice: bool) -> None:
        row = chosen(self.records.refunds.values(), refund, lambda each: each.state == "approved")
        if row is None:
            return
        command: Command
        may = row.state == "approved" and row.method == "transfer"
        if kind == "book_line":
            before = set(self.records.bank_lines)
            self.attempt(self._bank_tells(-row.amount), expected=True)
            (line,) = set(self.records.bank_lines) - before
            command = lambda work: Refunds(work).book_line(row.id, RefundLine(row.version, line))  # noqa: E731
        elif kind == "pay":
            command = lambda work: Refunds(work).pay(row.id, RefundPaid(row.version, self._today()))  # noqa: E731
        else:
            command = lambda work: Refunds(work).fail(row.id, RefundReason(row.version, "账号不对"))  # noqa: E731
        self._once(command, may=may, twice=twice)

    def _book(self, row: Any, owner: ClientCompany, document: Any, amount: int, *, twice: bool) -> None:
        if row is None:
            return
        parts = (AllocationPart(document.id, min(amount, row.amount)),) if document and row.amount > 0 else ()
        fits = all(part.amount <= self.records.open_items[part.open_item_id].open for part in parts)
        may = BANK_LINE.allows(BankLineMove.BOOK, row.state) and row.amount > 0 and fits
        wanted = LineBooking(row.version, owner.id, parts)
        self._once(lambda work: BankLines(work).book(row.id, wanted), may=may, twice=twice)

    def _undone(self, payment: int, *, twice: bool) -> None:
        row = chosen(self.records.payments.values(), payment, lambda each: each.state == "received")
        if row is None:
            return
        wanted = PaymentReversal(row.version, "认领错了")
        stands = any(
            each.payment_id == row.id and each.state in ("requested", "approved", "paid")
            for each in self.records.refunds.values()
        )
        may = row.state == "received" and row.method == "transfer" and not stands
        self._once(lambda work: BankLines(work).undo(row.id, wanted), may=may, twice=twice)

    async def _bank_tells(self, amount: int) -> UUID:
        return await told_by_the_bank(self.finance.units_of_work, self.finance.partner, amount, day=self._today())


def _waits(line: Any) -> bool:
    return bool(line.state == "open" and line.amount > 0)


def _is_booked(line: Any) -> bool:
    return bool(line.state == "booked")


@pytest.mark.slow(60, "thirty companies, each with up to thirty commands that are checked")
async def test_documents_ledger_and_payments_agree_after_every_command(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    await play(PaymentMachine, Scene(runtime, network, clock, asyncio.get_running_loop()))


@pytest.mark.slow(60, "eight companies, each with up to thirty commands and news that are checked")
async def test_they_agree_whatever_the_payment_provider_tells(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    await play(OnlineMachine, Scene(runtime, network, clock, asyncio.get_running_loop()), examples=8)
