"""What services cost: a company's price book in versions, within the bounds that headquarters sets (B1)."""

from billing.pricebook.prices import price_book_currency, price_on, tax_rates_on
from billing.pricebook.schemas import PriceBookPublish, PriceLineView, PriceLineWrite, StandardPriceWrite
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices

__all__ = [
    "PriceBook",
    "PriceBookPublish",
    "PriceLineView",
    "PriceLineWrite",
    "StandardPriceWrite",
    "StandardPrices",
    "price_book_currency",
    "price_on",
    "tax_rates_on",
]
