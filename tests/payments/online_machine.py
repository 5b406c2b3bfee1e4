"""Commands of the payments' machine that come from the payment provider: paid, given back, disputed, in any order."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.people.approvals import Verdict, decide
from app.platform.kernel.actor import Actor
from billing.gateway import Connections, GatewayAccount, GatewayRefund
from billing.gateway import RefundState as Told
from billing.invoicing import open_items
from billing.money import Money
from billing.payments.refund_schemas import RefundRequest
from billing.payments.schemas import AllocationPart, CapturedPayment, OpenedDispute
from billing.payments.services import Disputes, OnlinePayments, OnlineRefunds, Refunds
from billing.payments.services.refunds import REFUND_APPROVAL
from billing.payments.states import DISPUTE, DisputeMove
from tests.invoicing.billing_machine import chosen
from tests.payments.money_machine import AMOUNTS, CHOICES, SELDOM, MoneyMachine

TOLD = st.sampled_from((Told.SUCCEEDED, Told.SUCCEEDED, Told.PENDING, Told.FAILED))


class OnlineMachine(MoneyMachine):
    """What the provider tells is told once or twice, early or late; the provider is asked for refunds."""

    @property
    def system(self) -> Actor:
        return self.finance.partner.system

    async def prepared(self) -> None:
        """The company has an account at the provider, and each client has paid more there than it owes."""
        for client in self.clients:
            for amount in (106_00, 334_99):
                await self.invoiced([amount], client)
        async with self.finance.units_of_work.begin(self.owner) as work:
            connections = Connections(work)
            connection = await connections.open("boss@example.com")
            account = GatewayAccount(id="acct_1", charges_enabled=True, payouts_enabled=True, currency="CNY")
            await connections.opened(connection.id, account)
        for client in self.clients:
            async with self.finance.units_of_work.begin(self.system) as work:
                (item, *_) = await open_items(work, client.id)
                parts = (AllocationPart(item.id, item.open),)
                await OnlinePayments(work).record(self._captured(f"pi_{client.id}", client.id, 200_00, parts))

    @rule(choice=CHOICES, state=TOLD, kind=st.sampled_from(("refund", "refund", "found", "dispute")))
    def go_on_online(self, choice: int, state: Told, kind: str) -> None:
        """Something that can be done: chance alone seldom comes far."""
        lively = choice * 4 + 1
        payment = chosen(self._online_payments(), lively, _holds)
        if payment is None:
            return
        amount = _left(payment) // 3 or 1
        if kind == "dispute" and any(each.state == "open" for each in self.records.disputes.values()):
            move = DisputeMove.LOSE if choice % 3 == 0 else DisputeMove.WIN
            self.the_bank_decides(lively, move, fee_returned=bool(choice % 2), twice=False)
        elif kind == "dispute":
            self.the_payer_objects(lively, amount, twice=False)
        elif kind == "found":
            self.refund_on_the_providers_pages(lively, amount, state, again=bool(choice % 2), twice=False)
        else:
            self._refund_goes_on(payment, lively, state)

    def _refund_goes_on(self, payment: Any, lively: int, state: Told) -> None:
        """Its next step, or a new one."""
        waits = next((each for each in self._online_refunds() if each.state in ("requested", "approved")), None)
        on_its_way = any(each.state == "sending" and each.author_id is not None for each in self._online_refunds())
        if on_its_way:
            self.the_provider_answers(lively, state, twice=False)
        elif waits is None:
            left = payment.unallocated - self.records.held(payment.id)
            wanted = RefundRequest(payment.version, max(left // 2, 1), "多付了")
            self.do(self.writer, lambda work: Refunds(work).request(payment.id, wanted), expected=left > 0)
        elif waits.state == "requested":
            self.do(
                self.owner,
                lambda work: decide(work, REFUND_APPROVAL, waits.id, Verdict.APPROVE, reason=""),
                expected=True,
            )
        else:
            self.ask_the_provider(lively, twice=False)

    @rule(client=CHOICES, item=CHOICES, amount=AMOUNTS, surplus=st.sampled_from((0, 0, 40_00)), twice=SELDOM)
    def pay_online(self, client: int, item: int, amount: int, surplus: int, *, twice: bool) -> None:
        owner = self.clients[client % 2]
        own = (each for each in self.records.open_items.values() if each.client_id == owner.id)
        document = chosen(own, item, lambda each: bool(each.open))
        parts = (AllocationPart(document.id, amount),) if document is not None else ()
        captured = self._captured(f"pi_{len(self.records.payments)}", owner.id, amount + surplus, parts)
        for _ in range(1 + twice):
            self.do(self.system, lambda work: OnlinePayments(work).record(captured), expected=True)

    @rule(refund=CHOICES, twice=SELDOM)
    def ask_the_provider(self, refund: int, *, twice: bool) -> None:
        row = chosen(self._online_refunds(), refund, lambda each: bool(each.state == "approved"))
        if row is not None:
            for _ in range(1 + twice):
                self.do(self.system, lambda work: OnlineRefunds(work).send(row.id), expected=True)

    @rule(refund=CHOICES, state=TOLD, twice=SELDOM)
    def the_provider_answers(self, refund: int, state: Told, *, twice: bool) -> None:
        """Of a refund that it was asked for, perhaps after it has answered otherwise."""
        asked = (each for each in self._online_refunds() if each.author_id is not None and each.state != "approved")
        row = chosen(asked, refund, lambda each: bool(each.state == "sending"))
        if row is not None and (row.state == "sending" or row.paid_on is not None):
            self._told(row.payment_id, f"re_{row.id}", row.amount, state, reference=str(row.id), twice=twice)

    @rule(refund=CHOICES)
    def the_provider_will_not(self, refund: int) -> None:
        row = chosen(self._online_refunds(), refund, lambda each: bool(each.state == "sending"))
        if row is not None:
            self.do(self.system, lambda work: OnlineRefunds(work).refused(row.id, "charge_disputed"), expected=True)

    @rule(payment=CHOICES, amount=AMOUNTS, state=TOLD, again=SELDOM, twice=SELDOM)
    def refund_on_the_providers_pages(
        self, payment: int, amount: int, state: Told, *, again: bool, twice: bool
    ) -> None:
        """A new one, or news of one that was told of before."""
        before = chosen((each for each in self._online_refunds() if each.author_id is None), payment)
        if again and before is not None:
            named = self.records.online_refunds[before.id].gateway_refund_id
            self._told(before.payment_id, named, before.amount, state, twice=twice)
            return
        row = chosen(self._online_payments(), payment, _holds)
        if row is not None:
            self._told(row.id, f"re_{len(self.records.refunds)}", amount, state, twice=twice)

    @rule(payment=CHOICES, amount=AMOUNTS, twice=SELDOM)
    def the_payer_objects(self, payment: int, amount: int, *, twice: bool) -> None:
        row = chosen(self._online_payments(), payment)
        if row is None:
            return
        opened = OpenedDispute(
            gateway_dispute_id=f"dp_{len(self.records.disputes)}",
            gateway_payment_id=self._gateway_id(row.id),
            amount=Money(amount, "CNY"),
            fee=Money(15_00, "CNY"),
        )
        for _ in range(1 + twice):
            self.do(self.system, lambda work: Disputes(work).open(opened), expected=True)

    @rule(dispute=CHOICES, move=st.sampled_from(DisputeMove), fee_returned=st.booleans(), twice=SELDOM)
    def the_bank_decides(self, dispute: int, move: DisputeMove, *, fee_returned: bool, twice: bool) -> None:
        row = chosen(self.records.disputes.values(), dispute, lambda each: bool(each.state == "open"))
        if row is None:
            return
        may = row.state == "open" or row.state == DISPUTE.moves[move].end
        for _ in range(1 + twice):
            self.do(
                self.system,
                lambda work: Disputes(work).decide(row.gateway_dispute_id, move, fee_returned=fee_returned),
                expected=may,
            )

    def _captured(self, named: str, client_id: UUID, amount: int, parts: tuple[AllocationPart, ...]) -> CapturedPayment:
        return CapturedPayment(
            gateway_payment_id=named,
            client_id=client_id,
            amount=Money(amount, "CNY"),
            fee=Money(amount // 50, "CNY"),
            application_fee=Money(amount // 100, "CNY"),
            captured_at=self.scene.clock.now(),
            parts=parts,
        )

    def _told(
        self, payment_id: UUID, named: str, amount: int, state: Told, *, reference: str = "", twice: bool = False
    ) -> None:
        told = GatewayRefund(
            id=named,
            payment_id=self._gateway_id(payment_id),
            amount=Money(amount, "CNY"),
            state=state,
            application_fee=Money(min(amount // 100, 1), "CNY"),
            failure_reason="",
            reference=reference,
            payment_reference="",
        )
        known = named in {each.gateway_refund_id for each in self.records.online_refunds.values()}
        payment = self.records.payments[payment_id]
        may = known or state is Told.FAILED or amount <= payment.amount - payment.refunded
        for _ in range(1 + twice):
            self.do(self.system, lambda work: OnlineRefunds(work).told(told), expected=may)

    def _gateway_id(self, payment_id: UUID) -> str:
        return str(self.records.receipts[payment_id].gateway_payment_id)

    def _online_payments(self) -> list[Any]:
        return [each for each in self.records.payments.values() if each.method == "online"]

    def _online_refunds(self) -> list[Any]:
        return [each for each in self.records.refunds.values() if each.method == "online"]


def _holds(payment: Any) -> bool:
    return _left(payment) > 0


def _left(payment: Any) -> int:
    """What the payment still holds."""
    return int(payment.amount - payment.withdrawn - payment.refunded)
