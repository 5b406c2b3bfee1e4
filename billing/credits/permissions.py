"""What people may do with credits for missed promises."""

from rbac import PermissionCode


class CreditPermission(PermissionCode):
    """Credits; a client's people read those that were decided."""

    SERVICE_CREDIT_READ = "service_credit:read"
    SERVICE_CREDIT_WRITE = "service_credit:write"
    """Withdraw one whose breach does not count by agreement."""
    SERVICE_CREDIT_DECIDE = "service_credit:decide"
    """Approve or decline what a breach proposed."""
