"""What machines of payments share: documents, what of a payment settles them, and refunds that people decide."""

from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.people.approvals import Verdict, decide
from billing.payments.refund_schemas import RefundRequest, RefundVersion
from billing.payments.refund_states import REFUND, RefundMove
from billing.payments.schemas import AllocationPart, PaymentSharing
from billing.payments.services import Payments, Refunds
from billing.payments.services.refunds import REFUND_APPROVAL
from tests.invoicing.billing_machine import BillingMachine, Command, chosen

AMOUNTS = st.sampled_from((1, 99, 100_00, 106_00, 334_99))
CHOICES = st.integers(0, 1_000)
SELDOM = st.sampled_from((False, False, True))
MOSTLY = st.sampled_from((True, True, False))


class MoneyMachine(BillingMachine):
    """Issued, shared, taken back, given back: documents, ledger and payments say the same after each."""

    @rule(amount=AMOUNTS, second=st.sampled_from((0, 0, 53_00)), choice=CHOICES)
    def issue(self, amount: int, second: int, choice: int) -> None:
        amounts = [amount, second] if second else [amount]
        self.attempt(self.invoiced(amounts, self.clients[choice % 2]), expected=True)

    @rule(payment=CHOICES, item=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def share(self, payment: int, item: int, amount: int, *, twice: bool) -> None:
        self._share(self._payment(payment), item, amount, twice=twice)

    @rule(allocation=CHOICES, twice=SELDOM)
    def take_back(self, allocation: int, *, twice: bool) -> None:
        self._taken_back(allocation, twice=twice)

    @rule(invoice=CHOICES, gross=st.sampled_from((None, 1, 50_00, 106_00)), approved=MOSTLY)
    def give_back(self, invoice: int, gross: int | None, *, approved: bool) -> None:
        row = chosen(self.records.invoices.values(), invoice)
        if row is not None:
            self.attempt(self.given_back(row.id, gross, approved=approved))

    @rule(payment=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def ask_for_a_refund(self, payment: int, amount: int, *, twice: bool) -> None:
        row = self._payment(payment)
        if row is not None:
            may = row.state == "received" and amount <= row.unallocated - self.records.held(row.id)
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

    def _payment(self, choice: int) -> Any:
        return chosen(self.records.payments.values(), choice, lambda each: each.unallocated)

    def _share(self, row: Any, item: int, amount: int, *, twice: bool = False) -> None:
        if row is None:
            return
        document = chosen(
            self.records.open_items.values(), item, lambda each: is_open(each) and each.client_id == row.client_id
        )
        if document is None:
            return
        wanted = PaymentSharing(row.version, (AllocationPart(document.id, amount),))
        fits = amount <= document.open and amount <= row.unallocated - self.records.held(row.id)
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

    def _once(self, command: Command, *, may: bool, twice: bool = False) -> None:
        """Done where it may be done; the same command sent again does nothing."""
        self.do(self.writer, command, expected=may)
        if twice:
            self.do(self.writer, command, expected=False)

    def _today(self) -> date:
        return self.scene.clock.now().date()


def is_open(item: Any) -> bool:
    """Whether somebody may pay the document."""
    return bool(item.open > 0)
