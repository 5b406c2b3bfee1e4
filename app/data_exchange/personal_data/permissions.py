"""What people may do about a whole company's data."""

from rbac import PermissionCode


class ClientErasurePermission(PermissionCode):
    """Forgetting a client's company."""

    CLIENT_ERASE = "client:erase"
