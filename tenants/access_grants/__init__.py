"""Headquarters' access to a partner's records: never without a grant, read-only, in both logs (N8)."""

from tenants.access_grants.lifecycle import STATE_NAMES
from tenants.access_grants.schemas import MOST_HOURS, AccessAnswer, AccessConsent, AccessGrantCreate, RecordKind
from tenants.access_grants.services.granted_reading import read_under_grant
from tenants.access_grants.services.grants import AccessGrants, open_grants

__all__ = [
    "MOST_HOURS",
    "STATE_NAMES",
    "AccessAnswer",
    "AccessConsent",
    "AccessGrantCreate",
    "AccessGrants",
    "RecordKind",
    "open_grants",
    "read_under_grant",
]
