"""What people may do with the lists of others."""

from rbac import PermissionCode


class SavedViewPermission(PermissionCode):
    """Sharing saved views."""

    SAVED_VIEW_WRITE = "saved_view:write"
    """Share saved views of lists with the whole company, and change shared ones."""
