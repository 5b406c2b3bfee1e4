"""What services cost: a company's price book in versions, within the bounds that headquarters sets (B1)."""

from billing.pricebook.prices import price_on, tax_rates_on
from billing.pricebook.schemas import PriceLineView

__all__ = ["PriceLineView", "price_on", "tax_rates_on"]
