"""Payments: what the bank tells, whose money it is, and what it is for (B8)."""

from billing.payments.events import PaymentAllocated, PaymentDisputed, PaymentReceived, PaymentReversed
from billing.payments.payouts.schemas import PayoutLine
from billing.payments.payouts.service import Payouts
from billing.payments.permissions import PaymentPermission
from billing.payments.reconciliation.fetching import begin_day as begin_reconciliation
from billing.payments.reconciliation.fetching import take_page as take_balance_page
from billing.payments.refund_schemas import RefundPaid, RefundReason, RefundRequest
from billing.payments.schemas import (
    AllocationPart,
    BankLineView,
    CapturedPayment,
    CheckoutStart,
    CollectedPayment,
    LineBooking,
    LineSetAside,
)
from billing.payments.services import (
    BankLines,
    Checkouts,
    ClientAccount,
    OnlinePayments,
    OnlineRefunds,
    Payments,
    Refunds,
)
from billing.payments.states import CheckoutMove

__all__ = [
    "AllocationPart",
    "BankLineView",
    "BankLines",
    "CapturedPayment",
    "CheckoutMove",
    "CheckoutStart",
    "Checkouts",
    "ClientAccount",
    "CollectedPayment",
    "LineBooking",
    "LineSetAside",
    "OnlinePayments",
    "OnlineRefunds",
    "PaymentAllocated",
    "PaymentDisputed",
    "PaymentPermission",
    "PaymentReceived",
    "PaymentReversed",
    "Payments",
    "PayoutLine",
    "Payouts",
    "RefundPaid",
    "RefundReason",
    "RefundRequest",
    "Refunds",
    "begin_reconciliation",
    "take_balance_page",
]
