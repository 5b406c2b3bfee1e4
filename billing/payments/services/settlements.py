"""Payments that settled what a credit note gives back: their money is the client's deposit again."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import Settlements
from billing.payments.models import Payment, PaymentAllocation
from billing.payments.schemas import AllocationPart
from billing.payments.services.allocating import Allocations
from tenants.company_time import company_day


async def _hold(work: UnitOfWork, open_item_id: UUID) -> None:
    """Lock the payments before the document, in the order in which whoever shares them does."""
    own = select(PaymentAllocation.payment_id).where(PaymentAllocation.open_item_id == open_item_id)
    await work.session.scalars(select(Payment.id).where(Payment.id.in_(own)).order_by(Payment.id).with_for_update())


async def _release(work: UnitOfWork, open_item_id: UUID, amount: int) -> None:
    allocations, today, left = Allocations(work), await company_day(work), amount
    for made in await allocations.present_of(open_item_id):
        if not left:
            break
        payment = await work.session.get_one(
            Payment, (work.tenant_id, made.payment_id), with_for_update=True, populate_existing=True
        )
        await allocations.undo(payment, made, today)
        if left < made.amount:
            await allocations.apply(payment, AllocationPart(open_item_id, made.amount - left), today)
        left -= min(left, made.amount)
        payment.version += 1
        work.audit("payment.deallocated", "payment", payment.id, document=made.document_number)
    await work.session.flush()


SETTLEMENTS: Final = Settlements(hold=_hold, release=_release)
