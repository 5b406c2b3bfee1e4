"""The payment provider is asked for a refund: the wish is stored and committed, the call made, its answer applied."""

from typing import Final
from uuid import UUID

from app.platform.background import consume
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from billing.gateway import GatewayRefused, gateway_of
from billing.payments.services.online_refunds import OnlineRefunds

CONSUMER: Final = "payments.send_refund"


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
