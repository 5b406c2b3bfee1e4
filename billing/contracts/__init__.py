"""What clients bought: contracts in versions, what covers a matter, and what was paid ahead (B2, T3)."""

from billing.contracts.agreed_days import AgreedDays, agreed_in_contracts, agreed_with_clients
from billing.contracts.answers import CoverageAnswer, CoverageQuestion, coverage_answer, reason_text
from billing.contracts.devices import device_counts
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
    PrepaidPurchase,
)
from billing.contracts.services import ContractAgreement, ContractDrafts, RunningContracts
from billing.contracts.starting_terms import ContractTemplate, starting_terms
from billing.contracts.versions import VersionInForce, version_on, versions_during, versions_in_force

__all__ = [
    "AgreedDays",
    "ContractAcceptance",
    "ContractAgreement",
    "ContractAmend",
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
    "MovementSource",
    "PrepaidPurchase",
    "RunningContracts",
    "VersionInForce",
    "agreed_in_contracts",
    "agreed_with_clients",
    "coverage_answer",
    "device_counts",
    "draw_down_blocks",
    "give_back",
    "reason_text",
    "starting_terms",
    "version_on",
    "versions_during",
    "versions_in_force",
]
