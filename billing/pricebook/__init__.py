"""What services cost: a company's price book in versions, within the bounds that headquarters sets (B1)."""

from billing.pricebook.prices import EXEMPT, DayPrices, price_book_currency, price_on, prices_on, tax_rates_on
from billing.pricebook.schemas import (
    PRICE_MODE_NAMES,
    PriceBookPublish,
    PriceLineView,
    PriceLineWrite,
    StandardPriceWrite,
    TaxItemView,
)
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices
from billing.pricebook.taxation import ALL_OTHERS, tax_item_of, tax_items

__all__ = [
    "ALL_OTHERS",
    "EXEMPT",
    "PRICE_MODE_NAMES",
    "DayPrices",
    "PriceBook",
    "PriceBookPublish",
    "PriceLineView",
    "PriceLineWrite",
    "StandardPriceWrite",
    "StandardPrices",
    "TaxItemView",
    "price_book_currency",
    "price_on",
    "prices_on",
    "tax_item_of",
    "tax_items",
    "tax_rates_on",
]
