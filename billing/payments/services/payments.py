"""Payments: what a client's money is for. Every change posts the ledger in the same transaction.

Money comes in as the client's deposit (bank ↔ client_deposit); what settles a document moves from the deposit to the
receivable. So documents, ledger and payments say the same after any sequence of use cases.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.assets.clients.models import Client
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money, minor_text
from billing.payments.errors import AllocationReversed, OnlinePaymentKept, PaymentExceeded, RefundStands
from billing.payments.events import PaymentAllocated, PaymentReceived, PaymentReversed
from billing.payments.models import BankLine, Payment, PaymentAllocation
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import AllocationPart, AllocationView, PaymentSharing, PaymentView
from billing.payments.services.allocating import Allocations
from billing.payments.services.held import has_refunds, held_by_refunds
from billing.payments.states import PAYMENT, PaymentMethod, PaymentMove, PaymentState, standing_of
from tenants.company_time import company_day

SERIES: Final = "SK"
"""收款: the series of the payments' numbers, `SK-2026-000001`."""
_RECEIVED: Final = "payment"
"""What the ledger calls the record that its entries follow from."""


class Payments:
    """Payments of the actor's company; a client's people read their own.

    Raises:
        Forbidden: without `payment:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.PAYMENT_READ)
        self._work = work
        self._ledger = Ledger(work)
        self._allocations = Allocations(work, self._ledger)
        self._today: date | None = None

    async def get(self, payment_id: UUID) -> PaymentView:
        """
        Raises:
            NotFound: no such payment for this actor.
        """
        rows = await self._work.session.execute(
            select(Payment, Client.name)
            .join(Client, (Client.tenant_id == Payment.tenant_id) & (Client.id == Payment.client_id))
            .where(Payment.id == payment_id)
        )
        row = rows.one_or_none()
        if row is None:
            raise NotFound
        return payment_view(*row)

    async def of_client(self, client_id: UUID) -> list[PaymentView]:
        """The newest first."""
        rows = await self._work.session.execute(
            select(Payment, Client.name)
            .join(Client, (Client.tenant_id == Payment.tenant_id) & (Client.id == Payment.client_id))
            .where(Payment.client_id == client_id)
            .order_by(Payment.received_on.desc(), Payment.id.desc())
        )
        return [payment_view(*row) for row in rows]

    async def allocations(self, payment_id: UUID) -> list[AllocationView]:
        """In the order in which they were made.

        Raises:
            NotFound: no such payment for this actor.
        """
        await self.get(payment_id)
        undone = aliased(PaymentAllocation)
        is_undone = exists().where(
            undone.tenant_id == PaymentAllocation.tenant_id, undone.reverses_id == PaymentAllocation.id
        )
        rows = await self._work.session.execute(
            select(PaymentAllocation, is_undone)
            .where(PaymentAllocation.payment_id == payment_id, PaymentAllocation.reverses_id.is_(None))
            .order_by(PaymentAllocation.made_at, PaymentAllocation.id)
        )
        return [
            AllocationView(
                row.id, row.open_item_id, row.document_number, row.amount, row.day, row.made_by_name, reversed_
            )
            for row, reversed_ in rows
        ]

    async def receive(self, line: BankLine, client_id: UUID, parts: Sequence[AllocationPart]) -> Payment:
        """Make a payment of a locked line of a bank statement.

        Raises:
            Forbidden: without `payment:write`.
            NotFound: no such client, or no such document of it.
            PaymentExceeded, AmountBeyondOpen, CurrencyMismatch
        """
        work = self._work
        work.actor.require(PaymentPermission.PAYMENT_WRITE)
        if await work.session.scalar(select(Client.id).where(Client.id == client_id)) is None:
            raise NotFound
        payment = Payment(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client_id,
            number=await next_number(work.session, work.actor, SERIES, await self.today(), Period.YEAR),
            method=PaymentMethod.TRANSFER,
            line_id=line.id,
            received_on=line.day,
            amount=line.amount,
            currency=line.currency,
            unallocated=line.amount,
            withdrawn=0,
            refunded=0,
            payer_name=line.payer_name,
            text=line.text,
            state=PaymentState.RECEIVED,
            recorded_at=work.now,
            recorded_by_name=work.actor.display_name,
            version=1,
        )
        work.session.add(payment)
        await work.session.flush()
        await self._ledger.post(
            EntrySource(_RECEIVED, payment.id, "received"),
            await self._ledger.open_day(line.day),
            [
                Transfer(
                    LedgerAccountName(AccountKind.BANK, detail=line.own_account),
                    LedgerAccountName(AccountKind.CLIENT_DEPOSIT, client_id),
                    Money(payment.amount, payment.currency),
                )
            ],
            payment.number,
        )
        await self._share(payment, parts)
        work.audit("payment.received", "payment", payment.id, number=payment.number)
        work.publish(PaymentReceived(payment_id=payment.id, client_id=client_id))
        return payment

    async def share(self, payment_id: UUID, wanted: PaymentSharing) -> PaymentView:
        """Settle documents with what the payment has left.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, PaymentMoveRefused
            PaymentExceeded, AmountBeyondOpen, CurrencyMismatch
        """
        payment = await self.locked(payment_id, wanted.version)
        await self._share(payment, wanted.parts)
        payment.version += 1
        self._work.audit("payment.allocated", "payment", payment.id, number=payment.number)
        self._work.publish(PaymentAllocated(payment_id=payment.id, client_id=payment.client_id))
        await self._work.session.flush()
        return await self.get(payment_id)

    async def take_back(self, payment_id: UUID, allocation_id: UUID, version: int) -> PaymentView:
        """Open a document again that this payment settled; the money is a deposit once more.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, PaymentMoveRefused
            AllocationReversed: it was before.
        """
        payment = await self.locked(payment_id, version)
        made = await self._work.session.scalar(
            select(PaymentAllocation).where(
                PaymentAllocation.id == allocation_id,
                PaymentAllocation.payment_id == payment_id,
                PaymentAllocation.reverses_id.is_(None),
            )
        )
        if made is None:
            raise NotFound
        if made.id not in {each.id for each in await self._allocations.present(payment_id)}:
            raise AllocationReversed
        await self._allocations.undo(payment, made, await self.today())
        payment.version += 1
        self._work.audit("payment.deallocated", "payment", payment.id, document=made.document_number)
        self._work.publish(PaymentAllocated(payment_id=payment.id, client_id=payment.client_id))
        await self._work.session.flush()
        return await self.get(payment_id)

    async def reverse(self, payment_id: UUID, reason: str, version: int | None = None) -> Payment:
        """Take the whole payment back: what it settled is open again, and the money is not there.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, PaymentMoveRefused
            OnlinePaymentKept: it was paid online.
            RefundStands: money of it went back, or is about to.
        """
        work = self._work
        payment = await self.locked(payment_id, version)
        if payment.method == PaymentMethod.ONLINE:
            raise OnlinePaymentKept
        if await has_refunds(work.session, payment_id):
            raise RefundStands
        payment.state = PAYMENT.after(PaymentMove.REVERSE, payment.state)
        today = await self.today()
        for made in await self._allocations.present(payment_id):
            await self._allocations.undo(payment, made, today)
        entry_id = present(
            await self._ledger.entry_of(EntrySource(_RECEIVED, payment.id, "received")),
            "it was posted when the money came",
        )
        await self._ledger.reverse(entry_id, today, reason)
        payment.unallocated, payment.reason = 0, reason
        payment.version += 1
        work.audit("payment.reversed", "payment", payment.id, number=payment.number)
        work.publish(PaymentReversed(payment_id=payment.id, client_id=payment.client_id))
        await work.session.flush()
        return payment

    async def today(self) -> date:
        """The civil day at the company."""
        if self._today is None:
            self._today = await company_day(self._work)
        return self._today

    async def _share(self, payment: Payment, parts: Sequence[AllocationPart]) -> None:
        if not parts:
            return
        wanted = sum(part.amount for part in parts)
        left = payment.unallocated - await held_by_refunds(self._work.session, payment.id)
        if wanted > left or len({part.open_item_id for part in parts}) < len(parts):
            raise PaymentExceeded(
                wanted=minor_text(wanted, payment.currency),
                left=minor_text(left, payment.currency),
            )
        today = await self.today()
        for part in sorted(parts, key=lambda each: each.open_item_id):
            await self._allocations.apply(payment, part, today)

    async def locked(self, payment_id: UUID, version: int | None) -> Payment:
        """The payment, which is there, and nobody else's until the transaction ends."""
        self._work.actor.require(PaymentPermission.PAYMENT_WRITE)
        payment = await self._work.session.scalar(
            select(Payment).where(Payment.id == payment_id).with_for_update().execution_options(populate_existing=True)
        )
        if payment is None:
            raise NotFound
        PAYMENT.require(PaymentMove.REVERSE, payment.state)
        if version is not None and payment.version != version:
            raise StaleVersion
        return payment


def payment_view(row: Payment, client_name: str) -> PaymentView:
    """A payment as it is read."""
    return PaymentView(
        id=row.id,
        number=row.number,
        client_id=row.client_id,
        client_name=client_name,
        method=PaymentMethod(row.method),
        line_id=row.line_id,
        received_on=row.received_on,
        amount=row.amount,
        currency=row.currency,
        unallocated=row.unallocated,
        withdrawn=row.withdrawn,
        refunded=row.refunded,
        payer_name=row.payer_name,
        text=row.text,
        state=PaymentState(row.state),
        standing=standing_of(row.state, row.amount, row.withdrawn, row.refunded),
        reason=row.reason,
        recorded_at=row.recorded_at,
        recorded_by_name=row.recorded_by_name,
        version=row.version,
    )


async def numbers_of(session: AsyncSession, payment_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of some payments, for the audit log."""
    rows = await session.execute(select(Payment.id, Payment.number).where(Payment.id.in_(payment_ids)))
    return {row.id: row.number for row in rows}
