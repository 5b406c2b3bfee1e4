"""What people may do with partners' plans."""

from rbac import PermissionCode


class PlanPermission(PermissionCode):
    """What a partner pays for the platform."""

    PLAN_ORDER = "plan:order"
    """Choose, change and end the company's own plan (partner)."""
    PLAN_READ = "plan:read"
    """Read plans, and the company's own with usage, bills and invoices; at headquarters every partner's."""
    PLAN_WRITE = "plan:write"
    """Set what plans cost (HQ)."""
