"""The money of the whole network in numbers (N7). What other areas may use."""

from tenants.partner_finance.commands import rebuild_finance
from tenants.partner_finance.network_finance import NetworkFinanceService
from tenants.partner_finance.permissions import NetworkFinancePermission
from tenants.partner_finance.schemas import FinanceGrouping, FinanceRow
from tenants.partner_finance.sheet import FIGURE_NAMES, finance_sheet

__all__ = [
    "FIGURE_NAMES",
    "FinanceGrouping",
    "FinanceRow",
    "NetworkFinancePermission",
    "NetworkFinanceService",
    "finance_sheet",
    "rebuild_finance",
]
