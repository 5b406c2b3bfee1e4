"""What other areas use of payments in the web process; the worker does not load it."""

from billing.payments.client_api import (
    OWN_STATEMENT_DOWNLOAD,
    RECEIPT_DOWNLOAD,
    own_statement_document,
    receipt_document,
)
from billing.payments.provider_pages import CHECKOUT_WORDING, PROVIDER_ERRORS
from billing.payments.services import payment_page
from billing.payments.states import METHOD_NAMES, PAYMENT_REASON_NAMES, STANDING_NAMES, STANDING_TONES

__all__ = [
    "CHECKOUT_WORDING",
    "METHOD_NAMES",
    "OWN_STATEMENT_DOWNLOAD",
    "PAYMENT_REASON_NAMES",
    "PROVIDER_ERRORS",
    "RECEIPT_DOWNLOAD",
    "STANDING_NAMES",
    "STANDING_TONES",
    "own_statement_document",
    "payment_page",
    "receipt_document",
]
