"""Headquarters' access to a partner's records: never without a grant, read-only, in both logs (N8)."""

from tenants.access.lifecycle import STATE_NAMES, GrantState
from tenants.access.schemas import (
    MOST_HOURS,
    AccessAnswer,
    AccessConsent,
    AccessGrantCreate,
    AccessGrantView,
    RecordKind,
)
from tenants.access.services.grants import AccessGrants, open_grants
from tenants.access.services.visiting import visit

__all__ = [
    "MOST_HOURS",
    "STATE_NAMES",
    "AccessAnswer",
    "AccessConsent",
    "AccessGrantCreate",
    "AccessGrantView",
    "AccessGrants",
    "GrantState",
    "RecordKind",
    "open_grants",
    "visit",
]
