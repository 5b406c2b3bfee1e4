"""What people may do with add-ons."""

from rbac import PermissionCode


class AddonPermission(PermissionCode):
    """Services that are billed beside the contract, in the workspace and in the client's portal."""

    ADDON_READ = "addon:read"
    ADDON_WRITE = "addon:write"
    """Write the catalogue."""
    ADDON_ORDER = "addon:order"
    """Order and end; of the company's own staff also answer and deliver."""
