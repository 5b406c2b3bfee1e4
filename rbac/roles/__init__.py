"""A partner's own roles, its teams, and how far a member's rights reach (I2). What other areas may use."""

from rbac.roles.access_scope import AccessScope, company_wide_permissions, is_scoped
from rbac.roles.available_roles import AvailableRoles, staff_permissions
from rbac.roles.labels import permission_names
from rbac.roles.models import MemberClient, Role, Team, TeamClient, TeamMember
from rbac.roles.service import load_available_roles

__all__ = [
    "AccessScope",
    "AvailableRoles",
    "MemberClient",
    "Role",
    "Team",
    "TeamClient",
    "TeamMember",
    "company_wide_permissions",
    "is_scoped",
    "load_available_roles",
    "permission_names",
    "staff_permissions",
]
