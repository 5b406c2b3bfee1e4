"""What other areas use of invoices in the web process; the worker does not load it."""

from billing.invoicing.api import DOWNLOAD, invoice_document
from billing.invoicing.credit_api import CREDIT_DOWNLOAD, credit_note_document
from billing.invoicing.credit_pages import statement_days
from billing.invoicing.page_context import amount
from billing.invoicing.services.statements import SOURCE_NAMES

__all__ = [
    "CREDIT_DOWNLOAD",
    "DOWNLOAD",
    "SOURCE_NAMES",
    "amount",
    "credit_note_document",
    "invoice_document",
    "statement_days",
]
