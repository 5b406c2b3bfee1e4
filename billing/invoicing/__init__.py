"""Invoices: drafts of what is charged, issued documents with their numbers, and what is open of them (B7)."""

from billing.invoicing.account_sheet import (
    SHEET,
    Table,
    company_name,
    drawn_when_asked,
    sheet_page,
    statement_sheet,
)
from billing.invoicing.credit_models import CreditNote, CreditNoteLine
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
from billing.invoicing.services.links import readers_of, tell_payer
from billing.invoicing.services.open_items import open_items, reopen, settle
from billing.invoicing.services.profiles import COMPANY_CURRENCY, Profiles
from billing.invoicing.services.runs import InvoiceRuns, make_drafts
from billing.invoicing.services.statements import (
    REVERSAL,
    AccountChange,
    Statement,
    StatementLine,
    document_changes,
)
from billing.invoicing.services.sums import InvoicedSum, invoiced_sums
from billing.invoicing.settlements import Settlements
from billing.invoicing.states import DraftState

__all__ = [
    "COMPANY_CURRENCY",
    "REVERSAL",
    "SHEET",
    "AccountChange",
    "AgeingDifference",
    "BillingProfileWrite",
    "ClientInvoices",
    "CreditNote",
    "CreditNoteIssued",
    "CreditNoteLine",
    "CreditNotes",
    "DraftState",
    "FapiaoKind",
    "FapiaoView",
    "Fapiaos",
    "InvoiceIssued",
    "InvoicePermission",
    "InvoiceRunStart",
    "InvoiceRuns",
    "InvoicedSum",
    "OpenItemView",
    "Profiles",
    "SellerProfileWrite",
    "Settlements",
    "Standing",
    "Statement",
    "StatementLine",
    "Table",
    "company_name",
    "document_changes",
    "document_differences",
    "drawn_when_asked",
    "invoiced_sums",
    "issue",
    "make_drafts",
    "open_drafts",
    "open_items",
    "readers_of",
    "reopen",
    "settle",
    "sheet_page",
    "statement_sheet",
    "tell_payer",
]
