"""Disputes of online payments: a payer's bank takes money back until it has decided.

What a payment paid is open again meanwhile. Where the client had the money back before, or has it back later, it is
taken a second time: that part is on an account of its own, until it comes again or is written off.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.errors import NotFound
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import CurrencyMismatch, Money
from billing.payments.events import PaymentAllocated, PaymentDisputed
from billing.payments.models import OnlineReceipt, Payment, PaymentDispute
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import AllocationPart, OpenedDispute
from billing.payments.services.allocating import Allocations
from billing.payments.services.online_payments import CLEARING, FEE
from billing.payments.services.payments import Payments
from billing.payments.states import DISPUTE, DisputeMove, DisputeState

_SOURCE: Final = "payment_dispute"
"""What the ledger calls the records that its entries follow from."""
DISPUTED: Final = LedgerAccountName(AccountKind.DISPUTED_PAYMENT)
WRITE_OFF: Final = LedgerAccountName(AccountKind.WRITE_OFF)


class Disputes:
    """Disputes of the company's online payments.

    Raises:
        Forbidden: without `payment:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.PAYMENT_WRITE)
        self._work = work
        self._payments = Payments(work)
        self._allocations = Allocations(work)
        self._ledger = Ledger(work)

    async def open(self, opened: OpenedDispute) -> UUID:
        """The payer objects, and the provider has taken the money out: what it paid is open again. Once.

        Raises:
            NotFound: the payment is not booked yet.
            CurrencyMismatch: another currency than the payment's.
        """
        work = self._work
        payment_id = await work.session.scalar(
            select(OnlineReceipt.id).where(OnlineReceipt.gateway_payment_id == opened.gateway_payment_id)
        )
        if payment_id is None:
            raise NotFound
        payment = await self._payments.locked(payment_id, None)
        before = await work.session.scalar(
            select(PaymentDispute.id).where(PaymentDispute.gateway_dispute_id == opened.gateway_dispute_id)
        )
        if before is not None:
            return before
        for each in (opened.amount, opened.fee):
            if each.currency != payment.currency:
                raise CurrencyMismatch(one=payment.currency, other=each.currency)
        held = min(opened.amount.minor, payment.amount - payment.withdrawn - payment.refunded)
        dispute = PaymentDispute(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=payment.client_id,
            payment_id=payment.id,
            gateway_dispute_id=opened.gateway_dispute_id,
            amount=opened.amount.minor,
            beyond=opened.amount.minor - held,
            fee=opened.fee.minor,
            reason=opened.reason,
            opened_documents=await self._allocations.free(payment, held, await self._payments.today()),
            state=DisputeState.OPEN,
            opened_at=work.now,
            decided_at=None,
            version=1,
        )
        work.session.add(dispute)
        payment.unallocated -= held
        payment.withdrawn += held
        payment.version += 1
        await work.session.flush()
        taken = {_deposit(payment): held, DISPUTED: dispute.beyond}
        await self._post(payment, dispute, "opened", [(account, CLEARING, part) for account, part in taken.items()])
        await self._post(payment, dispute, "fee", [(FEE, CLEARING, dispute.fee)])
        work.audit("payment_dispute.created", "payment", payment.id, number=payment.number)
        work.publish(PaymentDisputed(payment_id=payment.id, client_id=payment.client_id))
        return dispute.id

    async def decide(self, gateway_dispute_id: str, move: DisputeMove, *, fee_returned: bool = False) -> None:
        """The payer's bank has decided. What was won settles again what it had settled, as far as that is still open;
        the same decision again changes nothing.

        Raises:
            NotFound: the dispute is not booked yet.
            DisputeMoveRefused: it was decided otherwise.
        """
        work = self._work
        known = await work.session.scalar(
            select(PaymentDispute).where(PaymentDispute.gateway_dispute_id == gateway_dispute_id)
        )
        if known is None:
            raise NotFound
        payment = await self._payments.locked(known.payment_id, None)
        await work.session.refresh(known)
        if known.state == DISPUTE.moves[move].end:
            return
        known.state = DISPUTE.after(move, known.state)
        known.decided_at = work.now
        known.version += 1
        if move is DisputeMove.WIN:
            await self._give_back(payment, known, fee_returned=fee_returned)
        else:
            await self._post(payment, known, "lost", [(WRITE_OFF, DISPUTED, known.beyond)])
        work.audit("payment_dispute.decided", "payment", payment.id, number=payment.number, state=known.state)
        await work.session.flush()

    async def follow_refunds(self, payment: Payment, refunded: int) -> None:
        """The client has so much of the payment back, or is about to: disputes hold what is left, in whatever order
        the provider has told of both. The payment is locked by whoever asks."""
        left = payment.amount - refunded
        disputes = await self._work.session.scalars(
            select(PaymentDispute)
            .where(PaymentDispute.payment_id == payment.id, PaymentDispute.state != DisputeState.WON)
            .order_by(PaymentDispute.opened_at, PaymentDispute.id)
        )
        for dispute in disputes:
            held = min(dispute.amount, left)
            left -= held
            if held != dispute.amount - dispute.beyond:
                await self._hold(payment, dispute, held)

    async def _hold(self, payment: Payment, dispute: PaymentDispute, held: int) -> None:
        more = held - (dispute.amount - dispute.beyond)
        if more > 0:
            freed = await self._allocations.free(payment, more, await self._payments.today())
            dispute.opened_documents = [*dispute.opened_documents, *freed]
        dispute.beyond -= more
        dispute.version += 1
        payment.withdrawn += more
        payment.unallocated -= more
        payment.version += 1
        beyond = WRITE_OFF if dispute.state == DisputeState.LOST else DISPUTED
        transfer = (_deposit(payment), beyond, more) if more > 0 else (beyond, _deposit(payment), -more)
        await self._post(payment, dispute, f"held {dispute.version}", [transfer])

    async def _give_back(self, payment: Payment, dispute: PaymentDispute, *, fee_returned: bool) -> None:
        held = dispute.amount - dispute.beyond
        payment.withdrawn -= held
        payment.unallocated += held
        payment.version += 1
        today = await self._payments.today()
        returned: Mapping[LedgerAccountName, int] = {_deposit(payment): held, DISPUTED: dispute.beyond}
        await self._post(payment, dispute, "won", [(CLEARING, account, part) for account, part in returned.items()])
        if fee_returned and dispute.fee:
            entry_id = await self._ledger.entry_of(EntrySource(_SOURCE, dispute.id, "fee"))
            await self._ledger.reverse(present(entry_id, "it was posted with the dispute"), today, payment.number)
        parts = [AllocationPart(UUID(item), amount) for item, amount in dispute.opened_documents]
        await self._allocations.settle_open(payment, parts, today)
        self._work.publish(PaymentAllocated(payment_id=payment.id, client_id=payment.client_id))

    async def _post(
        self,
        payment: Payment,
        dispute: PaymentDispute,
        purpose: str,
        transfers: list[tuple[LedgerAccountName, LedgerAccountName, int]],
    ) -> None:
        """One entry of the transfers that move anything."""
        moved = [Transfer(debit, credit, Money(minor, payment.currency)) for debit, credit, minor in transfers if minor]
        if moved:
            day = await self._ledger.open_day(await self._payments.today())
            await self._ledger.post(EntrySource(_SOURCE, dispute.id, purpose), day, moved, payment.number)


def _deposit(payment: Payment) -> LedgerAccountName:
    return LedgerAccountName(AccountKind.CLIENT_DEPOSIT, payment.client_id)
