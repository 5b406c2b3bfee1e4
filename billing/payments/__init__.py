"""Payments: what the bank tells, whose money it is, and what it is for (B8)."""

from billing.payments.services import BankLines, Payments

__all__ = ["BankLines", "Payments"]
