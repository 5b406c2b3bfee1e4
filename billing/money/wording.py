"""Amounts and prices as people write them."""

from decimal import Decimal
from typing import Final

from billing.money.amount import Money, currency_exponent
from billing.money.rounding import price_text

_SIGNS: Final = {"CNY": "¥"}


def amount_text(minor: int, currency: str) -> str:
    """Minor units: 1,280.00; without the currency."""
    return f"{Money(minor, currency).value:,.{currency_exponent(currency)}f}"


def money_text(amount: Money) -> str:
    """An amount with its currency: ¥1,280.00, or JPY 1,280."""
    return f"{'-' if amount.minor < 0 else ''}{_sign(amount.currency)}{amount_text(abs(amount.minor), amount.currency)}"


def minor_text(minor: int, currency: str) -> str:
    """Minor units with their currency, as `money_text`."""
    return money_text(Money(minor, currency))


def priced_text(price: Decimal, currency: str) -> str:
    """A unit price with its currency: ¥1,280.00, ¥0.125."""
    return f"{_sign(currency)}{price_text(price)}"


def _sign(currency: str) -> str:
    return _SIGNS.get(currency, f"{currency} ")
