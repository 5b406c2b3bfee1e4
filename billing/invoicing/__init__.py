"""Invoices: drafts of what is charged, issued documents with their numbers, and what is open of them (B7)."""

from billing.invoicing.events import CreditNoteIssued, InvoiceIssued
from billing.invoicing.fapiao_schemas import FapiaoView
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import (
    BillingProfileWrite,
    FapiaoKind,
    InvoiceRunStart,
    OpenItemView,
    SellerProfileWrite,
)
from billing.invoicing.services.ageing import AgeingDifference, document_differences
from billing.invoicing.services.client_invoices import ClientInvoices, Standing
from billing.invoicing.services.credit_notes import CreditNotes
from billing.invoicing.services.drafts import open_drafts
from billing.invoicing.services.fapiaos import Fapiaos
from billing.invoicing.services.issuing import issue
from billing.invoicing.services.open_items import open_items, reopen, settle
from billing.invoicing.services.profiles import Profiles
from billing.invoicing.services.runs import InvoiceRuns, make_drafts
from billing.invoicing.settlements import Settlements
from billing.invoicing.states import DraftState

__all__ = [
    "AgeingDifference",
    "BillingProfileWrite",
    "ClientInvoices",
    "CreditNoteIssued",
    "CreditNotes",
    "DraftState",
    "FapiaoKind",
    "FapiaoView",
    "Fapiaos",
    "InvoiceIssued",
    "InvoicePermission",
    "InvoiceRunStart",
    "InvoiceRuns",
    "OpenItemView",
    "Profiles",
    "SellerProfileWrite",
    "Settlements",
    "Standing",
    "document_differences",
    "issue",
    "make_drafts",
    "open_drafts",
    "open_items",
    "reopen",
    "settle",
]
