"""What a quote's lines come to. Pure: rounded once a line, summed by rounded lines, cost and margin beside them."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple, Protocol

from billing.money import Money, PriceMode, TaxedAmount, taxed
from billing.money.rounding import EXACT

_PLACES: Final = Decimal("0.0001")


class Priced(Protocol):
    """A line, as far as its amount depends on it."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def cost(self) -> Decimal | None: ...
    @property
    def price_mode(self) -> str: ...
    @property
    def tax(self) -> str: ...


class LineAmount(NamedTuple):
    """One line: what it costs after its discount with its tax, the discount in money, and what it costs the company."""

    taxed: TaxedAmount
    discount: Money
    cost: Money | None


class Totals(NamedTuple):
    """All lines together. `margin` is a share of the net of those lines whose cost is known; None where none is."""

    net: Money
    tax: Money
    gross: Money
    discount: Money
    cost: Money
    margin: Decimal | None
    uncosted: int
    """Lines whose cost nobody knows."""


def line_amount(line: Priced, rate: Decimal | None, currency: str) -> LineAmount:
    """The amount after the discount is rounded once from the exact product; the discount is what it leaves of the
    rounded full price."""
    full = EXACT.multiply(line.quantity, line.unit_price)
    whole = Money.of(full, currency)
    amount = Money.of(EXACT.multiply(full, 1 - line.discount), currency)
    cost = None if line.cost is None else Money.of(EXACT.multiply(line.quantity, line.cost), currency)
    return LineAmount(taxed(amount, rate, PriceMode(line.price_mode)), whole - amount, cost)


def totals(lines: Sequence[LineAmount], currency: str) -> Totals:
    """Sums of the rounded lines."""
    costed = [line for line in lines if line.cost is not None]
    cost = Money.total((line.cost for line in costed if line.cost is not None), currency)
    net_of_costed = Money.total((line.taxed.net for line in costed), currency)
    return Totals(
        net=Money.total((line.taxed.net for line in lines), currency),
        tax=Money.total((line.taxed.tax for line in lines), currency),
        gross=Money.total((line.taxed.gross for line in lines), currency),
        discount=Money.total((line.discount for line in lines), currency),
        cost=cost,
        margin=_margin(net_of_costed, cost) if costed else None,
        uncosted=len(lines) - len(costed),
    )


def amounts_of(lines: Sequence[Priced], rates: Mapping[str, Decimal | None], currency: str) -> list[LineAmount]:
    """Each line's amount; a tax code that does not hold counts as no tax, until offering refuses it."""
    return [line_amount(line, rates.get(line.tax), currency) for line in lines]


def _margin(net: Money, cost: Money) -> Decimal | None:
    """What is given for nothing has the margin −100 % where it costs something, and none where it costs nothing."""
    if not net:
        return Decimal(-1) if cost else None
    share = (Decimal(net.minor) - cost.minor) / net.minor
    return max(Decimal(-9999), share).quantize(_PLACES, ROUND_HALF_UP)
