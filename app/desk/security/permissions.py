"""What people may do with the security service."""

from rbac import PermissionCode


class SecurityPermission(PermissionCode):
    """Seeing weeks, findings and bulletins; recording and assessing a week; publishing a bulletin."""

    SECURITY_WEEK_READ = "security_week:read"
    SECURITY_WEEK_WRITE = "security_week:write"
    SECURITY_BULLETIN_WRITE = "security_bulletin:write"
