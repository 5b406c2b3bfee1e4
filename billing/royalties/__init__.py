"""What partners owe headquarters for their revenue (B12)."""

from billing.royalties.commands import rebuild_royalties, verify_royalties
from billing.royalties.events import PlanInvoiceFollowed
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.reckoning import Basis
from billing.royalties.schemas import (
    AMOUNT_REFUSED,
    Agreement,
    Answer,
    ChargeKind,
    Correction,
    Dispute,
    PaymentRecord,
    RateCreate,
    RoyaltyInvoiceView,
    RuleCreate,
    RunStart,
    StatementLine,
    checked_day,
    minor_of,
)
from billing.royalties.services.invoices import RoyaltyInvoices
from billing.royalties.services.issuing import InvoiceSubject, issue_invoice
from billing.royalties.services.rates import RoyaltyRates
from billing.royalties.services.runs import RoyaltyRuns
from billing.royalties.services.statements import RoyaltyStatements
from billing.royalties.services.verification import PENDING
from billing.royalties.standing import rules_in_force
from billing.royalties.states import ROYALTY_INVOICE_STATE_NAMES, StatementState
from billing.royalties.wording import PLAN_LINE_NAMES

__all__ = [
    "AMOUNT_REFUSED",
    "PENDING",
    "PLAN_LINE_NAMES",
    "ROYALTY_INVOICE_STATE_NAMES",
    "Agreement",
    "Answer",
    "Basis",
    "ChargeKind",
    "Correction",
    "Dispute",
    "InvoiceSubject",
    "PaymentRecord",
    "PlanInvoiceFollowed",
    "RateCreate",
    "RoyaltyInvoiceView",
    "RoyaltyInvoices",
    "RoyaltyPermission",
    "RoyaltyRates",
    "RoyaltyRuns",
    "RoyaltyStatements",
    "RuleCreate",
    "RunStart",
    "StatementLine",
    "StatementState",
    "checked_day",
    "issue_invoice",
    "minor_of",
    "rebuild_royalties",
    "rules_in_force",
    "verify_royalties",
]
