"""What the two books say, read for many subjects at once."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway import GatewayObject
from billing.payments.checkouts.models import CheckoutPage
from billing.payments.models import Checkout, OnlineReceipt, Payment, PaymentDispute
from billing.payments.payouts.models import Payout
from billing.payments.payouts.states import PayoutState
from billing.payments.reconciliation.differences import Side
from billing.payments.reconciliation.models import ProviderLine, ReconciliationDay
from billing.payments.reconciliation.states import Subject
from billing.payments.refund_models import OnlineRefund, Refund
from billing.payments.refund_states import RefundState
from billing.payments.states import DisputeState


class SubjectKey(NamedTuple):
    """What is compared: the provider's id of something."""

    subject: Subject
    id: str


async def theirs_of(work: UnitOfWork, keys: Collection[SubjectKey]) -> Mapping[SubjectKey, Side]:
    """What the provider's lines say, all days together."""
    rows = await work.session.execute(
        select(
            ProviderLine.subject,
            ProviderLine.subject_id,
            ProviderLine.currency,
            func.sum(ProviderLine.amount),
            func.sum(ProviderLine.fee),
            func.sum(ProviderLine.application_fee),
        )
        .where(ProviderLine.subject_id.in_({key.id for key in keys}))
        .group_by(ProviderLine.subject, ProviderLine.subject_id, ProviderLine.currency)
        .order_by(ProviderLine.subject, ProviderLine.subject_id, ProviderLine.currency)
    )
    return {
        SubjectKey(Subject(subject), subject_id): Side(currency, int(amount), int(fee), int(application_fee))
        for subject, subject_id, currency, amount, fee, application_fee in rows
    }


async def ours_of(work: UnitOfWork, keys: Collection[SubjectKey]) -> Mapping[SubjectKey, Side]:
    """What our records say."""
    found: dict[SubjectKey, Side] = {}
    for subject, read in _OURS.items():
        ids = {key.id for key in keys if key.subject is subject}
        if ids:
            found |= {SubjectKey(subject, named): side for named, side in await read(work, ids)}
    return found


async def expected_in(work: UnitOfWork, day: ReconciliationDay, since: Any, until: Any) -> set[SubjectKey]:
    """What we have written down of this account in a stretch of time: it stands in the provider's books too."""
    found: set[SubjectKey] = set()
    for subject, named, told_at in (
        (Subject.PAYMENT, OnlineReceipt.gateway_payment_id, OnlineReceipt.captured_at),
        (Subject.REFUND, OnlineRefund.gateway_refund_id, OnlineRefund.told_at),
        (Subject.DISPUTE, PaymentDispute.gateway_dispute_id, PaymentDispute.opened_at),
        (Subject.PAYOUT, Payout.gateway_payout_id, Payout.recorded_at),
    ):
        rows = await work.session.scalars(
            select(named)
            .join(
                GatewayObject, (GatewayObject.tenant_id == named.class_.tenant_id) & (GatewayObject.object_id == named)
            )
            .where(GatewayObject.account_id == day.account_id, told_at >= since, told_at < until)
        )
        found |= {SubjectKey(subject, each) for each in rows}
    return found


Sides = Iterable[tuple[str, Side]]


async def _payments(work: UnitOfWork, ids: Collection[str]) -> Sides:
    """The application fee is the one that was asked for with the checkout, where it is known."""
    rows = await work.session.execute(
        select(
            OnlineReceipt.gateway_payment_id,
            Payment.currency,
            Payment.amount,
            OnlineReceipt.fee,
            func.coalesce(CheckoutPage.application_fee, OnlineReceipt.application_fee),
            Payment.id,
        )
        .join(Payment, (Payment.tenant_id == OnlineReceipt.tenant_id) & (Payment.id == OnlineReceipt.id))
        .outerjoin(Checkout, (Checkout.tenant_id == Payment.tenant_id) & (Checkout.payment_id == Payment.id))
        .outerjoin(CheckoutPage, (CheckoutPage.tenant_id == Checkout.tenant_id) & (CheckoutPage.id == Checkout.id))
        .where(OnlineReceipt.gateway_payment_id.in_(ids))
    )
    return [
        (named, Side(currency, amount, fee, application_fee, payment_id))
        for named, currency, amount, fee, application_fee, payment_id in rows
    ]


async def _refunds(work: UnitOfWork, ids: Collection[str]) -> Sides:
    """One that came back moved nothing in the end."""
    rows = await work.session.execute(
        select(
            OnlineRefund.gateway_refund_id,
            Refund.currency,
            Refund.amount,
            Refund.state,
            OnlineRefund.application_fee,
            Refund.payment_id,
        )
        .join(Refund, (Refund.tenant_id == OnlineRefund.tenant_id) & (Refund.id == OnlineRefund.id))
        .where(OnlineRefund.gateway_refund_id.in_(ids))
    )
    return [
        (named, Side(currency, 0, None, None, payment_id))
        if state == RefundState.FAILED
        else (named, Side(currency, -amount, None, -application_fee, payment_id))
        for named, currency, amount, state, application_fee, payment_id in rows
    ]


async def _disputes(work: UnitOfWork, ids: Collection[str]) -> Sides:
    """Of one that was won the provider may have given its fee back, or not."""
    rows = await work.session.execute(
        select(
            PaymentDispute.gateway_dispute_id,
            Payment.currency,
            PaymentDispute.amount,
            PaymentDispute.state,
            PaymentDispute.fee,
            Payment.id,
        )
        .join(Payment, (Payment.tenant_id == PaymentDispute.tenant_id) & (Payment.id == PaymentDispute.payment_id))
        .where(PaymentDispute.gateway_dispute_id.in_(ids))
    )
    return [
        (named, Side(currency, 0, None, None, payment_id))
        if state == DisputeState.WON
        else (named, Side(currency, -amount, fee, None, payment_id))
        for named, currency, amount, state, fee, payment_id in rows
    ]


async def _payouts(work: UnitOfWork, ids: Collection[str]) -> Sides:
    """What is on its way has left the provider's books already."""
    rows = await work.session.execute(
        select(Payout.gateway_payout_id, Payout.currency, Payout.amount, Payout.state, Payout.id).where(
            Payout.gateway_payout_id.in_(ids)
        )
    )
    return [
        (named, Side(currency, 0 if state == PayoutState.FAILED else -amount, None, None, payout_id))
        for named, currency, amount, state, payout_id in rows
    ]


_OURS = {
    Subject.PAYMENT: _payments,
    Subject.REFUND: _refunds,
    Subject.DISPUTE: _disputes,
    Subject.PAYOUT: _payouts,
}
