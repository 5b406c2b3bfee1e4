"""Payments: what the bank tells, whose money it is, and what it is for (B8)."""

from billing.payments.schemas import AllocationPart, BankLineView, CapturedPayment, LineBooking, LineSetAside
from billing.payments.services import BankLines, OnlinePayments, Payments

__all__ = [
    "AllocationPart",
    "BankLineView",
    "BankLines",
    "CapturedPayment",
    "LineBooking",
    "LineSetAside",
    "OnlinePayments",
    "Payments",
]
