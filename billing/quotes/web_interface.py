"""What other areas may use in the web process; the worker does not load it."""

from billing.quotes.api import OFFERED_DOWNLOAD
from billing.quotes.errors import LinesUnknown
from billing.quotes.permissions import OfferedQuotePermission
from billing.quotes.wording import percent_text, price_text, quantity_text

__all__ = [
    "OFFERED_DOWNLOAD",
    "LinesUnknown",
    "OfferedQuotePermission",
    "percent_text",
    "price_text",
    "quantity_text",
]
