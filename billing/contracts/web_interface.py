"""What other areas may use in the web process; the worker does not load it."""

from billing.contracts.agreement.words import amount_of_prepaid, days_words
from billing.contracts.states import CONTRACT_STATE_NAMES, MILESTONE_REASON_NAMES, MILESTONE_STATE_NAMES, ContractState

CONTRACT_STATE_TONES = {
    ContractState.DRAFT: "neutral",
    ContractState.OFFERED: "waiting",
    ContractState.ACCEPTED: "info",
    ContractState.ACTIVE: "active",
    ContractState.SUSPENDED: "waiting",
    ContractState.ENDED: "neutral",
    ContractState.DISCARDED: "neutral",
}

__all__ = [
    "CONTRACT_STATE_NAMES",
    "CONTRACT_STATE_TONES",
    "MILESTONE_REASON_NAMES",
    "MILESTONE_STATE_NAMES",
    "amount_of_prepaid",
    "days_words",
]
