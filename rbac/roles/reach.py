"""How far a staff member's rights reach inside the company: to every client, or to those they look after. Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from rbac.permissions import Permission


class Reach(StrEnum):
    """What a membership says."""

    BY_ROLE = "by_role"
    """Whoever dispatches or answers for quality sees the whole company, anybody else what is theirs."""
    COMPANY = "company"
    ASSIGNED = "assigned"


SEES_ALL: Final = frozenset({Permission.TICKET_ASSIGN, Permission.TICKET_TRIAGE})
"""Whose work is every ticket of the company."""

COMPANY_WIDE: Final = frozenset(
    {
        Permission.ACCESS_DECIDE,
        Permission.ACCESS_READ,
        Permission.API_TOKEN_WRITE,
        Permission.AUDIT_READ,
        Permission.CALENDAR_WRITE,
        Permission.CORRECTIVE_ACTION_ANSWER,
        Permission.CORRECTIVE_ACTION_READ,
        Permission.DELIVERY_READ,
        Permission.ENGINEER_WRITE,
        Permission.HISTORY_EXPORT,
        Permission.HISTORY_IMPORT,
        Permission.MEMBER_INVITE,
        Permission.MEMBER_READ,
        Permission.MEMBER_WRITE,
        Permission.PERSONAL_DATA_WRITE,
        Permission.SINGLE_SIGN_ON_WRITE,
        Permission.TENANT_EXPORT,
        Permission.TENANT_WRITE,
    }
)
"""What concerns every client at once, and so is lost to a member who is held to some of them."""


def is_narrowed(reach: str, permissions: Collection[str]) -> bool:
    """Whether a staff member with these rights is held to the clients they look after and to their own work."""
    if reach == Reach.COMPANY:
        return False
    return reach == Reach.ASSIGNED or SEES_ALL.isdisjoint(permissions)
