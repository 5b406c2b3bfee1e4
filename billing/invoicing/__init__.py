"""Invoices: drafts of what is charged, issued documents with their numbers, and what is open of them (B7)."""

from billing.invoicing.events import InvoiceIssued
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import OpenItemView
from billing.invoicing.services.client_invoices import ClientInvoices, Standing
from billing.invoicing.services.open_items import open_items, reopen, settle

__all__ = [
    "ClientInvoices",
    "InvoiceIssued",
    "InvoicePermission",
    "OpenItemView",
    "Standing",
    "open_items",
    "reopen",
    "settle",
]
