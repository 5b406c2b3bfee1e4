"""Who is shown what waits for a decision."""

from rbac import PermissionCode


class ApprovalPermission(PermissionCode):
    """Beside it, deciding takes the permission that the record's area names."""

    APPROVAL_DECIDE = "approval:decide"
