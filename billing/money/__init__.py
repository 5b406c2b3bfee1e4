"""Amounts of money: whole minor units with their currency. Rounded once, split without loss, taxed by line."""

from billing.money.amount import CurrencyMismatch, Money, UnknownCurrency, currency_exponent
from billing.money.rounding import price_text, round_half_away
from billing.money.splitting import split
from billing.money.tax import PriceMode, TaxedAmount, by_rate, taxed
from billing.money.wording import amount_text, minor_text, money_text, priced_text

__all__ = [
    "CurrencyMismatch",
    "Money",
    "PriceMode",
    "TaxedAmount",
    "UnknownCurrency",
    "amount_text",
    "by_rate",
    "currency_exponent",
    "minor_text",
    "money_text",
    "price_text",
    "priced_text",
    "round_half_away",
    "split",
    "taxed",
]
