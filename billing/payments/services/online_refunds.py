"""Refunds of online payments: through the payment provider, which alone says what became of them.

The refund itself is the stored wish: it is `sending` and committed before the provider is asked, and its id is the key,
so that whoever asks again, after an answer that got lost, is given the same refund. What the provider says comes as an
answer, as news, or both, in any order; the provider's own id makes it count once.
"""

from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import GatewayRefund, NotConnected, account_of_object
from billing.gateway import RefundState as ToldState
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from billing.payments.errors import RefundBeyondPayment
from billing.payments.events import PaymentAllocated
from billing.payments.models import OnlineReceipt, Payment
from billing.payments.permissions import RefundPermission
from billing.payments.refund_models import OnlineRefund, Refund
from billing.payments.refund_states import PAYMENT_TOO_SMALL, REFUND, RefundMove, RefundState
from billing.payments.schemas import AllocationPart
from billing.payments.services.allocating import Allocations
from billing.payments.services.disputes import Disputes
from billing.payments.services.online_payments import APPLICATION_FEE, CLEARING
from billing.payments.services.refunds import SERIES, locked_refund
from billing.payments.states import PaymentMethod
from tenants.company_time import company_day

REFUNDED: Final = "refund"
"""What the ledger calls the records that its entries follow from."""
NO_ACCOUNT: Final = "account_invalid"
_GONE: Final = frozenset({ToldState.FAILED, ToldState.CANCELLED})


class Sending(NamedTuple):
    """What the provider is asked for."""

    account: str
    gateway_payment_id: str
    amount: Money
    with_application_fee: bool


class OnlineRefunds:
    """Refunds of the company's online payments.

    Raises:
        Forbidden: without `refund:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RefundPermission.REFUND_WRITE)
        self._work = work
        self._ledger = Ledger(work)
        self._allocations = Allocations(work, self._ledger)
        self._disputes = Disputes(work)

    async def send(self, refund_id: UUID) -> Sending | None:
        """Say that the provider is asked for an approved refund; what is asked. The same again for one of which nobody
        knows what became; None where there is nothing to ask for any more."""
        work = self._work
        found = await locked_refund(work, refund_id)
        if found is None:
            return None
        payment, row = found
        if row.state == RefundState.APPROVED:
            if row.amount > payment.unallocated:
                await self.refused(refund_id, PAYMENT_TOO_SMALL)
                return None
            row.state = REFUND.after(RefundMove.SEND, row.state)
            row.version += 1
            await work.session.flush()
        elif row.state != RefundState.SENDING or row.paid_on is not None:
            return None
        receipt = await work.session.get_one(OnlineReceipt, (work.tenant_id, payment.id))
        try:
            account = await account_of_object(work, receipt.gateway_payment_id)
        except NotConnected:
            await self.refused(refund_id, NO_ACCOUNT)
            return None
        return Sending(
            account=account,
            gateway_payment_id=receipt.gateway_payment_id,
            amount=Money(row.amount, row.currency),
            with_application_fee=receipt.application_fee > 0,
        )

    async def refused(self, refund_id: UUID, code: str) -> None:
        """The provider will not: the money is the client's deposit as before; told again it changes nothing."""
        found = await locked_refund(self._work, refund_id)
        if found is None or found[1].paid_on is not None or not REFUND.allows(RefundMove.FAIL, found[1].state):
            return
        row = found[1]
        row.state = REFUND.after(RefundMove.FAIL, row.state)
        row.failure_reason = code
        row.version += 1
        self._work.audit("refund.failed", "refund", row.id, number=row.number, reason=code)
        await self._work.session.flush()

    async def told(self, refund: GatewayRefund) -> None:
        """What the provider says of a refund now; again, late or in another order it comes to the same. One that nobody
        here has asked for was made on the provider's own pages, and is written down too.

        Raises:
            NotFound: its payment is not booked yet.
            RefundBeyondPayment: the payment does not hold so much at the moment.
        """
        work = self._work
        payment_id = await work.session.scalar(
            select(OnlineReceipt.id).where(OnlineReceipt.gateway_payment_id == refund.payment_id)
        )
        if payment_id is None:
            raise NotFound
        payment = await work.session.get_one(
            Payment, (work.tenant_id, payment_id), with_for_update=True, populate_existing=True
        )
        known = await work.session.scalar(select(OnlineRefund.id).where(OnlineRefund.gateway_refund_id == refund.id))
        if known is not None:
            row = await self._row(known)
        else:
            row = await self._wished(payment, refund) or await self._found(payment, refund)
            await self._leave(payment, row, refund)
        await self._follow(payment, row, refund)
        await work.session.flush()

    async def _row(self, refund_id: UUID) -> Refund:
        return await self._work.session.get_one(
            Refund, (self._work.tenant_id, refund_id), with_for_update=True, populate_existing=True
        )

    async def _wished(self, payment: Payment, refund: GatewayRefund) -> Refund | None:
        """The refund of ours that this is; None for one that was made on the provider's own pages."""
        try:
            refund_id = UUID(refund.reference)
        except ValueError:
            return None
        row = await self._work.session.scalar(
            select(Refund)
            .where(Refund.id == refund_id, Refund.payment_id == payment.id, Refund.state == RefundState.SENDING)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return row if row is not None and row.paid_on is None and row.amount == refund.amount.minor else None

    async def _found(self, payment: Payment, refund: GatewayRefund) -> Refund:
        work = self._work
        row = Refund(
            tenant_id=work.tenant_id,
            client_id=payment.client_id,
            id=work.new_id(),
            number=await next_number(work.session, work.actor, SERIES, await company_day(work), Period.YEAR),
            payment_id=payment.id,
            method=PaymentMethod.ONLINE,
            amount=refund.amount.minor,
            currency=payment.currency,
            reason="",
            state=RefundState.SENDING,
            author_id=None,
            author_name="",
            created_at=work.now,
            decided_by_name="",
            decision_reason="",
            failure_reason="",
            version=1,
        )
        work.session.add(row)
        await work.session.flush()
        work.audit("refund.recorded", "refund", row.id, number=row.number, payment=payment.number)
        return row

    async def _leave(self, payment: Payment, row: Refund, refund: GatewayRefund) -> None:
        """The money leaves the payment, unless it has come back before anybody here heard of it."""
        work, gone = self._work, refund.state in _GONE
        if not gone:
            refunded = payment.refunded + refund.amount.minor
            if refunded > payment.amount:
                raise RefundBeyondPayment
            await self._disputes.follow_refunds(payment, refunded)
        today = await company_day(work)
        opened = [] if gone else await self._allocations.free(payment, row.amount, today)
        work.session.add(
            OnlineRefund(
                tenant_id=work.tenant_id,
                id=row.id,
                gateway_refund_id=refund.id,
                application_fee=refund.application_fee.minor,
                opened_documents=opened,
                told_at=work.now,
            )
        )
        if gone:
            if refund.application_fee:
                day = await self._ledger.open_day(today)
                await self._post_fee(row, refund.application_fee, day)
            return
        row.paid_on = today
        row.version += 1
        payment.unallocated -= row.amount
        payment.refunded += row.amount
        payment.version += 1
        await work.session.flush()
        day = await self._ledger.open_day(today)
        deposit = LedgerAccountName(AccountKind.CLIENT_DEPOSIT, payment.client_id)
        await self._ledger.post(
            EntrySource(REFUNDED, row.id, "paid"), day, [Transfer(deposit, CLEARING, refund.amount)], row.number
        )
        if refund.application_fee:
            await self._post_fee(row, refund.application_fee, day)
        if opened:
            work.publish(PaymentAllocated(payment_id=payment.id, client_id=payment.client_id))

    async def _post_fee(self, row: Refund, fee: Money, day: date) -> None:
        """What headquarters gave back of its fee is the company's again."""
        source = EntrySource(REFUNDED, row.id, "application_fee")
        await self._ledger.post(source, day, [Transfer(CLEARING, APPLICATION_FEE, fee)], row.number)

    async def _follow(self, payment: Payment, row: Refund, refund: GatewayRefund) -> None:
        """The refund's state becomes what the provider says, as far as it leads on from here."""
        work = self._work
        if refund.state is ToldState.SUCCEEDED and REFUND.allows(RefundMove.PAY, row.state):
            row.state = REFUND.after(RefundMove.PAY, row.state)
            row.version += 1
            work.audit("refund.paid", "refund", row.id, number=row.number, payment=payment.number)
        elif refund.state in _GONE and row.state != RefundState.FAILED:
            move = RefundMove.RETURN if row.state == RefundState.PAID else RefundMove.FAIL
            row.state = REFUND.after(move, row.state)
            row.failure_reason = refund.failure_reason or refund.state
            row.version += 1
            if row.paid_on is not None:
                await self._come_back(payment, row, refund)
            work.audit("refund.failed", "refund", row.id, number=row.number, reason=row.failure_reason)

    async def _come_back(self, payment: Payment, row: Refund, refund: GatewayRefund) -> None:
        """The money is there again, and settles what it had settled, as far as that is still open."""
        work, today = self._work, await company_day(self._work)
        told = await work.session.get_one(OnlineRefund, (work.tenant_id, row.id))
        payment.refunded -= row.amount
        payment.unallocated += row.amount
        payment.version += 1
        await self._disputes.follow_refunds(payment, payment.refunded)
        fee_taken_again = told.application_fee and not refund.application_fee
        for purpose in ("paid", "application_fee") if fee_taken_again else ("paid",):
            source = EntrySource(REFUNDED, row.id, purpose)
            entry_id = present(await self._ledger.entry_of(source), "it was posted when the money left")
            await self._ledger.reverse(entry_id, today, row.number)
        parts = [AllocationPart(UUID(item), amount) for item, amount in told.opened_documents]
        await self._allocations.settle_open(payment, parts, today)
        work.publish(PaymentAllocated(payment_id=payment.id, client_id=payment.client_id))
