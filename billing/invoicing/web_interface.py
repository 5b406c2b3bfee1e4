"""What other areas use of invoices in the web process; the worker does not load it."""

from billing.invoicing.api import DOWNLOAD, invoice_document
from billing.invoicing.credit_api import CREDIT_DOWNLOAD, credit_note_document
from billing.invoicing.credit_pages import statement_days
from billing.invoicing.link_pages import ADDRESS as LINK
from billing.invoicing.link_pages import invoice_links
from billing.invoicing.page_context import amount
from billing.invoicing.services.links import LinkHolder
from billing.invoicing.services.statements import SOURCE_NAMES

__all__ = [
    "CREDIT_DOWNLOAD",
    "DOWNLOAD",
    "LINK",
    "SOURCE_NAMES",
    "LinkHolder",
    "amount",
    "credit_note_document",
    "invoice_document",
    "invoice_links",
    "statement_days",
]
