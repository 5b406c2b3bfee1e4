"""What refunds hold of a payment. The payment is held by whoever asks: refunds change under its lock alone."""

from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.payments.refund_models import Refund
from billing.payments.refund_states import RefundState

_WAITING = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENDING)


async def held_by_refunds(session: AsyncSession, payment_id: UUID) -> int:
    """What was asked for or approved, and has not left yet: nobody may use it for a document meanwhile."""
    held = await session.scalar(
        select(func.coalesce(func.sum(Refund.amount), 0)).where(
            Refund.payment_id == payment_id, Refund.state.in_(_WAITING), Refund.paid_on.is_(None)
        )
    )
    return int(held or 0)


async def has_refunds(session: AsyncSession, payment_id: UUID) -> bool:
    """Whether money of the payment went back, or is about to."""
    found = exists().where(Refund.payment_id == payment_id, Refund.state.in_((*_WAITING, RefundState.PAID)))
    return bool(await session.scalar(select(found)))
