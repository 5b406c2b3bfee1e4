"""What people may do with charges."""

from rbac import PermissionCode


class RatingPermission(PermissionCode):
    """What clients owe before it is on an invoice."""

    CHARGE_READ = "charge:read"
    CHARGE_WRITE = "charge:write"
    """Waive a charge, mark it as disputed, settle a dispute, have rework charged after all."""
