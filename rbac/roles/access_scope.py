"""Which clients a staff member's rights cover: every client, or those they look after."""

from collections.abc import Collection
from enum import StrEnum
from functools import cache
from typing import Final

from app.platform.kernel.areas import areas
from rbac.permissions import Permission


class AccessScope(StrEnum):
    """The setting of a membership: which clients the member's rights cover."""

    BY_ROLE = "by_role"
    """By the member's permissions: dispatchers, quality managers and finance cover the company, others what is
    assigned."""
    COMPANY = "company"
    ASSIGNED = "assigned"


SEES_ALL_TICKETS: Final = frozenset({Permission.TICKET_ASSIGN, Permission.TICKET_TRIAGE})
"""Permissions whose holder works on every ticket of the company."""


@cache
def company_wide_permissions() -> frozenset[str]:
    """Permissions on all clients at once, which a member limited to some clients loses."""
    return frozenset(each.code for area in areas() for each in area.permissions if each.company_wide)


@cache
def _covering_permissions() -> frozenset[str]:
    """Permissions whose holder works for every client of the company."""
    return SEES_ALL_TICKETS | {each.code for area in areas() for each in area.permissions if each.covers_company}


def is_scoped(access_scope: str, permissions: Collection[str]) -> bool:
    """Whether a staff member with these permissions is limited to assigned clients and to their own work."""
    if access_scope == AccessScope.COMPANY:
        return False
    return access_scope == AccessScope.ASSIGNED or _covering_permissions().isdisjoint(permissions)
