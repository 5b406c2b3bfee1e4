"""What people may do with the network's money figures."""

from rbac import PermissionCode


class NetworkFinancePermission(PermissionCode):
    """Sums of the network's billing."""

    NETWORK_FINANCE_READ = "network_finance:read"
    """See what partners billed and were paid (HQ); never a client's name."""
