"""What partners owe headquarters for their revenue (B12)."""

from billing.royalties.commands import rebuild_royalties, verify_royalties
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.reckoning import Basis
from billing.royalties.schemas import (
    Agreement,
    Answer,
    Correction,
    Dispute,
    PaymentRecord,
    RateCreate,
    RuleCreate,
    RunStart,
)
from billing.royalties.services.invoices import RoyaltyInvoices
from billing.royalties.services.rates import RoyaltyRates
from billing.royalties.services.runs import RoyaltyRuns
from billing.royalties.services.statements import RoyaltyStatements
from billing.royalties.services.verification import PENDING
from billing.royalties.states import StatementState

__all__ = [
    "PENDING",
    "Agreement",
    "Answer",
    "Basis",
    "Correction",
    "Dispute",
    "PaymentRecord",
    "RateCreate",
    "RoyaltyInvoices",
    "RoyaltyPermission",
    "RoyaltyRates",
    "RoyaltyRuns",
    "RoyaltyStatements",
    "RuleCreate",
    "RunStart",
    "StatementState",
    "rebuild_royalties",
    "verify_royalties",
]
