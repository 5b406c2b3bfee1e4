"""The ledger: double entry, the only place that knows what somebody owes (B9)."""

from billing.ledger.accounts import ACCOUNT_NAMES, AccountKind, LedgerAccountName
from billing.ledger.errors import EntryReversed, MonthClosed
from billing.ledger.permissions import LedgerPermission
from billing.ledger.reading import client_balances, detail_balances
from billing.ledger.schemas import EntrySource, Transfer
from billing.ledger.service import Ledger
from billing.ledger.verification import verify as verify_ledger

__all__ = [
    "ACCOUNT_NAMES",
    "AccountKind",
    "EntryReversed",
    "EntrySource",
    "Ledger",
    "LedgerAccountName",
    "LedgerPermission",
    "MonthClosed",
    "Transfer",
    "client_balances",
    "detail_balances",
    "verify_ledger",
]
