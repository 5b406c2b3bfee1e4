"""What other areas use of invoices in the web process; the worker does not load it."""

from billing.invoicing.api import DOWNLOAD, invoice_document
from billing.invoicing.page_context import amount

__all__ = ["DOWNLOAD", "amount", "invoice_document"]
