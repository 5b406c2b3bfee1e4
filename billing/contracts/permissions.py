"""What people may do with contracts."""

from rbac import PermissionCode


class ContractPermission(PermissionCode):
    """What was agreed with clients."""

    CONTRACT_READ = "contract:read"
    CONTRACT_WRITE = "contract:write"
    """Write, offer, activate, suspend and end contracts, and sell prepaid blocks."""
