"""Use cases of contracts."""

from billing.contracts.services.agreement import ContractAgreement
from billing.contracts.services.drafts import ContractDrafts
from billing.contracts.services.running import RunningContracts

__all__ = ["ContractAgreement", "ContractDrafts", "RunningContracts"]
