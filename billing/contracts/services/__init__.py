"""Use cases of contracts. Agreeing with the client has its own package, `billing.contracts.agreement`."""

from billing.contracts.services.drafts import ContractDrafts
from billing.contracts.services.running import RunningContracts

__all__ = ["ContractDrafts", "RunningContracts"]
