"""The one rounding of the product: half away from zero (四舍五入), once per line; totals are sums of rounded lines."""

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction
from typing import Final

EXACT: Final = Context(prec=80, traps=[Inexact])
"""For products of quantity, price and rate: their places never reach 80; if they did, it is an error, not a guess."""


def round_half_away(value: Decimal | Fraction) -> int:
    """The nearest whole number; from the middle away from zero: 2.5 → 3, −2.5 → −3."""
    if isinstance(value, Fraction):
        doubled = 2 * abs(value.numerator) + value.denominator
        nearest = doubled // (2 * value.denominator)
        return nearest if value >= 0 else -nearest
    return int(value.to_integral_value(ROUND_HALF_UP))


def price_text(price: Decimal) -> str:
    """A unit price as people write it: 1,280.00; further places only where it has them: 0.125."""
    places = max(2, -int(price.normalize().as_tuple().exponent))
    return f"{price:,.{places}f}"
