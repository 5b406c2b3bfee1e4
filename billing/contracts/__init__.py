"""What clients bought: contracts in versions, what covers a matter, and what was paid ahead (B2, T3)."""

from billing.contracts.agreed_days import AgreedDays, agreed_in_contracts, agreed_with_clients, holding_at
from billing.contracts.agreement.acceptance import answer_milestone
from billing.contracts.agreement.permissions import AgreementPermission
from billing.contracts.agreement.reading import ClientContracts, contracts_to_answer
from billing.contracts.agreement.schemas import MilestoneAnswer, OfferAnswer
from billing.contracts.agreement.service import ContractAgreement, answer_offer
from billing.contracts.answers import CoverageAnswer, CoverageQuestion, coverage_answer, reason_text
from billing.contracts.devices import device_counts
from billing.contracts.events import ContractActivated, ContractAmended
from billing.contracts.milestones import Milestones
from billing.contracts.permissions import ContractPermission
from billing.contracts.prepaid import MovementSource, draw_down_blocks, give_back
from billing.contracts.schemas import (
    ContractAcceptance,
    ContractAmend,
    ContractCreate,
    ContractEnd,
    ContractSuspend,
    ContractTermsWrite,
    ContractView,
    MilestoneAcceptance,
    MilestoneReport,
    PrepaidPurchase,
)
from billing.contracts.services import ContractDrafts, RunningContracts
from billing.contracts.template_terms import ContractTemplate, starting_terms
from billing.contracts.versions import (
    VersionInForce,
    terms_of,
    version_at,
    version_on,
    versions_during,
    versions_in_force,
)

__all__ = [
    "AgreedDays",
    "AgreementPermission",
    "ClientContracts",
    "ContractAcceptance",
    "ContractActivated",
    "ContractAgreement",
    "ContractAmend",
    "ContractAmended",
    "ContractCreate",
    "ContractDrafts",
    "ContractEnd",
    "ContractPermission",
    "ContractSuspend",
    "ContractTemplate",
    "ContractTermsWrite",
    "ContractView",
    "CoverageAnswer",
    "CoverageQuestion",
    "MilestoneAcceptance",
    "MilestoneAnswer",
    "MilestoneReport",
    "Milestones",
    "MovementSource",
    "OfferAnswer",
    "PrepaidPurchase",
    "RunningContracts",
    "VersionInForce",
    "agreed_in_contracts",
    "agreed_with_clients",
    "answer_milestone",
    "answer_offer",
    "contracts_to_answer",
    "coverage_answer",
    "device_counts",
    "draw_down_blocks",
    "give_back",
    "holding_at",
    "reason_text",
    "starting_terms",
    "terms_of",
    "version_at",
    "version_on",
    "versions_during",
    "versions_in_force",
]
