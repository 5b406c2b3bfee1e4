"""Value-added tax of a line, and its sums by rate."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, Self

from billing.money.amount import Money
from billing.money.rounding import EXACT, round_half_away


class PriceMode(StrEnum):
    """Whether a price holds its tax."""

    TAX_INCLUDED = "tax_included"
    """含税: what was promised is the gross amount."""
    TAX_EXCLUDED = "tax_excluded"
    """不含税: what was promised is the net amount."""


class TaxedAmount(NamedTuple):
    """One amount without tax, its tax, and with tax. `rate` is a share (0.06 for 6 %); None: exempt (免税)."""

    net: Money
    tax: Money
    gross: Money
    rate: Decimal | None

    def __neg__(self) -> Self:
        return type(self)(-self.net, -self.tax, -self.gross, self.rate)


def taxed(amount: Money, rate: Decimal | None, mode: PriceMode) -> TaxedAmount:
    """The rounded amount of a line with its tax. With tax included the gross is `amount` to the cent, and the tax is
    what the rounded net leaves of it; otherwise the net is."""
    nothing = Money.zero(amount.currency)
    if not rate:
        return TaxedAmount(amount, nothing, amount, rate)
    if mode is PriceMode.TAX_INCLUDED:
        net = Money(round_half_away(Fraction(amount.minor) / (1 + Fraction(rate))), amount.currency)
        return TaxedAmount(net, amount - net, amount, rate)
    tax = Money(round_half_away(EXACT.multiply(amount.minor, rate)), amount.currency)
    return TaxedAmount(amount, tax, amount + tax, rate)


def by_rate(lines: Iterable[TaxedAmount], currency: str) -> list[TaxedAmount]:
    """The sums of a document's lines by tax rate, the highest first and exempt lines last: sums of rounded lines,
    never rounded or reckoned again.

    Raises:
        CurrencyMismatch: a line has another currency.
    """
    nothing = Money.zero(currency)
    sums: dict[Decimal | None, TaxedAmount] = {}
    for line in lines:
        before = sums.get(line.rate, TaxedAmount(nothing, nothing, nothing, line.rate))
        sums[line.rate] = TaxedAmount(
            before.net + line.net, before.tax + line.tax, before.gross + line.gross, line.rate
        )
    return sorted(sums.values(), key=lambda each: (each.rate is None, -(each.rate or 0)))
