"""What a document means for the ledger, by its lines."""

from collections.abc import Iterable
from decimal import Decimal

from billing.ledger import AccountKind, LedgerAccountName
from billing.rating import ChargeCategory


def credits_of(lines: Iterable[tuple[str, Decimal | None, int, int]]) -> list[tuple[LedgerAccountName, int]]:
    """Kind of charge, tax rate, net and tax of each line, added up: revenue by kind, output tax by rate. What
    is given back for a missed promise takes nothing from revenue: it has its own account."""
    sums: dict[LedgerAccountName, int] = {}
    for category, rate, net, tax in lines:
        for account, amount in (
            (_account_of(category), net),
            (LedgerAccountName(AccountKind.OUTPUT_TAX, detail=rate_detail(rate)), tax),
        ):
            sums[account] = sums.get(account, 0) + amount
    return [(account, amount) for account, amount in sorted(sums.items(), key=lambda each: each[0][0::2]) if amount]


def _account_of(category: str) -> LedgerAccountName:
    if category == ChargeCategory.CREDIT:
        return LedgerAccountName(AccountKind.CREDIT_GRANTED)
    return LedgerAccountName(AccountKind.REVENUE, detail=category)


def rate_detail(rate: Decimal | None) -> str:
    """The account of a tax rate: 0.06."""
    return "exempt" if rate is None else f"{rate.normalize():f}"
