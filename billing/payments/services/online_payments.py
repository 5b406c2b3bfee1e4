"""Payments through the payment provider, in the books.

Money that was taken is never refused: whatever became of its documents meanwhile, the rest is the client's deposit.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import CurrencyMismatch, Money
from billing.payments.errors import OnlinePaymentDiffers
from billing.payments.events import PaymentReceived
from billing.payments.models import OnlineReceipt, Payment, PaymentDispute
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import CapturedPayment, DisputeView, OnlineReceiptView
from billing.payments.services.allocating import Allocations
from billing.payments.services.payments import SERIES, Payments
from billing.payments.states import PaymentMethod, PaymentState
from billing.periods import day_in
from tenants.company_time import company_zone

_RECEIVED: Final = "payment"
"""What the ledger calls the records that its entries follow from."""
CLEARING: Final = LedgerAccountName(AccountKind.GATEWAY_CLEARING)
FEE: Final = LedgerAccountName(AccountKind.GATEWAY_FEE)
APPLICATION_FEE: Final = LedgerAccountName(AccountKind.APPLICATION_FEE)


class OnlinePayments:
    """Online payments of the actor's company.

    Raises:
        Forbidden: without `payment:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._payments = Payments(work)
        self._allocations = Allocations(work)
        self._ledger = Ledger(work)

    async def receipt(self, payment_id: UUID) -> OnlineReceiptView:
        """What the provider tells of a payment.

        Raises:
            NotFound: no such payment, or not for this actor, or it did not come online.
        """
        receipt = await self._work.session.scalar(select(OnlineReceipt).where(OnlineReceipt.id == payment_id))
        if receipt is None:
            raise NotFound
        await self._payments.get(payment_id)
        rows = await self._work.session.execute(
            select(*columns_of(DisputeView, PaymentDispute))
            .where(PaymentDispute.payment_id == payment_id)
            .order_by(PaymentDispute.opened_at, PaymentDispute.id)
        )
        return OnlineReceiptView(
            gateway_payment_id=receipt.gateway_payment_id,
            fee=receipt.fee,
            application_fee=receipt.application_fee,
            captured_at=receipt.captured_at,
            disputes=[_dispute_view(row) for row in rows],
        )

    async def record(self, captured: CapturedPayment) -> UUID:
        """Book what the provider has taken, once: the payment's id, that of the first time where it was booked before.

        Raises:
            Forbidden: without `payment:write`.
            NotFound: no such client.
            CurrencyMismatch: fees in another currency than the payment.
            OnlinePaymentDiffers: it was booked for another client, or with another amount.
        """
        work = self._work
        work.actor.require(PaymentPermission.PAYMENT_WRITE)
        currency = captured.amount.currency
        for each in (captured.fee, captured.application_fee):
            if each.currency != currency:
                raise CurrencyMismatch(one=currency, other=each.currency)
        if await work.session.scalar(select(Client.id).where(Client.id == captured.client_id)) is None:
            raise NotFound
        payment_id = await self._claim(captured)
        if payment_id is None:
            return await self._recorded(captured)
        payment = Payment(
            tenant_id=work.tenant_id,
            id=payment_id,
            client_id=captured.client_id,
            number=await next_number(work.session, work.actor, SERIES, await self._payments.today(), Period.YEAR),
            method=PaymentMethod.ONLINE,
            line_id=None,
            received_on=day_in(await company_zone(self._work), captured.captured_at),
            amount=captured.amount.minor,
            currency=currency,
            unallocated=captured.amount.minor,
            withdrawn=0,
            refunded=0,
            payer_name=captured.payer_name,
            text="",
            state=PaymentState.RECEIVED,
            recorded_at=work.now,
            recorded_by_name=work.actor.display_name,
            version=1,
        )
        work.session.add(payment)
        await work.session.flush()
        deposit = LedgerAccountName(AccountKind.CLIENT_DEPOSIT, captured.client_id)
        await self._ledger.post(
            EntrySource(_RECEIVED, payment.id, "received"),
            await self._ledger.open_day(payment.received_on),
            [
                Transfer(CLEARING, deposit, captured.amount),
                Transfer(FEE, CLEARING, captured.fee),
                Transfer(APPLICATION_FEE, CLEARING, captured.application_fee),
            ],
            payment.number,
        )
        await self._allocations.settle_open(payment, captured.parts, await self._payments.today())
        work.audit("payment.received", "payment", payment.id, number=payment.number)
        work.publish(PaymentReceived(payment_id=payment.id, client_id=payment.client_id))
        return payment.id

    async def _claim(self, captured: CapturedPayment) -> UUID | None:
        """The id of a payment that nobody else books; None where somebody has."""
        work = self._work
        return await work.session.scalar(
            insert(OnlineReceipt)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                gateway_payment_id=captured.gateway_payment_id,
                fee=captured.fee.minor,
                application_fee=captured.application_fee.minor,
                captured_at=captured.captured_at,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "gateway_payment_id"])
            .returning(OnlineReceipt.id)
        )

    async def _recorded(self, captured: CapturedPayment) -> UUID:
        found = await self._work.session.scalar(
            select(Payment)
            .join(OnlineReceipt, (OnlineReceipt.tenant_id == Payment.tenant_id) & (OnlineReceipt.id == Payment.id))
            .where(OnlineReceipt.gateway_payment_id == captured.gateway_payment_id)
        )
        payment = present(found, "its receipt is committed with it")
        if (payment.client_id, Money(payment.amount, payment.currency)) != (captured.client_id, captured.amount):
            raise OnlinePaymentDiffers
        return payment.id


def _dispute_view(row: Sequence[Any]) -> DisputeView:
    return DisputeView(*row)
