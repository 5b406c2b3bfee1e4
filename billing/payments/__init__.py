"""Payments: what the bank tells, whose money it is, and what it is for (B8)."""

from billing.payments.events import PaymentAllocated, PaymentDisputed, PaymentReceived, PaymentReversed
from billing.payments.payouts.schemas import PayoutLine
from billing.payments.payouts.service import Payouts
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import AllocationPart, BankLineView, CapturedPayment, LineBooking, LineSetAside
from billing.payments.services import BankLines, Checkouts, ClientAccount, OnlinePayments, Payments

__all__ = [
    "AllocationPart",
    "BankLineView",
    "BankLines",
    "CapturedPayment",
    "Checkouts",
    "ClientAccount",
    "LineBooking",
    "LineSetAside",
    "OnlinePayments",
    "PaymentAllocated",
    "PaymentDisputed",
    "PaymentPermission",
    "PaymentReceived",
    "PaymentReversed",
    "Payments",
    "PayoutLine",
    "Payouts",
]
