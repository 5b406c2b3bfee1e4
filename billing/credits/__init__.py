"""Credits: what clients get back for promises that were missed (B10, S6)."""

from billing.credits.events import ServiceCreditDecided
from billing.credits.permissions import CreditPermission
from billing.credits.proposing import propose_for_breaches
from billing.credits.schemas import CreditApproval, CreditRefusal, ServiceCreditNoticeView
from billing.credits.service import ServiceCredits
from billing.credits.states import CreditState
from billing.credits.words import credit_amount, explanation

__all__ = [
    "CreditApproval",
    "CreditPermission",
    "CreditRefusal",
    "CreditState",
    "ServiceCreditDecided",
    "ServiceCreditNoticeView",
    "ServiceCredits",
    "credit_amount",
    "explanation",
    "propose_for_breaches",
]
