"""The payment provider is asked for a refund: the wish is stored and committed, the call made, its answer applied."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.background import consume
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import GatewayRefused, gateway_of
from billing.payments.events import RefundApproved
from billing.payments.refund_models import Refund
from billing.payments.refund_states import RefundState
from billing.payments.services.online_refunds import OnlineRefunds
from billing.payments.states import PaymentMethod

CONSUMER: Final = "payments.send_refund"
ASKED_AGAIN_AFTER: Final = timedelta(days=1)
"""By then an event that was tried again and again has come to its longest pauses, and in a week to its end."""


async def ask_again(work: UnitOfWork) -> int:
    """The daily job: refunds of which nobody knows what became are asked for once more; how many."""
    waiting = await work.session.scalars(
        select(Refund.id)
        .where(
            Refund.method == PaymentMethod.ONLINE,
            Refund.state.in_((RefundState.APPROVED, RefundState.SENDING)),
            Refund.paid_on.is_(None),
            Refund.created_at <= work.now - ASKED_AGAIN_AFTER,
        )
        .order_by(Refund.id)
    )
    asked = [work.publish(RefundApproved(refund_id=refund_id)) for refund_id in waiting]
    return len(asked)


async def send_refund(runtime: Runtime, tenant_id: UUID, event_id: UUID, refund_id: UUID) -> None:
    """Ask for an approved refund. Whether the provider has done it already is looked up first: a key of ours is good
    for a day, and an unanswered wish may be older.

    Raises:
        GatewayUnreachable: nobody knows whether it was done; the event is tried again.
        OnlinePaymentsOff: the operator has taken the provider away; the event is tried again.
    """
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        wanted = await OnlineRefunds(work).send(refund_id)
    if wanted is None:
        async with consume(runtime, tenant_id, event_id, CONSUMER):
            return
    reference = str(refund_id)
    try:
        async with gateway_of(runtime.settings) as gateway:
            refund = await gateway.find_refund(wanted.account, wanted.gateway_payment_id, reference)
            if refund is None:
                refund = await gateway.create_refund(
                    wanted.account,
                    wanted.gateway_payment_id,
                    wanted.amount,
                    refund_application_fee=wanted.with_application_fee,
                    reference=reference,
                    key=f"refund-{refund_id}",
                )
    except GatewayRefused as refused:
        async with consume(runtime, tenant_id, event_id, CONSUMER) as work:
            if work is not None:
                await OnlineRefunds(work).refused(refund_id, refused.code)
        return
    async with consume(runtime, tenant_id, event_id, CONSUMER) as work:
        if work is not None:
            await OnlineRefunds(work).told(refund)
