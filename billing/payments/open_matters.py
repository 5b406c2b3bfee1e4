"""What of payments has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.payments.models import Checkout, Payment, PaymentDispute
from billing.payments.permissions import PaymentPermission
from billing.payments.refund_models import Refund
from billing.payments.refund_states import RefundState
from billing.payments.states import CheckoutState, DisputeState, PaymentState


def _deposits(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Payment.id)).where(
        Payment.client_id == client_id, Payment.state == PaymentState.RECEIVED, Payment.unallocated > 0
    )


DEPOSITS: Final = OpenMatter(
    tables=("payment",),
    label=N_("没有用完的预存款"),
    count=_deposits,
    href="/workspace/payments?client={client}",
    permission=PaymentPermission.PAYMENT_READ,
)


def _refunds(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Refund.id)).where(
        Refund.client_id == client_id, Refund.state.in_((RefundState.REQUESTED, RefundState.APPROVED))
    )


REFUNDS: Final = OpenMatter(
    tables=("refund",),
    label=N_("正在办理的退款"),
    count=_refunds,
    href="/workspace/payments?client={client}",
    permission=PaymentPermission.PAYMENT_READ,
)


def _checkouts(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Checkout.id)).where(
        Checkout.client_id == client_id, Checkout.state.in_((CheckoutState.OPENING, CheckoutState.OPEN))
    )


CHECKOUTS: Final = OpenMatter(tables=("checkout",), label=N_("没有完成的在线支付"), count=_checkouts)


def _disputes(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(PaymentDispute.id)).where(
        PaymentDispute.client_id == client_id, PaymentDispute.state == DisputeState.OPEN
    )


DISPUTES: Final = OpenMatter(
    tables=("payment_dispute",),
    label=N_("没有结果的支付争议"),
    count=_disputes,
    href="/workspace/payments?client={client}",
    permission=PaymentPermission.PAYMENT_READ,
)
