"""How the numbers of a quote are written, on pages and on paper."""

from decimal import Decimal

from billing.money import amount_text, price_text

__all__ = ["amount_text", "percent_text", "price_text", "quantity_text"]


def percent_text(share: Decimal) -> str:
    """A share as a percentage without needless zeros: 0.125 → 12.5%."""
    return f"{_short(share * 100)}%"


def quantity_text(quantity: Decimal) -> str:
    """A quantity without needless zeros: 2.500 → 2.5."""
    return _short(quantity)


def _short(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
