"""Which clients a staff member's rights cover: every client, or those they look after. Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from rbac.permissions import Permission


class AccessScope(StrEnum):
    """The setting of a membership: which clients the member's rights cover."""

    BY_ROLE = "by_role"
    """By the member's permissions: dispatchers and quality managers cover the company, others what is assigned."""
    COMPANY = "company"
    ASSIGNED = "assigned"


SEES_ALL_TICKETS: Final = frozenset({Permission.TICKET_ASSIGN, Permission.TICKET_TRIAGE})
"""Permissions whose holder works on every ticket of the company."""

COMPANY_WIDE_PERMISSIONS: Final = frozenset(
    {
        Permission.ACCESS_GRANT_DECIDE,
        Permission.ACCESS_GRANT_READ,
        Permission.API_TOKEN_WRITE,
        Permission.AUDIT_LOG_READ,
        Permission.SERVICE_LEVEL_WRITE,
        Permission.CORRECTIVE_ACTION_ANSWER,
        Permission.CORRECTIVE_ACTION_READ,
        Permission.DELIVERY_READ,
        Permission.ENGINEER_WRITE,
        Permission.TICKET_EXPORT,
        Permission.TICKET_IMPORT,
        Permission.MEMBER_INVITE,
        Permission.MEMBER_READ,
        Permission.MEMBER_WRITE,
        Permission.PERSONAL_DATA_WRITE,
        Permission.IDENTITY_PROVIDER_WRITE,
        Permission.TENANT_EXPORT,
        Permission.TENANT_WRITE,
    }
)
"""Permissions on all clients at once, which a member limited to some clients loses."""


def is_scoped(reach: str, permissions: Collection[str]) -> bool:
    """Whether a staff member with these permissions is limited to assigned clients and to their own work."""
    if reach == AccessScope.COMPANY:
        return False
    return reach == AccessScope.ASSIGNED or SEES_ALL_TICKETS.isdisjoint(permissions)
