"""What of a payment settles which document, each step posted. The payment is held by whoever calls."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import reopen, settle
from billing.invoicing.models import OpenItem
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from billing.payments.models import Payment, PaymentAllocation
from billing.payments.schemas import AllocationPart

APPLIED: Final = "payment_allocation"
"""What the ledger calls the records that its entries follow from."""


class Allocations:
    """Allocations of payments; who may make them was asked by whoever calls."""

    def __init__(self, work: UnitOfWork, ledger: Ledger | None = None) -> None:
        self._work = work
        self._ledger = ledger or Ledger(work)

    async def apply(self, payment: Payment, part: AllocationPart, today: date) -> None:
        """Settle a document with money of the payment.

        Raises:
            NotFound: no such document of the payment's client.
            AmountBeyondOpen, CurrencyMismatch
        """
        work, amount = self._work, Money(part.amount, payment.currency)
        number = await work.session.scalar(
            select(OpenItem.number).where(OpenItem.id == part.open_item_id, OpenItem.client_id == payment.client_id)
        )
        if number is None:
            raise NotFound
        await settle(work, part.open_item_id, amount)
        made = self._row(payment, part, number, today, None)
        work.session.add(made)
        payment.unallocated -= part.amount
        await work.session.flush()
        await self._ledger.post(
            EntrySource(APPLIED, made.id, "applied"),
            await self._ledger.open_day(today),
            [
                Transfer(
                    LedgerAccountName(AccountKind.CLIENT_DEPOSIT, payment.client_id),
                    LedgerAccountName(AccountKind.RECEIVABLE, payment.client_id),
                    amount,
                )
            ],
            number,
        )

    async def undo(self, payment: Payment, made: PaymentAllocation, today: date) -> None:
        """Open the document again; the money is the client's deposit once more."""
        work = self._work
        await reopen(work, made.open_item_id, Money(made.amount, payment.currency))
        part = AllocationPart(made.open_item_id, made.amount)
        work.session.add(self._row(payment, part, made.document_number, today, made.id))
        payment.unallocated += made.amount
        await work.session.flush()
        entry_id = present(
            await self._ledger.entry_of(EntrySource(APPLIED, made.id, "applied")), "it was posted with the allocation"
        )
        await self._ledger.reverse(entry_id, today, made.document_number)

    async def settle_open(self, payment: Payment, parts: Sequence[AllocationPart], today: date) -> None:
        """Settle what of these documents is still open and the payment has left; the rest stays a deposit."""
        for part in sorted(parts, key=lambda each: each.open_item_id):
            item = await self._work.session.scalar(
                select(OpenItem)
                .where(
                    OpenItem.id == part.open_item_id,
                    OpenItem.client_id == payment.client_id,
                    OpenItem.currency == payment.currency,
                )
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            amount = 0 if item is None else min(part.amount, item.open, payment.unallocated)
            if amount:
                await self.apply(payment, AllocationPart(part.open_item_id, amount), today)

    async def free(self, payment: Payment, amount: int, today: date) -> list[list[str | int]]:
        """Open documents again until so much of the payment is a deposit; the documents and how much of each."""
        opened: list[list[str | int]] = []
        for made in await self.present(payment.id):
            lacking = amount - payment.unallocated
            if lacking <= 0:
                break
            await self.undo(payment, made, today)
            if lacking < made.amount:
                kept = AllocationPart(made.open_item_id, made.amount - lacking)
                await self.apply(payment, kept, today)
            opened.append([str(made.open_item_id), min(lacking, made.amount)])
        return opened

    async def present(self, payment_id: UUID) -> Sequence[PaymentAllocation]:
        """What of a payment still settles documents."""
        return await self._present(PaymentAllocation.payment_id == payment_id)

    async def present_of(self, open_item_id: UUID) -> Sequence[PaymentAllocation]:
        """What still settles a document, the newest first."""
        found = await self._present(PaymentAllocation.open_item_id == open_item_id)
        return sorted(found, key=lambda each: (each.made_at, each.id), reverse=True)

    async def _present(self, which: ColumnElement[bool]) -> Sequence[PaymentAllocation]:
        undone = aliased(PaymentAllocation)
        is_undone = exists().where(
            undone.tenant_id == PaymentAllocation.tenant_id, undone.reverses_id == PaymentAllocation.id
        )
        rows = await self._work.session.scalars(
            select(PaymentAllocation)
            .where(which, PaymentAllocation.reverses_id.is_(None), ~is_undone)
            .order_by(PaymentAllocation.open_item_id, PaymentAllocation.id)
        )
        return rows.all()

    def _row(
        self, payment: Payment, part: AllocationPart, number: str, today: date, reverses_id: UUID | None
    ) -> PaymentAllocation:
        return PaymentAllocation(
            tenant_id=self._work.tenant_id,
            id=self._work.new_id(),
            client_id=payment.client_id,
            payment_id=payment.id,
            open_item_id=part.open_item_id,
            document_number=number,
            amount=part.amount,
            day=today,
            made_at=self._work.now,
            made_by_name=self._work.actor.display_name,
            reverses_id=reverses_id,
        )
