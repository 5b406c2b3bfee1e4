"""The ledger: double entry, the only place that knows what somebody owes (B9)."""

from billing.ledger.accounts import AccountKind, LedgerAccountName
from billing.ledger.errors import EntryReversed, MonthClosed
from billing.ledger.schemas import EntrySource, Transfer
from billing.ledger.service import Ledger

__all__ = [
    "AccountKind",
    "EntryReversed",
    "EntrySource",
    "Ledger",
    "LedgerAccountName",
    "MonthClosed",
    "Transfer",
]
