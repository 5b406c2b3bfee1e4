"""Headquarters invoices agreed statements, records what comes in by bank transfer, and keeps its books of both."""

from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.platform.documents import Printable
from app.platform.kernel.columns import view_of
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.live_updates import Change
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from billing.royalties.errors import PaymentKnown, PaymentTakenBack, PaymentTooLarge
from billing.royalties.invoice_document import LAYOUT, RoyaltyInvoiceContent
from billing.royalties.models import ROYALTY_INVOICES, RoyaltyInvoice, RoyaltyPayment
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import (
    PaymentRecord,
    PaymentTaking,
    RoyaltyInvoiceView,
    RoyaltyPaymentView,
    StatementView,
    minor_of,
)
from billing.royalties.services import records
from billing.royalties.services.issuing import InvoiceSubject, issue_invoice
from billing.royalties.states import (
    ROYALTY_INVOICE,
    ROYALTY_STATEMENT,
    RoyaltyInvoiceMove,
    RoyaltyInvoiceState,
    Side,
    StatementMove,
)
from tenants.company_time import company_day

PAYMENT: Final = "royalty_payment"


class RoyaltyInvoices:
    """The invoices of the actor's tenant: headquarters has every partner's, a partner its own.

    Raises:
        Forbidden: without `royalty:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RoyaltyPermission.ROYALTY_READ)
        self._work = work

    async def get(self, invoice_id: UUID) -> RoyaltyInvoiceView:
        """
        Raises:
            NotFound: this side has no such invoice.
        """
        return await self._view(await self._found(invoice_id))

    async def id_of(self, statement_id: UUID) -> UUID:
        """The invoice of a statement.

        Raises:
            NotFound: it has none.
        """
        found = await self._work.session.scalar(
            select(RoyaltyInvoice.id).where(RoyaltyInvoice.statement_id == statement_id)
        )
        if found is None:
            raise NotFound
        return found

    async def printable(self, invoice_id: UUID) -> Printable:
        """What it said when it was issued, for drawing; refused where it is not what was hashed then.

        Raises:
            NotFound
        """
        row = await self._found(invoice_id)
        return Printable(
            name=f"{row.number}.pdf",
            layout=LAYOUT,
            content=msgspec.convert(row.content, RoyaltyInvoiceContent, strict=False),
            content_hash=row.content_hash,
            made_at=row.issued_at,
            signed_by="",
            signed_at=None,
            signature="",
            images={},
            archived="",
        )

    async def issue(self, statement_id: UUID, version: int) -> StatementView:
        """Invoice an agreed statement; one that asks for nothing is closed.

        Raises:
            Forbidden: without `royalty:write`.
            NotFound, StaleVersion, RoyaltyStatementMoveRefused
        """
        work = self._work
        work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
        work.require_writable()
        statement = await records.locked(work, statement_id, version)
        if statement.amount == 0:
            await records.take(work, statement, StatementMove.CLOSE)
            return await records.to_view(work, statement)
        ROYALTY_STATEMENT.require(StatementMove.INVOICE, statement.state, records.side_of(work))
        invoice = await issue_invoice(
            work,
            InvoiceSubject(
                partner_id=statement.partner_id,
                month=statement.month,
                currency=statement.currency,
                net=statement.amount,
                lines=tuple(records.lines_of(statement)),
                statement_id=statement.id,
                statement_number=statement.number,
            ),
        )
        await records.take(work, statement, StatementMove.INVOICE, invoice.number)
        return await records.to_view(work, statement)

    async def record_payment(self, invoice_id: UUID, payment: PaymentRecord) -> RoyaltyInvoiceView:
        """A bank transfer came in.

        Raises:
            Forbidden: without `royalty:write`.
            NotFound
            Invalid: no amount of money, or a day to come.
            PaymentTooLarge, PaymentKnown
        """
        work, row = self._work, await self._settling(invoice_id)
        amount = Money(minor_of(payment.amount, row.currency, "amount"), row.currency)
        if not amount:
            raise Invalid(fields={"amount": N_("请填写大于零的金额。")})
        if payment.received_on > await company_day(work):
            raise Invalid(fields={"received_on": N_("到账日期不能在今天以后。")})
        if payment.received_on < row.issued_on:
            raise Invalid(fields={"received_on": N_("到账日期不能早于账单的开具日期。")})
        if amount.minor > row.open:
            raise PaymentTooLarge(open=str(Money(row.open, row.currency).value))
        await take_turns(work.session, work.tenant_id, [PAYMENT])
        if await self._is_known(payment.reference):
            raise PaymentKnown
        made = RoyaltyPayment(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            invoice_id=row.id,
            received_on=payment.received_on,
            amount=amount.minor,
            reference=payment.reference,
            reason="",
            recorded_at=work.now,
            recorded_by=work.actor.display_name,
        )
        work.session.add(made)
        ledger = Ledger(work)
        await ledger.post(
            EntrySource(PAYMENT, made.id, "received"),
            await ledger.open_day(payment.received_on),
            [
                Transfer(
                    LedgerAccountName(AccountKind.BANK),
                    LedgerAccountName(AccountKind.PARTNER_RECEIVABLE, detail=str(row.partner_id)),
                    amount,
                )
            ],
            row.number,
        )
        row.open -= amount.minor
        if row.open == 0:
            self._move(row, RoyaltyInvoiceMove.SETTLE)
        return await self._settled(row, "royalty_payment.recorded", made)

    async def take_payment_back(self, payment_id: UUID, taking: PaymentTaking) -> RoyaltyInvoiceView:
        """It was recorded by mistake, or the bank took it back: the invoice is open again.

        Raises:
            Forbidden: without `royalty:write`.
            NotFound, PaymentTakenBack
        """
        work = self._work
        work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
        made = await work.session.scalar(select(RoyaltyPayment).where(RoyaltyPayment.id == payment_id))
        if made is None:
            raise NotFound
        row = await self._settling(made.invoice_id)
        known = await work.session.scalar(select(RoyaltyPayment.id).where(RoyaltyPayment.reverses_id == payment_id))
        if known is not None or made.reverses_id is not None:
            raise PaymentTakenBack
        back = RoyaltyPayment(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            invoice_id=row.id,
            received_on=await company_day(work),
            amount=made.amount,
            reference=made.reference,
            reason=taking.reason,
            recorded_at=work.now,
            recorded_by=work.actor.display_name,
            reverses_id=made.id,
        )
        work.session.add(back)
        ledger = Ledger(work)
        entry_id = present(await ledger.entry_of(EntrySource(PAYMENT, made.id, "received")), "it was posted with it")
        await ledger.reverse(entry_id, back.received_on, row.number)
        row.open += made.amount
        if row.state == RoyaltyInvoiceState.PAID:
            self._move(row, RoyaltyInvoiceMove.REOPEN)
        return await self._settled(row, "royalty_payment.reversed", back)

    async def _found(self, invoice_id: UUID) -> RoyaltyInvoice:
        row = await self._work.session.scalar(select(RoyaltyInvoice).where(RoyaltyInvoice.id == invoice_id))
        if row is None:
            raise NotFound
        return row

    async def _settling(self, invoice_id: UUID) -> RoyaltyInvoice:
        """The invoice, locked."""
        work = self._work
        work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
        work.require_writable()
        row = await work.session.get(
            RoyaltyInvoice, (work.tenant_id, invoice_id), with_for_update=True, populate_existing=True
        )
        if row is None:
            raise NotFound
        return row

    def _move(self, row: RoyaltyInvoice, move: RoyaltyInvoiceMove) -> None:
        ROYALTY_INVOICES.settle(row, ROYALTY_INVOICE.after(move, row.state, Side.HEADQUARTERS))

    async def _settled(self, row: RoyaltyInvoice, action: str, payment: RoyaltyPayment) -> RoyaltyInvoiceView:
        work = self._work
        work.audit(action, PAYMENT, payment.id, number=row.number, state=row.state)
        ROYALTY_INVOICES.publish(work, row, action.partition(".")[2])
        if row.statement_id is not None:
            work.announce(Change(kind="royalty_statement", id=row.statement_id))
        await work.session.flush()
        return await self._view(row)

    async def _is_known(self, reference: str) -> bool:
        """Whether money of this reference of the bank stands in the books."""
        standing = func.sum(RoyaltyPayment.amount).filter(RoyaltyPayment.reverses_id.is_(None))
        back = func.coalesce(func.sum(RoyaltyPayment.amount).filter(RoyaltyPayment.reverses_id.is_not(None)), 0)
        found = await self._work.session.scalar(select(standing - back).where(RoyaltyPayment.reference == reference))
        return bool(found)

    async def _view(self, row: RoyaltyInvoice) -> RoyaltyInvoiceView:
        payments = await self._work.session.scalars(
            select(RoyaltyPayment)
            .where(RoyaltyPayment.invoice_id == row.id)
            .order_by(RoyaltyPayment.recorded_at, RoyaltyPayment.id)
        )
        late = (await company_day(self._work) - row.due_on).days if row.open else 0
        return view_of(
            RoyaltyInvoiceView,
            row,
            overdue_days=max(late, 0),
            payments=[view_of(RoyaltyPaymentView, each) for each in payments],
        )
