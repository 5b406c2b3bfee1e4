"""The figures of money that headquarters reads. Amounts are minor units of their currency."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec


class FinanceGrouping(StrEnum):
    """What one row of the figures is about."""

    PARTNER = "partner"
    CATEGORY = "category"
    MONTH = "month"


class FinanceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over invoices by the month of their issue, with tax; of these invoices what credit notes gave back, what
    was paid, what is open and what of it is overdue today.

    `granted` are the credits for promises missed in these months.
    """

    currency: str
    billed: int
    credited: int
    paid: int
    open: int
    overdue: int
    granted: int


class FinanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one partner, category or month: what is grouped by is set, the others are not."""

    partner_id: UUID | None = None
    partner_name: str = ""
    category: str = ""
    month: date | None = None
    figures: FinanceFigures


class NetworkFinance(msgspec.Struct, frozen=True, kw_only=True):
    """The network from the month `first` to the month `last`, by their first days; `totals` by currency."""

    first: date
    last: date
    by: FinanceGrouping
    totals: list[FinanceFigures]
    rows: list[FinanceRow]
