"""A partner's own roles, its teams, and how far a member's rights reach (I2). What other areas may use."""

from rbac.roles.book import RoleBook
from rbac.roles.models import MemberClient, Role, Team, TeamClient, TeamMember
from rbac.roles.reach import COMPANY_WIDE, SEES_ALL, Reach, is_narrowed
from rbac.roles.service import Roles, role_book

__all__ = [
    "COMPANY_WIDE",
    "SEES_ALL",
    "MemberClient",
    "Reach",
    "Role",
    "RoleBook",
    "Roles",
    "Team",
    "TeamClient",
    "TeamMember",
    "is_narrowed",
    "role_book",
]
