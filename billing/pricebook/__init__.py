"""What services cost: a company's price book in versions, within the bounds that headquarters sets (B1)."""

from billing.pricebook.prices import EXEMPT, DayPrices, price_book_currency, price_on, prices_on, tax_rates_on
from billing.pricebook.schemas import (
    PRICE_MODE_NAMES,
    PriceBookPublish,
    PriceLineView,
    PriceLineWrite,
    StandardPriceWrite,
)
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices

__all__ = [
    "EXEMPT",
    "PRICE_MODE_NAMES",
    "DayPrices",
    "PriceBook",
    "PriceBookPublish",
    "PriceLineView",
    "PriceLineWrite",
    "StandardPriceWrite",
    "StandardPrices",
    "price_book_currency",
    "price_on",
    "prices_on",
    "tax_rates_on",
]
