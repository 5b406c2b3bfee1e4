"""What people may do with the company's account at the payment provider."""

from rbac import PermissionCode


class GatewayPermission(PermissionCode):
    """The account into which clients pay online."""

    GATEWAY_CONNECTION_READ = "gateway_connection:read"
    GATEWAY_CONNECTION_WRITE = "gateway_connection:write"
    """Open it, and part from it."""
