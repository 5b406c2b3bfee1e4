"""A partner's own roles, its teams, and how far a member's rights reach (I2). What other areas may use."""

from rbac.roles.access_scope import COMPANY_WIDE_PERMISSIONS, SEES_ALL_TICKETS, AccessScope, is_scoped
from rbac.roles.available_roles import AvailableRoles
from rbac.roles.models import MemberClient, Role, Team, TeamClient, TeamMember
from rbac.roles.service import Roles, load_available_roles

__all__ = [
    "COMPANY_WIDE_PERMISSIONS",
    "SEES_ALL_TICKETS",
    "AccessScope",
    "AvailableRoles",
    "MemberClient",
    "Role",
    "Roles",
    "Team",
    "TeamClient",
    "TeamMember",
    "is_scoped",
    "load_available_roles",
]
