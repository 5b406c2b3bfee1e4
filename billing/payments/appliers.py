"""What the payment provider tells of checkouts, payments, refunds and disputes, applied as it is now: again, late or in
another order it comes to the same."""

from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import (
    CheckoutSession,
    CheckoutState,
    DisputeState,
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
    PaymentState,
)
from billing.money import Money
from billing.payments.models import Checkout
from billing.payments.schemas import CollectedPayment, OpenedDispute
from billing.payments.services import Checkouts, Disputes, OnlineRefunds
from billing.payments.states import CheckoutMove, DisputeMove

_DECISIONS = {DisputeState.WON: DisputeMove.WIN, DisputeState.LOST: DisputeMove.LOSE}


async def apply_checkout(work: UnitOfWork, session: CheckoutSession) -> None:
    """A page that nobody can pay on any more is over; that it was paid is told by its payment."""
    checkout_id = await _checkout_of(work, session.reference)
    if checkout_id is None:
        return
    if session.state is CheckoutState.EXPIRED:
        await Checkouts(work).end(checkout_id, CheckoutMove.EXPIRE)


async def apply_payment(work: UnitOfWork, payment: GatewayPayment) -> None:
    """Money that was taken for a checkout is booked; what was begun elsewhere in the account is not ours."""
    checkout_id = await _checkout_of(work, payment.reference)
    if checkout_id is None or payment.state is not PaymentState.SUCCEEDED or payment.captured_at is None:
        return
    taken = CollectedPayment(
        gateway_payment_id=payment.id,
        amount=payment.amount,
        fee=_booked_fee(payment.fee, payment.amount.currency),
        application_fee=payment.application_fee,
        captured_at=payment.captured_at,
    )
    await Checkouts(work).collect(checkout_id, taken)


async def apply_refund(work: UnitOfWork, refund: GatewayRefund) -> None:
    """Money that goes back, whoever has said so: here, or on the provider's own pages.

    Raises:
        NotFound: its payment is ours and not booked yet: the event is tried again.
        RefundBeyondPayment: the payment holds less until other news of it are applied: the event is tried again.
    """
    if await _checkout_of(work, refund.payment_reference) is not None:
        await OnlineRefunds(work).told(refund)


async def apply_dispute(work: UnitOfWork, dispute: GatewayDispute) -> None:
    """What a payer's bank has taken is open again until it gives it back; an inquiry moves nothing.

    Raises:
        NotFound: its payment is ours and not booked yet: the event is tried again.
    """
    if dispute.state is DisputeState.WARNING or await _checkout_of(work, dispute.reference) is None:
        return
    disputes = Disputes(work)
    await disputes.open(
        OpenedDispute(
            gateway_dispute_id=dispute.id,
            gateway_payment_id=dispute.payment_id,
            amount=dispute.amount,
            fee=_booked_fee(dispute.fee, dispute.amount.currency),
            reason=dispute.reason,
        )
    )
    if (move := _DECISIONS.get(dispute.state)) is not None:
        await disputes.decide(dispute.id, move, fee_returned=not dispute.fee)


def _booked_fee(fee: Money, currency: str) -> Money:
    """What is booked of a fee. Where an account settles in another currency than it is paid in, the provider tells the
    fee in that one: nobody here knows the rate, and the day's comparison with the provider's books finds it."""
    return fee if fee.currency == currency else Money(0, currency)


async def _checkout_of(work: UnitOfWork, reference: str) -> UUID | None:
    """The checkout that a reference names; None: it is not one of ours, for ours are stored before the provider hears
    of them."""
    try:
        checkout_id = UUID(reference)
    except ValueError:
        return None
    return await work.session.scalar(select(Checkout.id).where(Checkout.id == checkout_id))
