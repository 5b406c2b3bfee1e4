"""Attempts to pay online: what a client wants to pay, and what became of it.

Nobody is kept from paying: of two who pay one invoice at once, the second one's money is the client's deposit.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import takes_payments
from billing.invoicing.models import OpenItem
from billing.money import CurrencyMismatch
from billing.payments.errors import CheckoutNothingOpen, OnlinePaymentsClosed
from billing.payments.models import STARTED_BY_LENGTH, Checkout
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import AllocationPart, CapturedPayment, CheckoutStart, CheckoutView, CollectedPayment
from billing.payments.services.online_payments import OnlinePayments
from billing.payments.states import CHECKOUT, CheckoutMove, CheckoutState
from tenants.context import Command, as_platform, elevated


class Checkouts:
    """Attempts to pay of the actor's own client; the system tells what becomes of them."""

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.CHECKOUT_WRITE)
        self._work = work

    async def get(self, checkout_id: UUID) -> CheckoutView:
        """
        Raises:
            NotFound: no such attempt for this actor.
        """
        rows = await self._work.session.execute(
            select(*columns_of(CheckoutView, Checkout)).where(Checkout.id == checkout_id)
        )
        row = rows.one_or_none()
        if row is None:
            raise NotFound
        return msgspec.convert(dict(zip(CheckoutView.__struct_fields__, row, strict=True)), CheckoutView)

    async def offered(self) -> bool:
        """Whether the company can be paid online at all."""
        async with as_platform(self._work):
            return await takes_payments(self._work)

    async def start_for_invoice(self, invoice_id: UUID, by: str = "") -> CheckoutView:
        """Want to pay what is open of an invoice; `by` names whoever has no account.

        Raises:
            NotFound: no such invoice for this actor.
            CheckoutNothingOpen, OnlinePaymentsClosed: as `start`.
        """
        item_id = await self._work.session.scalar(
            select(OpenItem.id).where(OpenItem.document_kind == "invoice", OpenItem.document_id == invoice_id)
        )
        if item_id is None:
            raise NotFound
        return await self.start(CheckoutStart((item_id,)), by)

    async def of_invoice(self, checkout_id: UUID, invoice_id: UUID) -> CheckoutView:
        """An attempt to pay this invoice.

        Raises:
            NotFound: no such attempt for this actor, or it is about another document.
        """
        item = await self._work.session.scalar(
            select(OpenItem.id).where(OpenItem.document_kind == "invoice", OpenItem.document_id == invoice_id)
        )
        documents = await self._work.session.scalar(select(Checkout.documents).where(Checkout.id == checkout_id))
        if str(item) not in {item_id for item_id, _, _ in documents or ()}:
            raise NotFound
        return await self.get(checkout_id)

    async def start(self, wanted: CheckoutStart, by: str = "") -> CheckoutView:
        """Want to pay all that is open of some documents of one client.

        Raises:
            OnlinePaymentsClosed: the company takes no payments online.
            NotFound: a document that is not there, or not for this actor, or of another client than the others.
            CheckoutNothingOpen: one is settled.
            CurrencyMismatch: they are in different currencies.
        """
        work = self._work
        work.require_writable()
        items = await self._items(wanted.open_item_ids)
        client_id, currency = items[0].client_id, items[0].currency
        checkout_id = work.new_id()
        async with elevated(work, Command.START_PAYMENT):
            if not await takes_payments(work):
                raise OnlinePaymentsClosed
            work.session.add(
                Checkout(
                    tenant_id=work.tenant_id,
                    id=checkout_id,
                    client_id=client_id,
                    documents=[[str(item.id), item.number, item.open] for item in items],
                    amount=sum(item.open for item in items),
                    currency=currency,
                    state=CheckoutState.OPENING,
                    session_id=None,
                    expires_at=None,
                    payment_id=None,
                    started_by_name=(by or work.actor.display_name)[:STARTED_BY_LENGTH],
                    started_at=work.now,
                    ended_at=None,
                    version=1,
                )
            )
            await work.session.flush()
            work.audit("checkout.started", "checkout", checkout_id)
        return await self.get(checkout_id)

    async def opened(self, checkout_id: UUID, session_id: str, expires_at: datetime) -> None:
        """The provider has made the page; told again it changes nothing.

        Raises:
            Forbidden: without `payment:write`.
            NotFound
            CheckoutMoveRefused: the attempt is over, or has another page.
        """
        checkout = await self._locked(checkout_id)
        if checkout.session_id == session_id:
            return
        checkout.state = CHECKOUT.after(CheckoutMove.OPEN, checkout.state)
        checkout.session_id, checkout.expires_at = session_id, expires_at
        checkout.version += 1
        await self._work.session.flush()

    async def end(self, checkout_id: UUID, move: CheckoutMove) -> None:
        """Nobody has paid and nobody will; told again, or after somebody paid, it changes nothing.

        Raises:
            Forbidden: without `payment:write`.
            NotFound
        """
        checkout = await self._locked(checkout_id)
        if not CHECKOUT.allows(move, checkout.state):
            return
        checkout.state = CHECKOUT.after(move, checkout.state)
        checkout.ended_at = self._work.now
        checkout.version += 1
        self._work.audit("checkout.closed", "checkout", checkout.id, state=checkout.state)
        await self._work.session.flush()

    async def collect(self, checkout_id: UUID, taken: CollectedPayment) -> UUID:
        """Somebody has paid: the payment's id. It settles what of the documents is still open; told again it changes
        nothing.

        Raises:
            Forbidden: without `payment:write`.
            NotFound
            CurrencyMismatch, OnlinePaymentDiffers: as `OnlinePayments.record`.
        """
        work, checkout = self._work, await self._locked(checkout_id)
        captured = CapturedPayment(
            gateway_payment_id=taken.gateway_payment_id,
            client_id=checkout.client_id,
            amount=taken.amount,
            fee=taken.fee,
            application_fee=taken.application_fee,
            captured_at=taken.captured_at,
            parts=tuple(AllocationPart(UUID(item_id), amount) for item_id, _, amount in checkout.documents),
        )
        payment_id = await OnlinePayments(work).record(captured)
        if checkout.state != CheckoutState.PAID:
            checkout.state = CHECKOUT.after(CheckoutMove.PAY, checkout.state)
            checkout.payment_id, checkout.ended_at = payment_id, work.now
            checkout.version += 1
            work.audit("checkout.completed", "checkout", checkout.id)
            await work.session.flush()
        return payment_id

    async def _items(self, wanted: Sequence[UUID]) -> Sequence[OpenItem]:
        """The documents, looked up in the actor's own ring."""
        ids = set(wanted)
        found = await self._work.session.scalars(select(OpenItem).where(OpenItem.id.in_(ids)).order_by(OpenItem.id))
        items = found.all()
        if len(items) < len(ids) or len({item.client_id for item in items}) > 1:
            raise NotFound
        for item in items:
            if item.currency != items[0].currency:
                raise CurrencyMismatch(one=items[0].currency, other=item.currency)
            if not item.open:
                raise CheckoutNothingOpen(number=item.number)
        return items

    async def _locked(self, checkout_id: UUID) -> Checkout:
        self._work.actor.require(PaymentPermission.PAYMENT_WRITE)
        checkout = await self._work.session.scalar(
            select(Checkout)
            .where(Checkout.id == checkout_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if checkout is None:
            raise NotFound
        return checkout
