"""What people may do with contracts that are put before a client."""

from rbac import PermissionCode


class AgreementPermission(PermissionCode):
    """The client's side of contracts."""

    AGREED_CONTRACT_READ = "agreed_contract:read"
    """See what was offered and agreed: the client's own people, and staff the papers."""
    CONTRACT_ACCEPT = "contract:accept"
    """Say yes or no to a contract in the client's name."""
